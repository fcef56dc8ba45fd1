/**
 * Random rules and ill-typed data for the compatibility mode, drawn from a seed.
 *
 * @module
 */

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function createChance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6D2B79F5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Every operator of json-logic-js, and three that it has not. */
const OPERATORS =
  ("var missing missing_some if ?: and or ! !! == === != !== < <= > >= max min" +
    " + - * / % map reduce filter all none some merge in cat substr log" +
    " method var.x nothing").split(" ");

const PATHS = [
  "n",
  "z",
  "neg",
  "s",
  "e",
  "d",
  "t",
  "f",
  "nul",
  "l",
  "m",
  "o",
  "o.p",
  "o.q",
  "o.list.1",
  "l.0",
  "l.length",
  "s.0",
  "s.length",
  "m.2.x",
  "absent",
  "o.absent.x",
  "",
  "current",
  "accumulator",
  "x",
  "0",
  ".",
  "odd.length",
  "odd.indexOf",
  "names",
];

const LITERALS = [
  null,
  true,
  false,
  0,
  -0,
  1,
  2,
  -1,
  3.5,
  1e21,
  1e-7,
  "",
  "0",
  "1",
  "-1",
  "a",
  "US",
  "RUS",
  "12abc",
  " 4 ",
  "1,000",
  "false",
  "NaN",
  "Infinity",
  "0x10",
];

/** Data with a value of every kind, ill-typed for most rules. */
export const ILL_TYPED = {
  n: 5,
  z: 0,
  neg: -2.5,
  s: "US",
  e: "",
  d: "12abc",
  t: true,
  f: false,
  nul: null,
  l: [1, 2, 3],
  m: [null, "a", { x: 1 }, [], [2], false],
  o: { p: 1, q: { r: null }, list: ["x", "y"] },
  odd: { length: 1, indexOf: 3, toString: 1, valueOf: null },
  names: ["n", "absent", ["absent2", 1], { var: "s" }, { cat: ["e"] }],
};

/** A rule nested at most so deep. */
export function drawRule(chance: () => number, depth: number): unknown {
  const kind = chance();
  if (depth === 0 || kind < 0.12) return pick(chance, LITERALS);
  if (kind < 0.3) return { var: drawPath(chance, depth) };
  if (kind < 0.36) return drawMany(chance, depth);
  if (kind < 0.38) return {};
  if (kind < 0.4) return { a: pick(chance, LITERALS), b: 1 };
  const operator = pick(chance, OPERATORS);
  const operands = chance() < 0.12
    ? drawRule(chance, depth - 1)
    : drawMany(chance, depth);
  return { [operator]: operands };
}

function drawPath(chance: () => number, depth: number): unknown {
  const kind = chance();
  if (kind < 0.8) return pick(chance, PATHS);
  if (kind < 0.9) return [pick(chance, PATHS), drawRule(chance, depth - 1)];
  return drawRule(chance, depth - 1);
}

function drawMany(chance: () => number, depth: number): unknown[] {
  const many = Math.floor(chance() * 4.2);
  return Array.from({ length: many }, () => drawRule(chance, depth - 1));
}

function pick<T>(chance: () => number, from: readonly T[]): T {
  return from[Math.floor(chance() * from.length)] as T;
}
