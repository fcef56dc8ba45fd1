/**
 * A report on policy files: what holds, what fails, and what no case shows.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import { runCases } from "./cases.ts";
import { parsePolicyFile, type PolicySource } from "./load.ts";

/** What was found of one file. */
export interface PolicyReport {
  readonly file: string;
  /** `policy@version`; null when the file does not parse. */
  readonly policy: string | null;
  readonly rules: number;
  readonly cases: number;
  /** Rules that fire in no case. */
  readonly neverFired: readonly string[];
  /** Rules that fire in every case, so that nothing shows where they stop. */
  readonly alwaysFired: readonly string[];
  /** What is wrong; empty when the file would load. */
  readonly failures: readonly string[];
}

/** Checks every file on its own; never throws on what a file holds. */
export function checkPolicies(
  files: readonly PolicySource[],
): readonly PolicyReport[] {
  return files.map((file) => {
    try {
      return checkPolicy(file);
    } catch (cause) {
      if (!(cause instanceof EngineError)) throw cause;
      return {
        file: file.name,
        policy: null,
        rules: 0,
        cases: 0,
        neverFired: [],
        alwaysFired: [],
        failures: [cause.message],
      };
    }
  });
}

function checkPolicy(file: PolicySource): PolicyReport {
  const document = parsePolicyFile(file);
  const outcomes = runCases(document);
  const ids = document.rules.map(({ id }) => id);
  return {
    file: file.name,
    policy: `${document.policy}@${document.version}`,
    rules: ids.length,
    cases: outcomes.length,
    neverFired: ids.filter((id) =>
      !outcomes.some(({ fired }) => fired.includes(id))
    ),
    alwaysFired: ids.filter((id) =>
      outcomes.every(({ fired }) => fired.includes(id))
    ),
    failures: outcomes.flatMap(({ index, note, failure }) =>
      failure === null ? [] : [`cases[${index}] "${note}" ${failure}`]
    ),
  };
}
