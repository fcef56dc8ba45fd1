/**
 * Terms that are numbers, and their comparison: `min`, `max` and `if` are taken apart,
 * so that what remains to be compared has none of them.
 *
 * @module
 */
import {
  among,
  and,
  choose,
  constant,
  defined,
  LARGEST,
  MOST_MICROS,
  not,
  or,
  type Term,
} from "./term.ts";

/** An operation on numbers. */
export function arithmetic(how: string, given: readonly Term[]): Term {
  const [first = constant(null)] = given;
  if (how !== "min" && how !== "max") {
    return name(how, given);
  }
  const flat = given.flatMap((one) =>
    one.op === "arithmetic" && one.how === how ? one.of : [one]
  );
  const of = [...new Map(flat.map((one) => [one.key, one])).values()]
    .sort((a, b) => a.key < b.key ? -1 : 1);
  return of.length === 1 ? of[0] ?? first : name(how, of);
}

function name(how: string, of: readonly Term[]): Term {
  const key = `${how}(${of.map(({ key }) => key).join()})`;
  return { op: "arithmetic", how, of, key };
}

/** Whole micros from 0 to the largest; `min`, `max` and `if` stay outside. */
export function whole(how: "down" | "up", of: Term): Term {
  if (of.op === "constant" && typeof of.value === "number") {
    const rounded = how === "down" ? Math.floor(of.value) : Math.ceil(of.value);
    return constant(Math.min(Math.max(rounded, 0), LARGEST));
  }
  if (of.op === "if") {
    return choose(of.condition, whole(how, of.yes), whole(how, of.no));
  }
  if (of.op === "arithmetic" && (of.how === "min" || of.how === "max")) {
    return arithmetic(of.how, of.of.map((one) => whole(how, one)));
  }
  if (of.op === "read" && of.fact.type === "integer") {
    return isAmount(of) ? of : arithmetic("max", [of, constant(0)]);
  }
  const found = fractionOf(of);
  if (found) return portion(how, found.of, found.fraction);
  return { op: "whole", how, of, key: `whole ${how}(${of.key})` };
}

type Fraction = readonly [numerator: number, denominator: number];

/** A fraction of an amount, rounded. */
export function portion(
  how: "down" | "up",
  of: Term,
  [numerator, denominator]: Fraction,
): Term {
  const divisor = commonDivisor(numerator, denominator);
  const fraction = [numerator / divisor, denominator / divisor] as const;
  if (fraction[0] === fraction[1]) return of;
  const key = `portion ${how}(${of.key},${fraction.join("/")})`;
  return { op: "portion", how, of, fraction, key };
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? Math.max(a, 1) : commonDivisor(b, a % b);
}

/** Whether a term is an amount in micros as the judge is given it. */
function isAmount(term: Term): boolean {
  return term.op === "read" && term.fallback === null &&
    /^amount\.(micros|currentMicros)$/.test(term.fact.path);
}

/** Reads `amount * 6 / 5`, of small whole numbers, whose rounding is exact. */
function fractionOf(
  term: Term,
): { readonly of: Term; readonly fraction: Fraction } | null {
  if (isAmount(term)) return { of: term, fraction: [1, 1] };
  if (term.op !== "arithmetic" || term.of.length !== 2) return null;
  const isProduct = term.how === "*";
  if (!isProduct && term.how !== "/") return null;
  const [left, right] = term.of as [Term, Term];
  const [of, by] = isProduct && left.op === "constant"
    ? [right, left]
    : [left, right];
  const inner = fractionOf(of);
  if (by.op !== "constant" || inner === null) return null;
  const factor = Number(by.value);
  const [numerator, denominator] = inner.fraction;
  if (!Number.isInteger(factor) || factor < 1 || denominator !== 1) return null;
  const [n, d] = isProduct ? [numerator * factor, 1] : [numerator, factor];
  const isExact = n * MOST_MICROS <= LARGEST && d <= 1000;
  return isExact ? { of: inner.of, fraction: [n, d] } : null;
}

/** Thousandths of an amount where a condition holds, else the amount. */
export function scaled(of: Term, when: Term, permille: number): Term {
  if (when.op === "constant" && when.value !== true) return of;
  const key = `scaled(${of.key},${when.key},${permille})`;
  return { op: "scaled", of, when, permille, key };
}

/** Thousandths between two amounts. */
export function step(amount: Term, current: Term): Term {
  const key = `step(${amount.key},${current.key})`;
  return { op: "step", amount, current, key };
}

/** Whether the first number is below the second. */
export function less(left: Term, right: Term): Term {
  if (left.op === "constant" && right.op === "constant") {
    const known = left.value !== null && right.value !== null;
    return constant(known ? Number(left.value) < Number(right.value) : null);
  }
  if (left.op === "if") {
    const { condition, yes, no } = left;
    return choose(condition, less(yes, right), less(no, right));
  }
  if (right.op === "if") {
    const { condition, yes, no } = right;
    return choose(condition, less(left, yes), less(left, no));
  }
  const steps = lessOfStep(left, right);
  if (steps) return steps;
  if (isExtreme(left)) {
    return lessOfEach(left, left.how === "min", (one) => less(one, right));
  }
  if (isExtreme(right)) {
    return lessOfEach(right, right.how === "max", (one) => less(left, one));
  }
  return { op: "less", left, right, key: `(${left.key}<${right.key})` };
}

/** A step against a literal, as the amounts between which it lies; null for others. */
function lessOfStep(left: Term, right: Term): Term | null {
  if (right.op === "step" && left.op === "constant") {
    const most = Math.floor(Number(left.value));
    return left.value === null || most < 0 ? null : isStepAbove(right, most);
  }
  if (left.op !== "step" || right.op !== "constant") return null;
  const most = Math.ceil(Number(right.value)) - 1;
  return right.value === null || most < 0 ? null : not(isStepAbove(left, most));
}

function isStepAbove(
  { amount, current }: Extract<Term, { op: "step" }>,
  permille: number,
): Term {
  const above = portion("down", current, [1000 + permille, 1000]);
  const below = portion("up", current, [1000 - permille, 1000]);
  const isAway = or(
    less(above, amount),
    ...permille < 1000 ? [less(amount, below)] : [],
  );
  return choose(less(constant(0), current), isAway, constant(null));
}

type Operation = Extract<Term, { op: "arithmetic" }>;

function isExtreme(term: Term): term is Operation {
  return term.op === "arithmetic" && (term.how === "min" || term.how === "max");
}

/** Any or all of the operands; unknown as soon as one of them is. */
function lessOfEach(
  { of }: Operation,
  any: boolean,
  compare: (one: Term) => Term,
): Term {
  const each = of.map(compare);
  const known = of.map(defined);
  return any ? and(or(...each), ...known) : or(and(...each), ...known.map(not));
}

/** Whether two numbers are equal. */
export function equalNumbers(left: Term, right: Term): Term {
  const [item, other] = left.op === "constant" ? [right, left] : [left, right];
  if (
    item.op === "read" && other.op === "constant" &&
    typeof other.value === "number"
  ) return among(item, [other.value]);
  return and(not(less(left, right)), not(less(right, left)));
}
