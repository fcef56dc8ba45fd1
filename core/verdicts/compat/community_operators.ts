/**
 * Operators that the JSON Logic community has agreed on since; json-logic-js refuses
 * all of them as unrecognized, so that none changes what it answers.
 *
 * A path of `val` and `exists` may begin with `[levels]`: 1 is what stands beside the
 * item of a list, such as its index; 2 the data around the list; and so on outwards.
 *
 * @see https://github.com/json-logic/.github/blob/main/ACCEPTED_PROPOSALS.md, read on 2026-11-26
 * @see https://json-logic.github.io/json-logic-engine/docs/context, read on 2026-11-26
 * @module
 */
import {
  failLogic,
  LogicFailure,
  type Machine,
  type Operator,
  type Scope,
} from "./machine.ts";
import { readOwn } from "./own_member.ts";

/** Operators whose operands are evaluated first, by name. */
export const COMMUNITY_EAGER: ReadonlyMap<string, Operator> = new Map<
  string,
  Operator
>([
  ["val", (operands, scope) => find(operands, scope) ?? null],
  ["exists", (operands, scope) => find(operands, scope) !== undefined],
  ["length", ([value]) => measure(value)],
  ["throw", ([error]) => raise(error)],
]);

/** Operators that evaluate what they need, by name. */
export const COMMUNITY_LAZY: ReadonlyMap<string, Operator> = new Map([
  ["??", coalesce],
  ["try", attempt],
]);

function find(operands: readonly unknown[], scope: Scope): unknown {
  const [only] = operands;
  const path = operands.length === 1 && Array.isArray(only) && !isClimb(only)
    ? only
    : operands;
  const [first, ...rest] = path;
  const climbs = Array.isArray(first) && isClimb(first);
  const start = climbs ? climb(scope, Math.abs(Number(first[0]))) : scope.data;
  return (climbs ? rest : path).filter((name) => name !== null).reduce(
    (at: unknown, name) => readOwn(at, nameOf(name)),
    start,
  );
}

function isClimb(list: readonly unknown[]): boolean {
  return list.length === 1 && Number.isInteger(list[0]);
}

function nameOf(name: unknown): string {
  if (typeof name === "string") return name;
  return typeof name === "number"
    ? String(name)
    : failLogic("Invalid Arguments");
}

function climb(scope: Scope, levels: number): unknown {
  let at: Scope | null = scope;
  for (let up = 0; up < Math.floor(levels / 2) && at !== null; up++) {
    at = at.outer;
  }
  return levels % 2 === 0 ? at?.data : at?.frame;
}

function measure(value: unknown): number {
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  if (typeof value === "object" && value !== null) {
    return Object.keys(value).length;
  }
  return failLogic("Invalid Arguments");
}

function raise(error: unknown): never {
  const told = typeof error === "object" && error !== null;
  throw new LogicFailure(told ? error : { type: error });
}

/** The first operand that is not null; null if none is. */
function coalesce(
  operands: readonly unknown[],
  scope: Scope,
  machine: Machine,
): unknown {
  for (const operand of operands) {
    const value = machine.evaluate(operand, scope);
    if (value !== null && value !== undefined) return value;
  }
  return null;
}

/** The first operand that does not fail; each after the first sees the failure before. */
function attempt(
  operands: readonly unknown[],
  scope: Scope,
  machine: Machine,
): unknown {
  let seen = scope;
  let failure = new LogicFailure({ type: "Invalid Arguments" });
  for (const operand of operands) {
    try {
      return machine.evaluate(operand, seen);
    } catch (thrown) {
      if (!(thrown instanceof LogicFailure)) throw thrown;
      failure = thrown;
      seen = { data: thrown.error, frame: null, outer: scope };
    }
  }
  throw failure;
}
