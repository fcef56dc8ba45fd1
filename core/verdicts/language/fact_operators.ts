/**
 * Operators that read facts: `var`, `missing`, `missing_some`.
 *
 * @module
 */
import { type Expression, type FactRead, typeOf } from "./expression.ts";
import {
  countNodes,
  narrow,
  refuse,
  type Scope,
  TYPE_NAMES,
} from "./operands.ts";

function findFact(name: unknown, path: string, scope: Scope) {
  if (typeof name !== "string") {
    refuse(scope, path, 'a fact is named by its path, such as "amount.micros"');
  }
  const field = scope.catalogue.find(name);
  if (!field) {
    const advice = scope.catalogue.suggest(name);
    refuse(scope, path, `fact "${name}" is unknown; ${advice}`);
  }
  return {
    fact: { path: name, type: field.type } as FactRead,
    unit: field.unit,
  };
}

function findFacts(
  names: readonly unknown[],
  path: string,
  scope: Scope,
): FactRead[] {
  countNodes(names.length, path, scope);
  return names.map((name, index) =>
    findFact(name, `${path}[${index}]`, scope).fact
  );
}

/** A fact, with what stands for it when it is missing; or the item of a list. */
export function parseFact(
  args: readonly unknown[],
  path: string,
  scope: Scope,
) {
  if (args[0] === "") return parseItem(args, path, scope);
  const found = findFact(args[0], path, scope);
  const bare: Expression = { op: "fact", ...found, fallback: null };
  if (args.length === 1) return bare;
  const literal = scope.parse({ logic: args[1], path: `${path}[1]`, scope });
  if (literal.op !== "literal") {
    refuse(
      scope,
      `${path}[1]`,
      "the value for a missing fact must be a literal",
    );
  }
  const type = typeOf(literal);
  const is = typeOf(bare);
  if (is !== "scalar" && is !== type) {
    const reason = `"${found.fact.path}" is a ${TYPE_NAMES[is]}, ` +
      `its default a ${TYPE_NAMES[type]}`;
    refuse(scope, `${path}[1]`, reason);
  }
  const fact = narrow(bare, type, { logic: null, path: `${path}[1]`, scope });
  const { value } = literal;
  if (found.fact.type === "integer" && !Number.isSafeInteger(value)) {
    refuse(scope, `${path}[1]`, `"${found.fact.path}" is a whole number`);
  }
  return { ...fact, fallback: value } as Expression;
}

function parseItem(
  args: readonly unknown[],
  path: string,
  scope: Scope,
): Expression {
  if (scope.item === null) {
    refuse(
      scope,
      path,
      'the item {"var": ""} stands only inside "some", "all" and "none"',
    );
  }
  if (args.length > 1) refuse(scope, path, "an item is never missing");
  return { op: "item", type: scope.item };
}

/** Whether one of the facts is missing. */
export function parseMissing(
  args: readonly unknown[],
  path: string,
  scope: Scope,
) {
  return { op: "missing", facts: findFacts(args, path, scope) } as Expression;
}

/** Whether fewer than so many of the facts are given. */
export function parseMissingSome(
  [least, names]: readonly unknown[],
  path: string,
  scope: Scope,
): Expression {
  if (!Array.isArray(names) || names.length === 0) {
    refuse(scope, `${path}[1]`, "the second operand is a list of facts");
  }
  const count = Number.isSafeInteger(least) ? Number(least) : 0;
  if (count < 1 || count > names.length) {
    refuse(
      scope,
      `${path}[0]`,
      `the first operand is how many must be given, 1 to ${names.length}`,
    );
  }
  const facts = findFacts(names, `${path}[1]`, scope);
  if (count === facts.length) return { op: "missing", facts };
  const each = facts.map((fact) => missing(fact));
  if (count === 1) return { op: "and", of: each };
  const given = each.map((condition): Expression => ({
    op: "if",
    condition,
    yes: { op: "literal", value: 0 },
    no: { op: "literal", value: 1 },
  }));
  const sum: Expression = { op: "arithmetic", how: "+", of: given };
  return { op: "order", how: "<", of: [sum, { op: "literal", value: count }] };
}

function missing(fact: FactRead): Expression {
  return { op: "missing", facts: [fact] };
}
