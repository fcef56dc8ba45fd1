/**
 * Agreement against its definition over all rows.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { countAgreement } from "./agreement.ts";

const score = fc.integer({ min: 0, max: 4 });
const pairs = fc.array(fc.tuple(score, score), { minLength: 1, maxLength: 40 });

Deno.test("agreement counts as its definition says, however rows are brought", () => {
  fc.assert(fc.property(pairs, fc.nat(40), (rows, cut) => {
    const counter = countAgreement();
    for (const part of [rows.slice(0, cut), rows.slice(cut)]) {
      counter.add(
        Float64Array.from(part, ([one]) => one),
        Float64Array.from(part, ([, other]) => other),
      );
    }
    const gaps = rows.map(([one, other]) => other - one);
    const mean = (of: readonly number[]) =>
      of.reduce((sum, gap) => sum + gap, 0) / rows.length;
    const orders = rows.slice(1).map(([one, other], place) => {
      const [before, otherBefore] = rows[place] ?? [0, 0];
      return Math.sign((one - before) * (other - otherBefore));
    }).filter((order) => order !== 0);
    const { agreement } = counter;
    assert.equal(agreement.rows, rows.length);
    assert.equal(agreement.meanDifference, mean(gaps));
    assert.equal(agreement.meanDistance, mean(gaps.map(Math.abs)));
    assert.equal(
      agreement.rankAgreement,
      orders.reduce((sum, order) => sum + order, 0) / orders.length,
    );
  }));
});

Deno.test("what is no number is left out", () => {
  const counter = countAgreement();
  counter.add(Float64Array.of(1, NaN, 2), Float64Array.of(2, 1, Infinity));
  assert.equal(counter.agreement.rows, 1);
  assert.equal(counter.agreement.meanDifference, 1);
});
