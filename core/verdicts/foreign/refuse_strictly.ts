/**
 * Whether the strict dialect would have a rule of others.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import { parseLogic } from "../language/parse_logic.ts";
import { inferCatalogue } from "./infer_catalogue.ts";

/**
 * Reads a rule as a condition over whatever facts it names.
 *
 * @returns Why it is refused, with the place in the rule; null if it is not.
 */
export function refuseStrictly(rule: unknown): string | null {
  const place = { file: "rule", rule: null };
  const path = "rule";
  try {
    const placed = { logic: rule, path, place };
    const catalogue = inferCatalogue([placed], []);
    parseLogic(rule, { type: "boolean", path, place, catalogue });
    return null;
  } catch (thrown) {
    if (!(thrown instanceof EngineError)) throw thrown;
    return thrown.message.replace(/^Cannot load policy "rule": /, "");
  }
}
