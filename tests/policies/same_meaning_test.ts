/**
 * One meaning: on random programs and facts, the interpreter that is the
 * specification, generated code, closures, and code with a trace agree on each program
 * and on each part of it.
 *
 * `MOE_POLICY_PROGRAMS` is how many programs are compared.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Facts } from "../../core/domain/verdict.ts";
import { conditionsOf } from "../../core/verdicts/language/conditions.ts";
import {
  children,
  type Expression,
  typeOf,
} from "../../core/verdicts/language/expression.ts";
import {
  interpret,
  type Outcome,
} from "../../core/verdicts/language/interpret.ts";
import { printExpression } from "../../core/verdicts/language/print_expression.ts";
import {
  closeConditions,
  compileConditions,
  type Conditions,
  isSet,
} from "../../core/verdicts/program/compile.ts";
import {
  closeTraced,
  compileTraced,
  type TracedConditions,
} from "../../core/verdicts/program/traced.ts";
import { drawPrograms } from "./random_programs.ts";

const PROGRAMS = Number(Deno.env.get("MOE_POLICY_PROGRAMS") ?? 30_000);
/** Programs that are compiled together: more than two words of a mask. */
const TOGETHER = 64;
/** Facts on which each program is compared. */
const READINGS = 8;

/** A program, and facts on which not all agree. */
interface Difference {
  readonly program: Expression;
  readonly facts: Facts;
}

/** What each way of running programs together makes of them. */
interface Ways {
  readonly plain: readonly Conditions[];
  readonly traced: readonly TracedConditions[];
}

function compileWays(programs: readonly Expression[]): Ways {
  return {
    plain: [compileConditions(programs), closeConditions(programs)],
    traced: [compileTraced(programs), closeTraced(programs)],
  };
}

function read(out: Int32Array, words: number, index: number): Outcome {
  const holds = isSet(out, 0, index);
  if (!isSet(out, words, index)) return holds;
  return holds ? "both true and unknown" : null;
}

/** The programs of which some way says other than the specification. */
function compare(
  programs: readonly Expression[],
  { plain, traced }: Ways,
  facts: Facts,
): Difference[] {
  const outs = plain.map((way) => evaluate(way, 2 * way.words, facts));
  const traces = traced.map((way) => evaluate(way, way.length, facts));
  return programs.flatMap((program, index) => {
    const want = interpret(program, facts);
    const agreed = plain.every(({ words }, way) =>
      read(outs[way] as Int32Array, words, index) === want
    ) &&
      traced.every((way, at) => {
        const out = traces[at] as Int32Array;
        return read(out, way.words, index) === want &&
          conditionsOf(program).every((part, place) =>
            way.readTrace(out, index, place) === interpret(part, facts)
          );
      });
    seen[`${want as boolean | null}`]++;
    return agreed ? [] : [{ program, facts }];
  });
}

function evaluate(way: Conditions, length: number, facts: Facts): Int32Array {
  const out = new Int32Array(length).fill(-1);
  way.evaluate(facts, out);
  return out;
}

const seen = { true: 0, false: 0, null: 0 };

/** The smallest part of a program that makes the difference by itself. */
function shrink({ program, facts }: Difference): Difference {
  for (const part of flagsWithin(program)) {
    const found = compare([part], compileWays([part]), facts);
    if (found.length > 0) return shrink({ program: part, facts });
  }
  return { program, facts };
}

function flagsWithin(program: Expression): readonly Expression[] {
  if (program.op === "quantifier") return [];
  return children(program).flatMap((part) =>
    typeOf(part) === "boolean" ? [part] : flagsWithin(part)
  );
}

function printDifference(difference: Difference): string {
  const { program, facts } = shrink(difference);
  return `${printExpression(program)} on ${
    Deno.inspect(facts, { depth: 5, compact: true, breakLength: Infinity })
  }: ${interpret(program, facts)} is wanted`;
}

Deno.test(`${PROGRAMS} random programs mean the same interpreted, generated, closed and traced`, () => {
  const drawn = drawPrograms(20_261_126);
  const differences: Difference[] = [];
  for (let done = 0; done < PROGRAMS; done += TOGETHER) {
    const count = Math.min(TOGETHER, PROGRAMS - done);
    const programs = Array.from({ length: count }, drawn.condition);
    const ways = compileWays(programs);
    for (let reading = 0; reading < READINGS; reading++) {
      differences.push(...compare(programs, ways, drawn.facts()));
    }
    if (differences.length >= 100) break;
  }
  const smallest = differences.map(printDifference)
    .sort((one, other) => one.length - other.length)[0];
  assert.equal(differences.length, 0, smallest);
  assert.ok(Math.min(...Object.values(seen)) > PROGRAMS / 2, print(seen));
});

function print(counts: object): string {
  return `too few of one outcome: ${JSON.stringify(counts)}`;
}
