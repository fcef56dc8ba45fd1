/**
 * Witnesses against all facts there are: what is possible is found, what is not is
 * proven, and comparisons of single facts leave nothing open.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Logic } from "../../domain/verdict.ts";
import {
  conditions,
  parseSmall,
  SMALL,
  someFacts,
} from "../language/arbitraries_test.ts";
import { factsOf } from "../language/expression.ts";
import { interpret } from "../language/interpret.ts";
import {
  allFacts,
  double,
  FEW,
  joined,
  parseFew,
  single,
} from "./small_facts_test.ts";
import { findWitness } from "./witness.ts";

const OUTCOMES = [true, false, null] as const;

/** What the search says and what trying everything says, for each outcome. */
function compareAll(logic: Logic) {
  const condition = parseFew(logic);
  const paths = [...new Set(factsOf(condition).map(({ path }) => path))];
  const shown = new Set(
    allFacts(paths).map((facts) => interpret(condition, facts)),
  );
  return OUTCOMES.map((outcome) => ({
    outcome,
    ...findWitness([{ condition, outcome }], FEW),
    possible: shown.has(outcome),
  }));
}

Deno.test("findWitness() is complete for comparisons of single facts", () => {
  fc.assert(
    fc.property(joined(single), (logic) => {
      for (const { answer, possible } of compareAll(logic)) {
        assert.equal(answer, possible ? "found" : "impossible");
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("findWitness() is never wrong where several facts are compared", () => {
  fc.assert(
    fc.property(joined(fc.oneof(single, double)), (logic) => {
      for (const { answer, possible } of compareAll(logic)) {
        if (answer !== "unknown") {
          assert.equal(answer, possible ? "found" : "impossible");
        }
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("findWitness() never calls impossible what random facts show", () => {
  fc.assert(
    fc.property(
      conditions,
      fc.array(someFacts, { minLength: 20, maxLength: 20 }),
      (logic, tried) => {
        const condition = parseSmall(logic, "boolean");
        for (const outcome of OUTCOMES) {
          const { answer } = findWitness([{ condition, outcome }], SMALL);
          const shown = answer === "impossible" &&
            tried.some((facts) => interpret(condition, facts) === outcome);
          assert.equal(shown, false);
        }
      },
    ),
    { numRuns: 300 },
  );
});
