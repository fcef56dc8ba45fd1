/**
 * Facts worth trying: values on both sides of everything that a rule compares with.
 *
 * Where a rule compares facts with literals and at most two facts with one another, a
 * value of each kind is among them, so that what holds for all of them holds for all
 * values. Where it computes, they are a good guess.
 *
 * @module
 */
import type { Fact } from "../../domain/verdict.ts";
import { CATALOGUE, type FieldType } from "../language/catalogue.ts";
import {
  children,
  type Expression,
  type FactRead,
  factsOf,
} from "../language/expression.ts";

/** Values to try for each fact; null stands for a missing one. */
export interface FactSpace {
  readonly values: ReadonlyMap<string, readonly Fact[]>;
  /** Whether a value of every kind that the expressions tell apart is there. */
  readonly complete: boolean;
}

const STEP = "amount.stepPermille";
const CURRENT = "amount.currentMicros";
const AMOUNT = "amount.micros";
/** An amount in force that every step in thousandths is a whole part of, micros. */
const IN_FORCE = 1_000_000;
const GUESSES = [0, 1, 2, 1000, IN_FORCE, IN_FORCE + 1];

interface Found {
  readonly type: FieldType;
  readonly literals: Set<string | number>;
  /** Whether it is compared with another fact, or is an amount itself. */
  linked: boolean;
  /** Whether it is computed with. */
  computed: boolean;
}

interface Search {
  readonly facts: Map<string, Found>;
  complete: boolean;
}

/** Collects values to try for every fact that the expressions read. */
export function spaceOf(expressions: readonly Expression[]): FactSpace {
  const search: Search = { facts: new Map(), complete: true };
  for (const expression of expressions) collect(expression, search);
  shareLiterals(search);
  const steps = search.facts.get(STEP);
  search.facts.delete(STEP);
  const values = new Map(
    [...search.facts].map(([path, found]) => [path, valuesOf(path, found)]),
  );
  if (steps) {
    search.complete = false;
    addSteps(values, steps);
  }
  return { values, complete: search.complete };
}

/** Adds values for a fact whatever the expressions say of it. */
export function withValues(
  { values, complete }: FactSpace,
  path: string,
  added: readonly Fact[],
): FactSpace {
  const all = new Set([...values.get(path) ?? [], ...added]);
  return { values: new Map([...values, [path, [...all]]]), complete };
}

function collect(expression: Expression, search: Search): void {
  switch (expression.op) {
    case "literal":
      return;
    case "fact":
    case "missing":
      for (const fact of factsOf(expression)) find(fact, search);
      if (expression.op === "fact" && expression.fallback !== null) {
        note([expression.fact], [expression.fallback], search);
      }
      return;
    case "not":
    case "and":
    case "or":
    case "if":
      for (const child of children(expression)) collect(child, search);
      return;
    default:
      compare(expression, search);
  }
}

/** Takes a comparison, a look-up or a computation. */
function compare(expression: Expression, search: Search): void {
  const facts = factsOf(expression);
  note(facts, literalsIn(expression), search);
  const paths = new Set(facts.map(({ path }) => path));
  const clamps = paths.size === 1 && isClamp(expression);
  const plain = clamps || isComparison(expression);
  if (clamps) note(facts, [0], search);
  if (!plain || paths.size > 2) search.complete = false;
  for (const fact of facts) {
    const found = find(fact, search);
    found.linked ||= paths.size > 1 || clamps;
    found.computed ||= !plain;
  }
}

/** Whether it compares facts and literals as they are. */
function isComparison(expression: Expression): boolean {
  if (expression.op === "quantifier" || expression.op === "arithmetic") {
    return false;
  }
  return children(expression).every(({ op }) =>
    op === "fact" || op === "literal" || op === "list"
  ) && factsOf(expression).every(({ type }) =>
    type !== "strings" && type !== "numbers"
  );
}

/** Whether it is a whole number kept between literals: everywhere it, or one of them. */
function isClamp(expression: Expression): boolean {
  if (expression.op === "literal") return true;
  if (expression.op === "fact") return expression.fact.type === "integer";
  return expression.op === "arithmetic" &&
    (expression.how === "min" || expression.how === "max") &&
    expression.of.every(isClamp);
}

/** Facts that are compared with one another are compared with the same literals. */
function shareLiterals(search: Search): void {
  const linked = [...search.facts.values()].filter(({ linked }) => linked);
  const all = new Set(linked.flatMap(({ literals }) => [...literals]));
  for (const { literals } of linked) all.forEach((one) => literals.add(one));
  const dense = all.size > 1 &&
    linked.some(({ type }) => type === "number" || type === "scalar");
  if (linked.length > 2 || dense) search.complete = false;
}

function find({ path, type }: FactRead, { facts }: Search): Found {
  const known = facts.get(path);
  if (known) return known;
  const literals = new Set<string | number>();
  const found = { type, literals, linked: false, computed: false };
  facts.set(path, found);
  return found;
}

function note(
  facts: readonly FactRead[],
  literals: readonly (string | number | boolean)[],
  search: Search,
): void {
  for (const fact of facts) {
    const found = find(fact, search);
    for (const literal of literals) {
      if (typeof literal !== "boolean") found.literals.add(literal);
    }
  }
}

function literalsIn(
  expression: Expression,
): readonly (string | number | boolean)[] {
  if (expression.op === "literal") return [expression.value];
  if (expression.op === "list") return expression.items;
  const fallback = expression.op === "fact" && expression.fallback !== null
    ? [expression.fallback]
    : [];
  return [...fallback, ...children(expression).flatMap(literalsIn)];
}

function valuesOf(path: string, found: Found): readonly Fact[] {
  switch (found.type) {
    case "boolean":
      return [true, false, null];
    case "string":
      return [...texts(path, found), null];
    case "strings":
      return [...lists(texts(path, found)), null];
    case "numbers":
      return [...lists(numbers(path, found)), null];
    default:
      return [...numbers(path, found), null];
  }
}

function texts(path: string, { literals, linked }: Found): readonly string[] {
  const isDay = CATALOGUE.find(path)?.unit === "date";
  const named = [...literals].filter((one) => typeof one === "string");
  const others = Array.from(
    { length: literals.size + 2 },
    (_, index) =>
      isDay ? dayAt(index) : index === 0 ? "other" : `other${index}`,
  ).filter((one) => !literals.has(one));
  return [...named, ...others.slice(0, linked ? 2 : 1)];
}

function dayAt(index: number): string {
  return new Date(Date.UTC(2000, 0, 1 + index)).toISOString().slice(0, 10);
}

function lists<T extends string | number>(items: readonly T[]): readonly T[][] {
  return [[], ...items.map((one) => [one]), [...items]];
}

function numbers(path: string, found: Found): readonly number[] {
  const { type, literals, linked, computed } = found;
  const field = CATALOGUE.find(path);
  const [least, most] = field?.range ?? [-Infinity, Infinity];
  const known = [...literals].filter((one) => typeof one === "number")
    .sort((a, b) => a - b);
  const near = linked ? [-2, -1, 0, 1, 2] : [-1, 0, 1];
  const between = known.slice(1).map((one, index) =>
    (one + (known[index] ?? one)) / 2
  );
  const all = [
    ...known.flatMap((one) => near.map((step) => one + step)),
    ...type === "integer" ? [] : between,
    ...known.length === 0 ? [1, ...linked ? [0, 2] : []] : [],
    ...computed ? GUESSES : [],
  ].filter((one) => least <= one && one <= most)
    .filter((one) => type !== "integer" || Number.isSafeInteger(one));
  return [...new Set(all)];
}

/** A step follows from two amounts: gives both, so that every step comes about. */
function addSteps(values: Map<string, readonly Fact[]>, steps: Found): void {
  const amounts = numbers(STEP, steps).flatMap((
    permille,
  ) => [IN_FORCE + permille * 1000, IN_FORCE - permille * 1000]).filter((
    micros,
  ) => micros >= 0);
  const current = [IN_FORCE, 0, ...values.get(CURRENT) ?? [null]];
  const proposed = [IN_FORCE, 0, ...amounts, ...values.get(AMOUNT) ?? [null]];
  values.set(CURRENT, [...new Set(current)]);
  values.set(AMOUNT, [...new Set(proposed)]);
}
