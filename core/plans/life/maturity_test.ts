/**
 * How much of a day is known at an age: never less later, and as it was seen.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type KnownDay, learnMaturity } from "./maturity.ts";

/** The isotonic fit by its definition: the largest, up to an age, of the least means from there on. */
function define(days: readonly KnownDay[], at: number): number {
  const mean = (from: number, to: number) => {
    const part = days.slice(from, to + 1);
    const sum = (of: (day: KnownDay) => number) =>
      part.reduce((all, day) => all + of(day), 0);
    return sum(({ known }) => known) / sum(({ now }) => now);
  };
  const least = (from: number) =>
    Math.min(...days.slice(at).map((_, more) => mean(from, at + more)));
  return Math.max(...days.slice(0, at + 1).map((_, from) => least(from)));
}

Deno.test("what is learned is the isotonic fit, and never falls", () => {
  const counts = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.nat({ max: 50 }));
  fc.assert(
    fc.property(fc.array(counts, { minLength: 1, maxLength: 20 }), (list) => {
      const days = list.map(([known, more], at): KnownDay => ({
        ...{ ageDays: at + 1, known: known + 1, now: known + more + 1 },
      }));
      const learned = learnMaturity(days);
      days.forEach(({ ageDays }, at) => {
        assert.ok(Math.abs(learned(ageDays) - define(days, at)) < 1e-12);
        assert.ok(learned(ageDays) <= learned(ageDays + 1));
      });
    }),
  );
});

Deno.test("nothing on record says that all is known, and days loaded later say nothing", () => {
  assert.equal(learnMaturity([])(1), 1);
  const loaded = [3, 4, 5].map((ageDays) => ({ ageDays, known: 0, now: 9 }));
  assert.equal(learnMaturity(loaded)(4), 1);
  const young = { ageDays: 1, known: 0, now: 9 };
  const known = { ageDays: 2, known: 6, now: 9 };
  const learned = learnMaturity([...loaded, known, young]);
  assert.deepEqual([1, 2, 5].map(learned), [0, 6 / 9, 6 / 9]);
});

Deno.test("what is corrected downwards counts as known", () => {
  const learned = learnMaturity([{ ageDays: 1, known: 12, now: 9 }]);
  assert.equal(learned(1), 1);
});
