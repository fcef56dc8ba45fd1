/**
 * The value of tests: its formula against sums over Z, and what it must not do.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "../../domain/random.ts";
import { explore, gainOfLines } from "./explore.ts";
import { createFrontier } from "./frontier.ts";
import type { OutlookProblem } from "./problem.ts";

/** E max(a + b·Z) − max a by the midpoint rule. */
function gainBySums(a: readonly number[], b: readonly number[]): number {
  const step = 0.001;
  let total = 0;
  for (let z = -9 + step / 2; z < 9; z += step) {
    const best = Math.max(...a.map((height, at) => height + (b[at] ?? 0) * z));
    total += step * best * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
  }
  return total - Math.max(...a);
}

Deno.test("gainOfLines() is the mean of the highest line less the highest mean", () => {
  const line = fc.tuple(
    fc.integer({ min: -50, max: 50 }),
    fc.integer({ min: -20, max: 20 }),
  );
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (lines) => {
      const a = lines.map(([height]) => height);
      const b = lines.map(([, slope]) => slope / 4);
      const found = gainOfLines(Float64Array.from(a), Float64Array.from(b));
      assert.ok(Math.abs(found - gainBySums(a, b)) <= 1e-5);
      assert.ok(found >= 0);
    }),
    { numRuns: 50 },
  );
});

function unsure(spread: number): OutlookProblem {
  const random = seededRandom(3);
  const entity = (id: string, sd: number) => ({
    id,
    lo: 0,
    hi: 100,
    draws: Array.from({ length: 200 }, () => ({
      type: "michaelis_menten" as const,
      ceiling: Math.max(1, 100 + sd * random.normal()),
      half: 40,
    })),
  });
  return {
    entities: [entity("known", 0), entity("unknown", spread)],
    budget: 100,
    spend: "all",
  };
}

const OPTIONS = { testShare: 0.1, useful: 5, noise: 5, budget: 1000 };

Deno.test("explore() tests what is not known, and nothing where all is", () => {
  const { experiments } = explore(unsure(30), OPTIONS);
  assert.deepEqual(experiments.map(({ id }) => id), ["unknown"]);
  const [test] = experiments;
  assert.ok(test && test.benefit > test.cost && test.cost >= 0);
  assert.deepEqual(explore(unsure(0), OPTIONS).experiments, []);
});

Deno.test("explore() values a test less the noisier it is, and keeps within its budget", () => {
  const benefit = (noise: number) =>
    explore(unsure(30), { ...OPTIONS, noise }).experiments[0]?.benefit ?? 0;
  assert.ok(benefit(1) > benefit(10) && benefit(10) > benefit(100));
  const cheap = explore(unsure(30), { ...OPTIONS, budget: 1e-4 });
  const spent = cheap.experiments.reduce((sum, { cost }) => sum + cost, 0);
  assert.ok(spent <= 1e-4);
});

Deno.test("a test's benefit is what Bayes' rule brings on average", () => {
  const problem = unsure(30);
  const [test] = explore(problem, OPTIONS).experiments;
  assert.ok(test);
  const { benefit } = test;
  const shape = (x: number) => x / (40 + x);
  const best = (ceiling: number) => {
    let most = 0;
    for (let x = 0; x <= 100; x += 0.25) {
      most = Math.max(most, ceiling * shape(x) + 100 * shape(100 - x));
    }
    return most;
  };
  const ceilings = problem.entities[1]?.draws.map(({ ceiling }) => ceiling) ??
    [];
  const mean = ceilings.reduce((sum, one) => sum + one, 0) / ceilings.length;
  const variance = ceilings.reduce((sum, one) => sum + (one - mean) ** 2, 0) /
    (ceilings.length - 1);
  const seen = shape(test.amount) ** 2 * variance;
  const learnt = variance * seen /
    (seen + OPTIONS.noise ** 2 / OPTIONS.testShare);
  let gain = 0;
  for (let z = -6; z < 6; z += 0.01) {
    const weight = 0.01 * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
    gain += weight * (best(mean + Math.sqrt(learnt) * z) - best(mean));
  }
  const off = Math.abs(OPTIONS.useful * gain / benefit - 1);
  assert.ok(off < 0.03, `${benefit} is not ${OPTIONS.useful * gain}`);
});

Deno.test("the frontier of an entity is highest at the plan", () => {
  const grid = Float64Array.from({ length: 21 }, (_, at) => at * 5);
  const mean = (ceiling: number) => grid.map((x) => ceiling * x / (30 + x));
  const frontier = createFrontier(
    [grid, grid, grid],
    [mean(50), mean(80), mean(20)],
    120,
  );
  for (const entity of [0, 1, 2]) {
    const worth = frontier.worthOf(entity);
    const top = worth.indexOf(Math.max(...worth));
    const off = Math.abs((grid[top] ?? NaN) - (frontier.plan[entity] ?? NaN));
    assert.ok(off <= 5, `entity ${entity} is off by ${off}`);
  }
  assert.equal(frontier.plan.reduce((sum, amount) => sum + amount, 0), 120);
});
