/**
 * How a policy file is refused: file, rule, path in the file, reason and fix.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";

/** Where in the policies something stands. */
export interface Place {
  readonly file: string;
  readonly rule: string | null;
}

/**
 * Makes the failure of a policy file.
 *
 * @param place File and rule.
 * @param path Member in the file, such as `rules[0].when.and[1]`; empty for the whole.
 * @param reason What is wrong and what to write instead.
 */
export function refusePolicy(
  { file, rule }: Place,
  path: string,
  reason: string,
): EngineError {
  const where = rule === null ? "" : `rule "${rule}", `;
  const at = path === "" ? "" : `at ${path}: `;
  return new EngineError(
    "policy_invalid",
    `Cannot load policy "${file}": ${where}${at}${reason}`,
    { facts: { file, path, ...(rule === null ? {} : { rule }) } },
  );
}
