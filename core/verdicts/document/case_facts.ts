/**
 * Cases of a policy, checked before they run: their facts, and the rules they name.
 *
 * @module
 */
import type {
  Facts,
  PolicyCase,
  PolicyDocument,
} from "../../domain/verdict.ts";
import { isDay } from "../../domain/day.ts";
import { admits, CATALOGUE, type Field } from "../language/catalogue.ts";
import { refusePolicy } from "../language/refusal.ts";

const STEP = "amount.stepPermille";
const MOST_NAMES = Math.max(
  ...CATALOGUE.fields.map(({ path }) => path.split(".").length),
);

/** A case and where it stands. */
export interface CaseScope {
  readonly file: string;
  readonly index: number;
  readonly policy: PolicyDocument;
}

/**
 * Refuses a case that could never come about.
 *
 * @throws {EngineError} policy_invalid, naming file, path and fix.
 */
export function checkCase(
  { facts, want, on }: PolicyCase,
  { file, index, policy }: CaseScope,
): void {
  const place = { file, rule: null };
  const stranger = want.find((id) =>
    !policy.rules.some((rule) => rule.id === id)
  );
  if (stranger !== undefined) {
    const reason = `no rule has the id "${stranger}"`;
    throw refusePolicy(place, `cases[${index}].want`, reason);
  }
  if (on !== undefined && !policy.on.includes(on)) {
    const reason = `the policy does not speak of "${on}" decisions`;
    throw refusePolicy(place, `cases[${index}].on`, reason);
  }
  const [stray] = findStrayFacts(facts);
  if (stray === undefined) return;
  throw refusePolicy(
    place,
    `cases[${index}].facts.${stray.path}`,
    stray.reason,
  );
}

/** A fact that no rule can read as it is given. */
export interface StrayFact {
  readonly path: string;
  /** What is wrong, with the fix. */
  readonly reason: string;
}

/** Finds facts that are unknown, of another type, or such as no decision has. */
export function findStrayFacts(facts: Facts): readonly StrayFact[] {
  return findStrayIn(facts, "");
}

function findStrayIn(group: Facts, above: string): readonly StrayFact[] {
  return Object.entries(group).flatMap(([name, value]) => {
    const path = `${above}${name}`;
    const field = CATALOGUE.find(path);
    if (field === null && isGroup(value) && !isTooDeep(path)) {
      return findStrayIn(value, `${path}.`);
    }
    const reason = whyStray(path, field, value);
    return reason === null ? [] : [{ path, reason }];
  });
}

function isGroup(value: unknown): value is Facts {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether no fact lies below a path. */
function isTooDeep(path: string): boolean {
  return path.split(".").length >= MOST_NAMES;
}

function whyStray(
  path: string,
  field: Field | null,
  value: unknown,
): string | null {
  if (path === STEP) {
    return "it follows from amount.micros and amount.currentMicros";
  }
  if (field === null) return `unknown fact; ${CATALOGUE.suggest(path)}`;
  if (value === null) return null;
  if (!admits(field.type, value)) return `expected ${field.type} or null`;
  return isSound(field, value) ? null : `expected ${printDomain(field)}`;
}

function isSound({ range, unit }: Field, value: unknown): boolean {
  if (unit === "date") return isDay(String(value));
  const [least, most] = range ?? [-Infinity, Infinity];
  return typeof value !== "number" || (least <= value && value <= most);
}

function printDomain({ range, unit }: Field): string {
  return unit === "date" ? "a day, YYYY-MM-DD" : range?.join(" to ") ?? "";
}
