/**
 * Random programs of the policy language and random facts, quickly and from a seed:
 * sound conditions over every type, on facts of which many are missing, of another
 * type, not finite, or huge.
 *
 * @module
 */
import { EngineError } from "../../core/domain/error.ts";
import { seededRandom } from "../../core/domain/random.ts";
import type { Facts, Logic } from "../../core/domain/verdict.ts";
import {
  type Catalogue,
  defineCatalogue,
  MAX_LIST_FACT,
} from "../../core/verdicts/language/catalogue.ts";
import type { Expression } from "../../core/verdicts/language/expression.ts";
import { parseLogic } from "../../core/verdicts/language/parse_logic.ts";

/** Draws of programs and facts; the same for the same seed. */
export interface Programs {
  /** A checked boolean expression. */
  condition(): Expression;
  facts(): Facts;
}

const PLACE = { file: "random.json", rule: "random" };

const CATALOGUE: Catalogue = defineCatalogue(
  ([
    ["a.i", "integer"],
    ["a.j", "integer"],
    ["a.x", "number"],
    ["a.deep.y", "number"],
    ["b.s", "string"],
    ["b.t", "string"],
    ["b.p", "boolean"],
    ["b.deep.q", "boolean"],
    ["l.w", "strings"],
    ["l.n", "numbers"],
    ["c.<name>", "scalar"],
  ] as const).map(([path, type]) => ({
    path,
    type,
    unit: null,
    nullable: true,
    about: "",
  })),
);

const WHOLE = [0, 1, -1, 2, 3, -0, 1e308, 2 ** 53 - 1];
const NUMBERS = [...WHOLE, 0.5, -1.5, 1e-300];
const TEXTS = ["", "x", "y", "zebra crossing", "constructor", '"\u2028`${'];
const MISSING = ["a.i", "a.deep.y", "b.s", "b.p", "c.m", "l.w", "l.n"];
const LONG = Array.from({ length: MAX_LIST_FACT + 1 }, () => "x");
const STRANGE = [
  ...[undefined, null, NaN, Infinity, -Infinity, 2 ** 53, 1e308, 1.5],
  ...["1", "", 1, true, [], ["x", null], [1, NaN], LONG, { toString: null }],
  ...[Symbol.iterator, 10n],
];

/** Starts to draw. */
export function drawPrograms(seed: number): Programs {
  const draw = createDraw(seed);
  return {
    condition() {
      for (;;) {
        const parsed = parse(flag(draw, 4));
        if (parsed !== null) return parsed;
      }
    },
    facts: () => drawFacts(draw),
  };
}

/** Null where the language refuses it, as two scalars that are compared. */
function parse(logic: Logic): Expression | null {
  try {
    return parseLogic(logic, {
      type: "boolean",
      path: "when",
      place: PLACE,
      catalogue: CATALOGUE,
    });
  } catch (cause) {
    if (cause instanceof EngineError) return null;
    throw cause;
  }
}

type Draw = ReturnType<typeof createDraw>;

function createDraw(seed: number) {
  const random = seededRandom(seed);
  function below(count: number): number {
    return Math.floor(random.next() * count);
  }
  return {
    below,
    pick: <T>(from: readonly T[]): T => from[below(from.length)] as T,
    some<T>(least: number, most: number, one: () => T): T[] {
      const count = least + below(most - least + 1);
      return Array.from({ length: count }, one);
    },
  };
}

function fact(
  { below, pick }: Draw,
  paths: readonly string[],
  fallback: () => Logic,
): Logic {
  const path = pick(paths);
  return below(5) === 0 ? { var: [path, fallback()] } : { var: path };
}

function flag(draw: Draw, depth: number): Logic {
  if (depth <= 0 || draw.below(12) === 0) return simpleFlag(draw);
  return draw.pick(FLAGS)(draw, depth - 1);
}

function simpleFlag(draw: Draw): Logic {
  const { below, pick, some } = draw;
  const kind = below(8);
  if (kind === 0) return pick([true, false]);
  if (kind === 1) return { missing: some(1, 3, () => pick(MISSING)) };
  return fact(draw, ["b.p", "b.deep.q"], () => pick([true, false]));
}

/** A number; `whole` where it is compared for equality, which fractions never are. */
function number(draw: Draw, depth: number, whole = false): Logic {
  const { below, pick, some } = draw;
  const literals = whole ? WHOLE : NUMBERS;
  function inner(): Logic {
    return number(draw, depth - 1, whole);
  }
  switch (depth <= 0 ? below(3) : below(8)) {
    case 0:
      return pick(literals);
    case 1:
      return fact(draw, ["a.i", "a.j"], () => below(5));
    case 2:
      return fact(
        draw,
        ["a.x", "a.deep.y", "c.m", "c.k"],
        () => pick(literals),
      );
    case 3:
      return { [pick(["-", "min", "max"])]: some(1, 2, inner) };
    case 4:
      return {
        if: [
          whole ? simpleFlag(draw) : flag(draw, depth - 1),
          ...some(2, 2, inner),
        ],
      };
    default:
      return { [pick(["+", "*", "+", "/", "%", "-"])]: some(2, 2, inner) };
  }
}

function text(draw: Draw, depth: number): Logic {
  const { below, pick } = draw;
  const kind = below(depth <= 0 ? 3 : 4);
  if (kind === 0) return pick(TEXTS);
  if (kind < 3) return fact(draw, ["b.s", "b.t", "c.m"], () => pick(TEXTS));
  return {
    if: [flag(draw, depth - 1), text(draw, depth - 1), text(draw, depth - 1)],
  };
}

/** A condition of one item of a list, of texts or of numbers. */
function itemFlag(draw: Draw, depth: number, texts: boolean): Logic {
  const { pick, some } = draw;
  const item = { var: "" };
  const compare: Logic[] = [
    {
      [pick(["==", "!="])]: [
        item,
        texts ? text(draw, 0) : number(draw, 0, true),
      ],
    },
    { in: [item, texts ? some(1, 3, () => pick(TEXTS)) : [1, 2, 3]] },
    texts ? simpleFlag(draw) : { [pick(["<", ">="])]: [item, number(draw, 1)] },
  ];
  if (depth <= 0) return pick(compare);
  return {
    [pick(["and", "or"])]: [pick(compare), itemFlag(draw, depth - 1, texts)],
  };
}

type Build = (draw: Draw, depth: number) => Logic;

/** How a condition is built, as often as it stands here. */
const FLAGS: readonly Build[] = [
  joined(["and", "or"], [1, 4], flag),
  joined(["and", "or"], [2, 3], flag),
  joined(["!", "!!"], [1, 1], flag),
  joined(["if", "?:"], [3, 3], flag),
  joined(["if"], [5, 5], flag),
  joined(["<", "<=", ">", ">="], [2, 3], number),
  joined(["<", "<=", ">", ">="], [2, 2], number),
  joined(["=="], [2, 2], (draw, depth) => number(draw, depth, true)),
  joined(["===", "!="], [2, 2], text),
  joined(["!=="], [2, 2], (draw, depth) => flag(draw, depth - 1)),
  (draw, depth) => ({
    in: [number(draw, depth), draw.some(1, 20, () => draw.pick(NUMBERS))],
  }),
  (draw, depth) => ({
    in: [text(draw, depth), draw.some(1, 20, () => draw.pick(TEXTS))],
  }),
  (draw, depth) => ({ in: [text(draw, depth), { var: "l.w" }] }),
  (draw, depth) => ({ in: [number(draw, depth), { var: "l.n" }] }),
  (draw) => quantified(draw, "l.w", true),
  (draw) => quantified(draw, "l.n", false),
  ({ below, pick, some }) => ({
    missing_some: [1 + below(2), some(2, 3, () => pick(MISSING))],
  }),
];

function joined(
  operators: readonly string[],
  [least, most]: readonly [number, number],
  operand: Build,
): Build {
  return (draw, depth) => ({
    [draw.pick(operators)]: draw.some(least, most, () => operand(draw, depth)),
  });
}

function quantified(draw: Draw, path: string, texts: boolean): Logic {
  const how = draw.pick(["some", "all", "none"]);
  return { [how]: [{ var: path }, itemFlag(draw, 1, texts)] };
}

function drawFacts({ below, pick, some }: Draw): Facts {
  const odds = pick([0, 3, 10, 30]);
  function mostly(sound: () => unknown): unknown {
    return below(100) < odds ? pick(STRANGE) : sound();
  }
  function whole(): unknown {
    return mostly(() => below(6) - 2);
  }
  function number(): unknown {
    return mostly(() => pick(NUMBERS));
  }
  function text(): unknown {
    return mostly(() => pick(TEXTS));
  }
  function flag(): unknown {
    return mostly(() => below(2) === 0);
  }
  function group(members: Record<string, () => unknown>): unknown {
    return mostly(() =>
      Object.fromEntries(
        Object.entries(members).map(([name, one]) => [name, one()]),
      )
    );
  }
  return {
    a: group({
      i: whole,
      j: whole,
      x: number,
      deep: () => group({ y: number }),
    }),
    b: group({ s: text, t: text, p: flag, deep: () => group({ q: flag }) }),
    l: group({
      w: () => mostly(() => some(0, 4, () => pick(TEXTS))),
      n: () => mostly(() => some(0, 4, () => pick(NUMBERS))),
    }),
    c: group({
      m: () => below(2) === 0 ? number() : text(),
      k: number,
    }),
  } as Facts;
}
