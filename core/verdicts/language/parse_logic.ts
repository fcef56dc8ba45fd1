/**
 * JSON-logic, read strictly: types are checked, nothing is coerced, and what is
 * refused is refused before it can run.
 *
 * @module
 */
import type { PolicyList } from "../../domain/verdict.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Expression, Literal, ValueType } from "./expression.ts";
import {
  countNodes,
  type Part,
  refuse,
  type Scope,
  typed,
} from "./operands.ts";
import { OPERATORS } from "./operators.ts";
import type { Place } from "./refusal.ts";

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
  want: {
    readonly type: ValueType;
    readonly path: string;
    readonly place: Place;
    readonly catalogue: Catalogue;
    /** Shared lists that it may name; none unless given. */
    readonly lists?: ReadonlyMap<string, PolicyList>;
  },
): Expression {
  const scope = {
    catalogue: want.catalogue,
    lists: want.lists ?? new Map(),
    place: want.place,
    parse,
    nodes: 0,
    depth: 0,
    item: null,
  };
  return typed(want.type, { logic, path: want.path, scope });
}

function parse({ logic, path, scope }: Part): Expression {
  countNodes(1, path, scope);
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
    refuse(
      scope,
      path,
      'a list is no value; join conditions by {"and": [...]}, look into it by "in"',
    );
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
      `an expression has exactly one operator, found ${found}; ` +
        `join conditions by {"and": [...]}, and put remarks into "reason"`,
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
