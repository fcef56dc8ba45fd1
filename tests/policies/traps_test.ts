/**
 * Known traps of JSON-logic: each is refused when the policy is saved, or its answer
 * is unknown, so that a constraint never passes by accident.
 *
 * Those that only lack a fact are told apart by what they need: a guard, a default, or
 * a word on what happens in doubt; with that word they may be saved, and are unknown.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Facts } from "../../core/domain/verdict.ts";
import {
  defineCatalogue,
  type FieldType,
} from "../../core/verdicts/language/catalogue.ts";
import { compileConditions } from "../../core/verdicts/program/compile.ts";
import { findConstant } from "../../core/verdicts/language/constants.ts";
import { findUnguarded } from "../../core/verdicts/language/guards.ts";
import { interpret } from "../../core/verdicts/language/interpret.ts";
import { parseLogic } from "../../core/verdicts/language/parse_logic.ts";

const FOLDER = new URL("../../../shared/vectors/policy/", import.meta.url);

const TYPES: Readonly<Record<string, FieldType>> = {
  "spend.today": "integer",
  "freq.week": "integer",
  roas: "number",
  margin: "number",
  "campaign.spend": "integer",
  blocked: "strings",
  consents: "strings",
  spend: "integer",
  consent: "boolean",
  o: "strings",
  region: "string",
  rev: "integer",
  x: "number",
  s: "string",
  items: "strings",
  cap: "integer",
};

const catalogue = defineCatalogue(
  Object.entries(TYPES).map(([path, type]) => ({
    path,
    type,
    unit: null,
    nullable: true,
    about: path,
  })),
);

interface Trap {
  readonly name: string;
  readonly rule: unknown;
  readonly data: Facts;
}

function readVectors<T>(name: string): readonly T[] {
  try {
    return JSON.parse(Deno.readTextFileSync(new URL(name, FOLDER)));
  } catch (cause) {
    const absent = cause instanceof Deno.errors.NotFound;
    if (!absent || Deno.env.get("REQUIRE_ALL") === "1") throw cause;
    return [];
  }
}

const traps = readVectors<Trap>("traps.json");

/** What becomes of a trap that is saved: refused with a reason, or of a value. */
interface Fate {
  /** Why it is refused; null if it is not. */
  readonly refused: string | null;
  /** Facts that it must guard, unless it says what happens without them. */
  readonly unguarded: readonly string[];
  /** What it answers: true, false, or null for unknown. */
  readonly value: unknown;
}

function fateOf({ rule, data }: Pick<Trap, "rule" | "data">): Fate {
  const place = { file: "trap.json", rule: "trap" };
  const shape = { type: "boolean", path: "when", place, catalogue } as const;
  try {
    const expression = parseLogic(rule, shape);
    const out = new Int32Array(2);
    compileConditions([expression]).evaluate(data, out);
    const compiled = out[1] === 1 ? null : out[0] === 1;
    const value = interpret(expression, data);
    assert.equal(compiled, value);
    return {
      refused: findConstant(expression, catalogue),
      unguarded: findUnguarded(expression, () => false),
      value,
    };
  } catch (cause) {
    const { code, message } = cause as { code?: string; message: string };
    assert.equal(code, "policy_invalid", message);
    return { refused: message, unguarded: [], value: null };
  }
}

const ONE_OPERATOR = /exactly one operator, found .*; join conditions by/;
const NO_VALUE = /a list is no value; join conditions by/;
const NO_CONDITION = /expected a boolean, found a number; a condition compares/;
const NO_NUMBER = /expected a number, found a string/;
const NO_FACT = /fact ".*" is unknown; known are spend\.today, /;
const NO_OPERATOR = /operator ".*" is unknown; use one of var /;
const NO_LIST = /"in" looks into a list, not into a string/;
const NO_OPERANDS = /takes at least 1 operands, not 0/;

/** Each trap by name: why it is refused, or the facts without which it is unknown. */
const FATES: Readonly<Record<string, RegExp | readonly string[]>> = {
  "missing spend under a cap (fail-open)": ["spend.today"],
  "missing frequency < cap": ["freq.week"],
  "missing ROAS >= min (fail-closed)": ["roas"],
  "missing value >= 0": ["margin"],
  "typo in the path":
    /"campain\.spend" is unknown; did you mean "campaign\.spend"/,
  "none over missing list": ["blocked"],
  "all over missing list": /expected a string, found a boolean/,
  "all over empty list": /expected a string, found a boolean/,
  "two keys in a rule object": ONE_OPERATOR,
  "two operators in one object": ONE_OPERATOR,
  "rule wrapped in array": NO_VALUE,
  "empty rule {}": ONE_OPERATOR,
  "and []": NO_OPERANDS,
  "or []": NO_OPERANDS,
  'string "false" is truthy': ["consent"],
  'string "0" is truthy': ["consent"],
  "{} truthiness": /expected a boolean, found a list of texts/,
  "region substring trap": NO_LIST,
  "in empty string": NO_LIST,
  "lexicographic numbers": /texts have no order: use "in"/,
  "number in string compare": ["spend"],
  "parseFloat 1,000 + 0": NO_CONDITION,
  '"12abc" + 1': NO_NUMBER,
  "null + 1": NO_CONDITION,
  "null * 1": NO_CONDITION,
  "NaN compare": ["x"],
  "1/0": NO_CONDITION,
  "0/0 <= 5": /"\(0 \/ 0\)" divides by zero and is never known/,
  "ROAS = revenue/spend with spend 0 >= 2": ["rev", "spend"],
  "[] == 0": NO_VALUE,
  "null == 0": ["x"],
  'true == "1"': /expected a boolean, found a string/,
  "[5] == 5": NO_VALUE,
  "date strings": /texts have no order: use "in", or "during" for days/,
  "float cents": /fractions are never quite equal; use <= and >=/,
  "var constructor": NO_FACT,
  "var constructor truthy": NO_FACT,
  "var __proto__": NO_FACT,
  "var toString.name": NO_FACT,
  "var constructor.name": NO_FACT,
  "var length of string": NO_FACT,
  'missing ["toString"]': NO_FACT,
  "op constructor": NO_OPERATOR,
  "op valueOf": NO_OPERATOR,
  "op toString": NO_OPERATOR,
  "op hasOwnProperty": NO_OPERATOR,
  "op __proto__": NO_OPERATOR,
  "data with own indexOf": /expected a string, found a number/,
  "unknown operator inside untaken branch": NO_OPERATOR,
  "literal object argument": NO_OPERATOR,
  "outer scope inside map": NO_OPERATOR,
  "dotted keys": NO_FACT,
  "if with 2 args false": /"if" takes at least 3 operands, not 2/,
  "chained between with missing": ["x"],
};

Deno.test({
  name:
    "every known trap has the fate that it is said to have (needs ../shared)",
  ignore: traps.length === 0,
  fn() {
    const names = traps.map(({ name }) => name);
    const lost = Object.keys(FATES).filter((name) => !names.includes(name));
    assert.deepEqual(lost, []);
    for (const trap of traps) {
      const { refused, unguarded, value } = fateOf(trap);
      const want = FATES[trap.name];
      assert.equal(value, null, `${trap.name} passes`);
      if (want === undefined) {
        assert.ok(refused !== null || unguarded.length > 0, trap.name);
      } else if (want instanceof RegExp) {
        assert.match(refused ?? "", want, trap.name);
      } else {
        assert.deepEqual({ refused, unguarded }, {
          refused: null,
          unguarded: want,
        }, trap.name);
      }
    }
  },
});

const patterns = readVectors<unknown>("rule_like.json");

Deno.test({
  name: "no pattern of rule_like.json crashes the checker (needs ../shared)",
  ignore: patterns.length === 0,
  fn() {
    const rules = patterns.flatMap((one) =>
      Array.isArray(one) ? [one[0], one[1]] : [one]
    );
    assert.ok(rules.length > 70);
    for (const rule of rules) fateOf({ rule, data: {} });
  },
});
