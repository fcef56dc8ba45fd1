/**
 * A change of facts in words.
 *
 * @module
 */
import { CATALOGUE } from "../language/catalogue.ts";
import type { Literal } from "../language/expression.ts";
import type { FactChange } from "./question.ts";
import { sayFact, sayValue } from "./spoken.ts";

/**
 * Says what would have to be otherwise.
 *
 * @param passes Whether the proposal would then pass.
 */
export function sayChanges(
  passes: boolean,
  changes: readonly FactChange[],
): string {
  const would = passes ? "It would pass" : "It would no longer pass";
  return `${would} if ${changes.map(sayChange).join(" and ")}.`;
}

function sayChange({ path, from, to }: FactChange): string {
  const unit = CATALOGUE.find(path)?.unit ?? null;
  const name = sayFact(path);
  const was = from === null ? "not known" : sayState(from as Literal, unit);
  const would = to === null ? "not given" : sayState(to as Literal, unit);
  return `${name} were ${would} (it is ${was})`;
}

function sayState(value: Literal, unit: string | null): string {
  if (typeof value !== "boolean") return sayValue(value, unit);
  return value ? "set" : "not set";
}
