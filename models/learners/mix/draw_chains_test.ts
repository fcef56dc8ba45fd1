/**
 * Chains are the same on one thread and on many.
 *
 * @module
 */
import assert from "node:assert/strict";
import { drawChains } from "./draw_chains.ts";
import { type ChainJob, survey } from "./explore.ts";
import { randomProblem } from "./fixtures/random_problem.ts";

function job(): ChainJob {
  const problem = randomProblem({
    seed: 3,
    adstock: "geometric",
    saturation: "hill",
    geos: 2,
    likelihood: "normal",
    shapesVary: false,
    lifts: false,
  });
  return { ...survey(problem), warmup: 40, draws: 10, accept: 0.8 };
}

Deno.test("drawChains() draws the same on one thread and on two", async () => {
  const work = job();
  const shares: number[] = [];
  const seeds = [5, 6, 7];
  const [alone, shared] = [
    await drawChains(work, { seeds, threads: 1 }),
    await drawChains(work, {
      seeds,
      threads: 2,
      report: (share) => shares.push(share),
    }),
  ];
  assert.deepEqual(shared, alone);
  assert.equal(shared.length, 3);
  assert.notDeepEqual(shared[0]?.draws, shared[1]?.draws);
  assert.ok((shares.at(-1) ?? 0) > 0.9);
  shares.slice(1).forEach((share, at) => assert.ok(share >= (shares[at] ?? 0)));
});

Deno.test("drawChains() fails as a chain fails, on any number of threads", async () => {
  const { lower, ...rest } = job();
  const broken = { ...rest, lower: lower.map(() => NaN) };
  for (const threads of [1, 2]) {
    await assert.rejects(
      drawChains(broken, { seeds: [1, 2], threads }),
      RangeError,
    );
  }
});
