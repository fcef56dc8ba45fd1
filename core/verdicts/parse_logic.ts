/**
 * JSON-logic, read strictly: types are checked, nothing is coerced, and what is
 * refused is refused before it can run.
 *
 * @module
 */
import type { Catalogue } from "./catalogue.ts";
import type { Expression, Literal, ValueType } from "./expression.ts";
import {
  OPERATORS,
  type Part,
  refuse,
  type Scope,
  typed,
} from "./operators.ts";
import type { Place } from "./refusal.ts";

/** Most operators and values in one expression. */
export const MAX_NODES = 512;
/** Deepest nesting. */
export const MAX_DEPTH = 32;

/**
 * Checks an expression against a catalogue.
 *
 * @param logic JSON-logic, as parsed from JSON.
 * @param want Type that it must yield, and where it stands in the file.
 * @throws {EngineError} policy_invalid, naming file, rule, path and fix.
 */
export function parseLogic(
  logic: unknown,
  want: { type: ValueType; path: string; place: Place; catalogue: Catalogue },
): Expression {
  const scope = {
    catalogue: want.catalogue,
    place: want.place,
    parse,
    nodes: 0,
    depth: 0,
  };
  return typed(want.type, { logic, path: want.path, scope });
}

function parse({ logic, path, scope }: Part): Expression {
  if (++scope.nodes > MAX_NODES) {
    refuse(scope, path, `more than ${MAX_NODES} nodes; split the rule`);
  }
  if (++scope.depth > MAX_DEPTH) {
    refuse(scope, path, `nested deeper than ${MAX_DEPTH}; split the rule`);
  }
  const expression = typeof logic === "object" && !Array.isArray(logic)
    ? parseOperation(logic, path, scope)
    : parseLiteral(logic, path, scope);
  scope.depth--;
  return expression;
}

function parseLiteral(logic: unknown, path: string, scope: Scope): Expression {
  if (Array.isArray(logic)) {
    refuse(scope, path, 'a list stands only in the second place of "in"');
  }
  const type = typeof logic;
  if (type !== "string" && type !== "boolean" && !Number.isFinite(logic)) {
    refuse(scope, path, "a value is a text, a finite number, true or false");
  }
  return { op: "literal", value: logic as Literal };
}

function parseOperation(
  logic: object | null,
  path: string,
  scope: Scope,
): Expression {
  if (logic === null) {
    refuse(
      scope,
      path,
      'null is no value; ask {"missing": ["<fact>"]} instead',
    );
  }
  const keys = Object.keys(logic);
  const [name = ""] = keys;
  if (keys.length !== 1) {
    const found = keys.map((key) => `"${key}"`).join(", ") || "none";
    refuse(
      scope,
      path,
      `an expression has exactly one operator, found ${found}`,
    );
  }
  const operator = OPERATORS.get(name);
  if (!operator) {
    const known = [...OPERATORS.keys()].join(" ");
    refuse(scope, path, `operator "${name}" is unknown; use one of ${known}`);
  }
  const operand = (logic as Record<string, unknown>)[name];
  const args = Array.isArray(operand) ? operand : [operand];
  const [least, most] = operator.arity;
  if (args.length < least || args.length > most) {
    const count = most === Infinity
      ? `at least ${least}`
      : least === most
      ? `${least}`
      : `${least} to ${most}`;
    refuse(
      scope,
      path,
      `"${name}" takes ${count} operands, not ${args.length}`,
    );
  }
  return operator.build(args, `${path}.${name}`, scope);
}
