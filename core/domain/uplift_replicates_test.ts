/**
 * Intervals of uplift's measures: as wide as repeated experiments differ, the same
 * for the same seed, and paired where two scores are compared.
 *
 * @module
 */
import assert from "node:assert/strict";
import { seededRandom } from "./random.ts";
import { qiniBand } from "./uplift_band.ts";
import { measureUplift } from "./uplift_measures.ts";
import {
  averageReplicates,
  drawCounts,
  intervalOf,
  pairDifferences,
  replicateUplift,
  type ScoredTest,
} from "./uplift_replicates.ts";

const ROWS = 1_500;

/** An experiment in which treatment helps the more the higher x is. */
function experiment(seed: number, rows = ROWS) {
  const random = seededRandom(seed);
  const x = new Float64Array(rows).map(() => random.next());
  const treated = Uint8Array.from(x, () => random.next() < 0.4 ? 1 : 0);
  const outcome = x.map((value, row) =>
    random.next() < 0.2 + 0.5 * value * (treated[row] ?? 0) ? 1 : 0
  );
  const noise = x.map(() => random.next());
  return { x, treated, outcome, noise };
}

function testOf(seed: number): ScoredTest & { treated: Uint8Array } {
  const { x, treated, outcome, noise } = experiment(seed);
  const places = Uint32Array.from(x.keys());
  return { places, treated, outcome, scores: { x, noise } };
}

const DRAWS = { replicates: 200, seed: 3 };

Deno.test("replicateUplift() spreads a Qini as repeated experiments do", () => {
  const test = testOf(1);
  const said = replicateUplift(test, { ...DRAWS, population: test.treated });
  const repeated = Float64Array.from({ length: 200 }, (_, seed) => {
    const { x, treated, outcome } = experiment(100 + seed);
    return measureUplift({ outcome, treated, score: x })["qini"] ?? NaN;
  });
  const spread = (values: Float64Array) => {
    const [low, high] = intervalOf(values, 0.9);
    return high - low;
  };
  const ratio = spread(said["x"]?.["qini"]?.draws ?? new Float64Array()) /
    spread(repeated);
  assert.ok(ratio > 0.75 && ratio < 1.35, `intervals ${ratio} as wide`);
});

Deno.test("replicateUplift() covers what no score at all can find", () => {
  let covered = 0;
  for (let seed = 0; seed < 40; seed++) {
    const test = testOf(seed);
    const { noise } = replicateUplift(test, {
      replicates: 60,
      seed,
      population: test.treated,
    });
    const [low, high] = intervalOf(
      noise?.["qini"]?.draws ?? new Float64Array(),
      0.9,
    );
    if (low <= 0 && high >= 0) covered++;
  }
  assert.ok(covered >= 31, `0 lies inside ${covered} of 40 intervals of 90 %`);
});

Deno.test("pairDifferences() is narrower than two intervals of scores that agree", () => {
  const test = testOf(2);
  const close =
    test.scores["x"]?.map((x, row) =>
      x + 0.1 * (test.scores["noise"]?.[row] ?? 0)
    ) ?? new Float64Array();
  const said = replicateUplift(
    { ...test, scores: { ...test.scores, close } },
    { ...DRAWS, population: test.treated },
  );
  const differences = pairDifferences(said, "x");
  const width = (draws: Float64Array = new Float64Array()) => {
    const [low, high] = intervalOf(draws, 0.9);
    return high - low;
  };
  assert.ok(
    width(differences["close"]?.["qini"]?.draws) <
      width(said["close"]?.["qini"]?.draws) / 2,
  );
  assert.ok(differences["x"]?.["qini"]?.draws.every((draw) => draw === 0));
});

Deno.test("averageReplicates() of a test set with itself is that test set", () => {
  const test = testOf(5);
  const said = replicateUplift(test, {
    replicates: 5,
    seed: 1,
    population: test.treated,
  });
  assert.deepEqual(averageReplicates([said, said]), said);
});

Deno.test("drawCounts() draws as many rows of each arm as it has, and repeats by seed", () => {
  const arms = Uint8Array.from({ length: 90 }, (_, row) => row % 3);
  const counts = drawCounts(arms, 8);
  for (const arm of [0, 1, 2]) {
    assert.equal(
      counts.reduce((sum, n, row) => sum + (arms[row] === arm ? n : 0), 0),
      30,
    );
  }
  assert.deepEqual(drawCounts(arms, 8), counts);
  assert.notDeepEqual(drawCounts(arms, 9), counts);
});

Deno.test("intervalOf() leaves as much out on either side, and passes NaN over", () => {
  const draws = Float64Array.from({ length: 101 }, (_, at) => at);
  assert.deepEqual(intervalOf(draws, 0.5), [25, 75]);
  assert.deepEqual(intervalOf(Float64Array.of(NaN, 4), 0.9), [4, 4]);
});

Deno.test("qiniBand() holds the curve, from nothing to the effect among all", () => {
  const { x, treated, outcome } = experiment(6);
  const band = qiniBand({ outcome, treated, score: x }, {
    steps: 10,
    replicates: 100,
    seed: 1,
    level: 0.9,
  });
  assert.deepEqual(band[0], { share: 0, gain: 0, low: 0, high: 0 });
  const half = band[5];
  assert.ok(half && half.low < half.gain && half.gain < half.high);
  const treatedRows = treated.reduce((sum, one) => sum + one, 0);
  const rate = (arm: number) => {
    const rows = outcome.filter((_, row) => treated[row] === arm);
    return rows.reduce((sum, y) => sum + y, 0) / rows.length;
  };
  const all = treatedRows * (rate(1) - rate(0));
  assert.ok(Math.abs((band[10]?.gain ?? 0) - all) < 1e-9);
});
