/**
 * Drift is told of where there is some, whatever the number of entities and however
 * values are spread, and about never where there is none.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Random, seededRandom } from "../domain/random.ts";
import type { FeatureStatistics } from "../ports/features.ts";
import { cutsOf, type EarlierRun, findDrift, printDrift } from "./drift.ts";

const QUANTILES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function statisticsOf(
  values: readonly number[],
  nulls = 0,
): FeatureStatistics[] {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const place = (sorted.length - 1) * share;
    const low = sorted[Math.floor(place)] ?? NaN;
    return low + (place % 1) * ((sorted[Math.ceil(place)] ?? NaN) - low);
  };
  const mean = meanOf(values);
  return [{
    feature: "f",
    rows: values.length + nulls,
    nulls,
    categories: null,
    numbers: {
      min: sorted[0] ?? NaN,
      max: sorted.at(-1) ?? NaN,
      mean,
      deviation: Math.sqrt(meanOf(values.map((one) => (one - mean) ** 2))),
      quantiles: QUANTILES.map(at),
    },
  }];
}

/** A run before, with what is now counted by its quartiles. */
function before(
  values: readonly number[],
  now: readonly number[],
  nulls = 0,
): EarlierRun {
  const statistics = statisticsOf(values, nulls);
  const counts = cutsOf(statistics).map(({ feature, cuts }) => ({
    feature,
    known: now.length,
    below: cuts.map((cut) => now.filter((one) => one < cut).length),
    upTo: cuts.map((cut) => now.filter((one) => one <= cut).length),
  }));
  return { statistics, counts };
}

function drawCount(random: Random, mean: number): number {
  let [count, left] = [0, Math.exp(mean) * random.next()];
  for (let term = 1; left > term && count < 100; term *= mean / count) {
    left -= term;
    count++;
  }
  return count;
}

Deno.test.each<{
  spread: string;
  draw: (random: Random, shift: number) => number;
}>([
  { spread: "normal", draw: (random, shift) => random.normal() + shift },
  {
    spread: "skewed",
    draw: (random, shift) => Math.exp(1.5 * (random.normal() + shift)),
  },
  {
    spread: "in two heaps",
    draw: (random, shift) =>
      (random.next() < 0.5 ? -3 : 3) + random.normal() + 3 * shift,
  },
  {
    spread: "small counts",
    draw: (random, shift) => drawCount(random, 2 + 1.4 * shift),
  },
])("values that are $spread", ({ draw }) => {
  const random = seededRandom(11);
  const trials = 300;
  const sample = (shift: number) =>
    Array.from({ length: 1000 }, () => draw(random, shift));
  let [alarms, missed] = [0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const [usual, same, moved] = [sample(0), sample(0), sample(0.35)];
    const drifts = (now: number[]) =>
      findDrift(statisticsOf(now), [before(usual, now)])
        .some(({ what }) => what === "spread");
    if (drifts(same)) alarms++;
    if (!drifts(moved)) missed++;
  }
  assert.ok(alarms <= 0.03 * trials, `${alarms} false alarms`);
  assert.ok(missed <= 0.03 * trials, `${missed} missed`);
});

const STEADY = Array.from({ length: 4000 }, (_, place) => place % 997);

Deno.test("what was so in any run before is no drift", () => {
  const now = STEADY.map((one) => one + 200);
  const weekly = [before(STEADY, now), before(now, now)];
  assert.deepEqual(findDrift(statisticsOf(now), weekly), []);
  const [drift] = findDrift(statisticsOf(now), [
    before(STEADY, now),
    before(STEADY, now),
  ]);
  assert.equal(drift?.what, "spread");
  assert.match(
    printDrift(drift ?? assert.fail()),
    /^f: its values are spread otherwise than before \(index 0\.\d+, at most 0\.00\d+ expected\)$/,
  );
});

Deno.test("no run before, and no entities, say nothing", () => {
  assert.deepEqual(findDrift(statisticsOf(STEADY), []), []);
  const [none] = statisticsOf([1]);
  const empty = { ...none ?? assert.fail(), rows: 0, nulls: 0, numbers: null };
  assert.deepEqual(findDrift([empty], [before(STEADY, [])]), []);
  const first = { statistics: [empty], counts: [] };
  assert.deepEqual(findDrift(statisticsOf(STEADY), [first]), []);
});

Deno.test("a share without values that grows is told of, and chance is not", () => {
  const found = (nulls: number) =>
    findDrift(statisticsOf(STEADY, nulls), [before(STEADY, STEADY, 400)])
      .map(({ what }) => what);
  assert.deepEqual(found(700), ["nulls"]);
  assert.deepEqual(found(420), []);
});

Deno.test("values that reach far beyond those before are told of", () => {
  const now = STEADY.with(7, 997_000);
  const drifts = findDrift(statisticsOf(now), [before(STEADY, now)]);
  assert.deepEqual(drifts.map(({ what }) => what), ["range"]);
  assert.equal(
    printDrift(drifts[0] ?? assert.fail()),
    "f: its values reach 1000 times as far as before",
  );
});

Deno.test("categories drift by their shares, the rest as one", () => {
  const words = (...top: [string, number][]): FeatureStatistics => ({
    feature: "plan",
    rows: 10_000,
    nulls: 0,
    numbers: null,
    categories: { distinct: 50, top },
  });
  const found = (now: FeatureStatistics, usual: FeatureStatistics) =>
    findDrift([now], [{ statistics: [usual], counts: [] }]).length;
  const usual = words(["a", 5000], ["b", 3000]);
  assert.equal(found(words(["a", 5050], ["b", 2980]), usual), 0);
  assert.equal(found(words(["a", 4000], ["b", 4000]), usual), 1);
  assert.equal(found(words(["a", 5000], ["c", 3000]), usual), 0);
  const whole = words(["a", 6000], ["b", 4000]);
  assert.equal(found(words(["a", 6000], ["b", 2000]), whole), 1);
});
