/**
 * Operators that decide which of their operands are evaluated, and over which data,
 * exactly as json-logic-js 2.0.5 has them.
 *
 * @see https://github.com/jwadhams/json-logic-js, version 2.0.5, read on 2026-11-26
 * @module
 */
import type { Machine, Operator, Scope } from "./machine.ts";
import { isTruthy } from "./own_member.ts";

/** Operators by name. */
export const LAZY_OPERATORS: ReadonlyMap<string, Operator> = new Map<
  string,
  Operator
>([
  ["if", choose],
  ["?:", choose],
  ["and", untilTruth(false)],
  ["or", untilTruth(true)],
  ["map", (operands, scope, machine) => visit(operands, scope, machine)],
  ["filter", filter],
  ["reduce", reduce],
  ["all", all],
  ["some", some],
  ["none", (...given) => !some(...given)],
]);

function choose(
  operands: readonly unknown[],
  scope: Scope,
  machine: Machine,
): unknown {
  const pairs = Math.floor(operands.length / 2);
  for (let pair = 0; pair < pairs; pair++) {
    if (isTruthy(machine.evaluate(operands[2 * pair], scope))) {
      return machine.evaluate(operands[2 * pair + 1], scope);
    }
  }
  return operands.length % 2 === 0
    ? null
    : machine.evaluate(operands[operands.length - 1], scope);
}

/** The first operand of a truth, else the last; undefined where there is none. */
function untilTruth(truth: boolean): Operator {
  return (operands, scope, machine) => {
    let last: unknown;
    for (const operand of operands) {
      last = machine.evaluate(operand, scope);
      if (isTruthy(last) === truth) return last;
    }
    return last;
  };
}

/** One item as the data of a rule; how far it is in its list is kept beside it. */
function itemScope(
  data: unknown,
  index: number,
  outer: Scope,
): Scope {
  return { data, frame: { index }, outer };
}

function visit(
  [list, rule]: readonly unknown[],
  scope: Scope,
  machine: Machine,
): unknown[] {
  const items = machine.evaluate(list, scope);
  if (!Array.isArray(items)) return [];
  return items.map((item, index) =>
    machine.evaluate(rule, itemScope(item, index, scope))
  );
}

function filter(
  [list, rule]: readonly unknown[],
  scope: Scope,
  machine: Machine,
): unknown[] {
  const items = machine.evaluate(list, scope);
  if (!Array.isArray(items)) return [];
  return items.filter((item, index) =>
    isTruthy(machine.evaluate(rule, itemScope(item, index, scope)))
  );
}

function reduce(
  [list, rule, initial]: readonly unknown[],
  scope: Scope,
  machine: Machine,
): unknown {
  const items = machine.evaluate(list, scope);
  const first = initial === undefined ? null : machine.evaluate(initial, scope);
  if (!Array.isArray(items)) return first;
  return items.reduce((accumulator: unknown, current: unknown, index) => {
    const step = { current, accumulator };
    return machine.evaluate(rule, itemScope(step, index, scope));
  }, first);
}

function all(
  [list, rule]: readonly unknown[],
  scope: Scope,
  machine: Machine,
): boolean {
  const items = machine.evaluate(list, scope);
  if (!Array.isArray(items) || items.length === 0) return false;
  return items.every((item, index) =>
    isTruthy(machine.evaluate(rule, itemScope(item, index, scope)))
  );
}

function some(
  [list, rule]: readonly unknown[],
  scope: Scope,
  machine: Machine,
): boolean {
  const items = machine.evaluate(list, scope);
  if (!Array.isArray(items)) return false;
  return items.some((item, index) =>
    isTruthy(machine.evaluate(rule, itemScope(item, index, scope)))
  );
}
