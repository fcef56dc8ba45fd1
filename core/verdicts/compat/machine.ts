/**
 * What every operator of the compatibility mode is given: the evaluator itself, where
 * it stands, and the bounds that end a rule whose cost runs away.
 *
 * @module
 */

/** Most steps of one evaluation: a step is a node, an item, or 32 characters. */
export const MAX_STEPS = 1_000_000;
/** Deepest nesting of rules, and of lists turned into text. */
export const MAX_DEPTH = 512;
/** Longest text that `cat` may make, characters. */
export const MAX_TEXT = 1_000_000;

const CHARACTERS_PER_STEP = 32;

/** Data that `var` and `val` read, and what lies around it. */
export interface Scope {
  readonly data: unknown;
  /** Between this data and the outer: `{ index }` of an item; null for others. */
  readonly frame: unknown;
  /** Null outside of everything. */
  readonly outer: Scope | null;
}

/** Evaluates parts of a rule and counts what that costs. */
export interface Machine {
  /** @throws {LogicFailure} If the part fails. */
  evaluate(logic: unknown, scope: Scope): unknown;
  /** @throws {LogicLimit} If no steps are left. */
  spend(steps: number): void;
}

/** An operator: operands, where it stands, and what evaluates. */
export type Operator = (
  operands: readonly unknown[],
  scope: Scope,
  machine: Machine,
) => unknown;

/** A rule failed; `try` may catch it. */
export class LogicFailure extends Error {
  /** As JSON: usually an object with a member `type`. */
  readonly error: unknown;

  /** @param error What is told, as JSON. */
  constructor(error: unknown) {
    super("rule failed");
    this.name = "LogicFailure";
    this.error = error;
  }
}

/** A rule ran into a bound; nothing may catch it. */
export class LogicLimit extends Error {
  /** Which bound: `Too Many Steps`, `Nested Too Deep` or `Text Too Long`. */
  readonly type: string;

  /** @param type Which bound. */
  constructor(type: string) {
    super(type);
    this.name = "LogicLimit";
    this.type = type;
  }
}

/** Fails a rule by the community's names: `Unknown Operator`, `Invalid Arguments`. */
export function failLogic(type: string): never {
  throw new LogicFailure({ type });
}

/**
 * Pays for what an operator is about to read: JavaScript turns lists into text, and
 * lists that share their parts may be far larger than they look.
 *
 * @param value What is read; objects count as one unless `whole`.
 * @param pay Charges steps, and whether members of objects count too.
 * @param depth Nesting so far.
 * @throws {LogicLimit} If it costs more than is left.
 */
export function weigh(
  value: unknown,
  pay: { readonly spend: Machine["spend"]; readonly whole?: boolean },
  depth = 0,
): void {
  if (typeof value === "string") {
    pay.spend(Math.floor(value.length / CHARACTERS_PER_STEP));
  }
  if (typeof value !== "object" || value === null) return;
  if (depth > MAX_DEPTH) throw new LogicLimit("Nested Too Deep");
  if (!Array.isArray(value) && !pay.whole) return;
  const parts = Array.isArray(value) ? value : Object.values(value);
  pay.spend(parts.length);
  for (const part of parts) weigh(part, pay, depth + 1);
}
