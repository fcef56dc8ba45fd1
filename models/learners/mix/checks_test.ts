/**
 * Forecasts are checked on what was not learnt from, and their measures are right.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "@moe/plugin/test";
import { checkForecasts, planOrigins } from "./checks.ts";
import { drawLaplace } from "./fit.ts";
import { simulateWorld } from "./fixtures/world.ts";
import { arrangePanel, type MixRows } from "./panel.ts";
import { rankedScore } from "./quantiles.ts";
import { parseMixSpec } from "./spec.ts";

const WORLD = simulateWorld(2, { periods: 104, channels: 2 });
const PLAN = { folds: 2, horizon: 6 };

async function check(rows: MixRows, learnt: string[] = []) {
  const random = seededRandom(1);
  const spec = parseMixSpec(WORLD.spec);
  return await checkForecasts(spec, arrangePanel(spec, rows), {
    origins: planOrigins(104, PLAN),
    horizon: PLAN.horizon,
    random,
    draw(prepared) {
      learnt.push(...prepared.panel.geos[0]?.days.slice(-1) ?? []);
      return drawLaplace(prepared, random);
    },
  });
}

/** The same market with other outcomes from a period on. */
function changed(from: number, of: (outcome: number) => number): MixRows {
  const { columns } = WORLD.rows;
  const sales = columns.sales as Float64Array;
  return {
    ...WORLD.rows,
    columns: {
      ...columns,
      sales: sales.map((value, t) => t < from ? value : of(value)),
    },
  };
}

Deno.test("checkForecasts() learns from what was before, and forecasts well", async () => {
  const learnt: string[] = [];
  const { origins, overall } = await check(WORLD.rows, learnt);
  assert.deepEqual(learnt, [91, 97].map((t) => WORLD.rows.days[t]));
  assert.deepEqual(origins.map((one) => one.learntPeriods), [92, 98]);
  assert.equal(overall.outcomes, 12);
  assert.ok(overall.skill > 0.3 && overall.skill < 1);
  assert.ok((overall.mape ?? 1) < 0.06);
  assert.ok(overall.coverage >= 0.5);
});

Deno.test("checkForecasts() never learns from what it forecasts", async () => {
  const [before, after] = [
    await check(WORLD.rows),
    await check(changed(98, (outcome) => 3 * outcome)),
  ];
  assert.deepEqual(after.origins[0], before.origins[0]);
  assert.equal(after.origins[1]?.coverage, 0);
  assert.ok((after.origins[1]?.skill ?? 1) < 0.1);
});

Deno.test("checkForecasts() passes over unknown outcomes, and shares of nothing", async () => {
  const gaps = await check(changed(100, () => NaN));
  assert.equal(gaps.overall.outcomes, 8);
  const zeros = await check(changed(103, () => 0));
  assert.equal(zeros.overall.mape, null);
});

Deno.test("planOrigins() ends with the data, and leaves half to learn from", () => {
  assert.deepEqual(planOrigins(100, { folds: 3, horizon: 10 }), [70, 80, 90]);
  assert.deepEqual(planOrigins(100, { folds: 9, horizon: 10 }), [
    50,
    60,
    70,
    80,
    90,
  ]);
});

Deno.test("rankedScore() is the mean distance less half the spread", () => {
  const numbers = fc.double({ min: -1e3, max: 1e3, noNaN: true });
  const draws = fc.array(numbers, { minLength: 1, maxLength: 20 });
  fc.assert(fc.property(draws, numbers, (draws, actual) => {
    const sorted = Float64Array.from(draws).sort();
    const mean = (values: number[]) =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    const want = mean(draws.map((one) => Math.abs(one - actual))) -
      mean(draws.flatMap((a) => draws.map((b) => Math.abs(a - b)))) / 2;
    assert.ok(Math.abs(rankedScore(sorted, actual) - want) < 1e-9 * 1e3);
  }));
});
