/**
 * Alarms of the watch on inputs and score.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { FeatureValue } from "../../domain/feature.ts";
import { seededRandom } from "../../domain/random.ts";
import {
  countValues,
  learnNumbers,
  learnWords,
} from "../../domain/reference_spread.ts";
import { findShifts } from "./spread.ts";

const COLUMNS = 20;

function normals(count: number, seed: number, shift = 0): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
    return shift + radius * Math.cos(2 * Math.PI * random.next());
  });
}

function worldOf(
  seed: number,
  { rows, shift = 0 }: { readonly rows: number; readonly shift?: number },
) {
  return Array.from({ length: COLUMNS }, (_, at) => ({
    reference: learnNumbers(`f${at}`, normals(rows, seed * 1000 + 2 * at)),
    values: normals(rows, seed * 1000 + 2 * at + 1, at === 0 ? shift : 0),
  }));
}

Deno.test("findShifts() seldom alarms when nothing moved, few rows or many", () => {
  for (const rows of [100, 1000]) {
    let alarms = 0;
    for (let seed = 1; seed <= 100; seed++) {
      alarms += findShifts(worldOf(seed, { rows }), 0.01).length > 0 ? 1 : 0;
    }
    assert.ok(alarms <= 5, `${alarms} of 100 at ${rows} rows`);
  }
});

Deno.test("findShifts() sees a tenth of a deviation in ten thousand rows, and names it", () => {
  let seen = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const world = worldOf(seed, { rows: 10_000, shift: 0.1 });
    const found = findShifts(world, 0.05 / 30);
    seen += found.some(({ name }) => name === "f0") ? 1 : 0;
  }
  assert.ok(seen >= 18, `${seen} of 20`);
});

Deno.test("findShifts() tells new words, missing values and the share that moved", () => {
  const words: FeatureValue[] = Array.from(
    { length: 1000 },
    (_, row) => row % 2 === 0 ? "email" : "ads",
  );
  const missing = words.map((word, row) => row % 4 === 0 ? null : word);
  const fresh = words.map((word, row) => row % 10 === 0 ? "radio" : word);
  const reference = learnWords("channel", ["ads", "email"], words);
  const [gone] = findShifts([{ reference, values: missing }], 0.01);
  assert.equal(gone?.name, "channel");
  assert.ok(Math.abs((gone?.moved ?? 0) - 0.25) < 1e-9);
  const [came] = findShifts([{ reference, values: fresh }], 0.01);
  assert.ok(Math.abs((came?.moved ?? 0) - 0.1) < 1e-9);
  assert.deepEqual(findShifts([{ reference, values: words }], 0.01), []);
});

Deno.test("learnNumbers() puts every value in one bin, ties and constants too", () => {
  const random = seededRandom(5);
  for (let round = 0; round < 50; round++) {
    const values: FeatureValue[] = Array.from({ length: 200 }, () => {
      const draw = Math.floor(random.next() * (1 + round % 12));
      return draw === 3 ? null : draw;
    });
    const column = learnNumbers("x", values);
    assert.equal(column.counts.reduce((sum, one) => sum + one, 0), 200);
    assert.equal(column.counts.at(-1), values.filter((v) => v === null).length);
    assert.deepEqual(countValues(column, values), column.counts);
  }
});
