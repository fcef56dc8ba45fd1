/**
 * Outcomes that come late: what is learnt from rows still being watched.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { RowDataset } from "@moe/plugin";
import { seededRandom } from "@moe/plugin/test";
import { fitDelayCurve, shareCome } from "./delay_curve.ts";
import {
  type DelayedWorld,
  drawWorld,
  exponential,
  matureRows,
  WITHIN_DAYS,
  type WorldPlan,
} from "./delayed_world.ts";
import { type ChanceLearner, fitEventual } from "./eventual.ts";
import { type FilledGlm, fitFilled, predictFilled } from "./filled.ts";

const logistic: ChanceLearner<FilledGlm> = {
  fit: (rows) =>
    fitFilled(rows, { family: "logistic", l1: 0, l2: 1, steps: 300 }),
  predict: predictFilled,
};

/** The weighted share of ones, whatever the columns. */
const share: ChanceLearner<number> = {
  fit: ({ label, weight }) => {
    let [ones, all] = [0, 0];
    label.forEach((one, row) => {
      ones += one * (weight?.[row] ?? 1);
      all += weight?.[row] ?? 1;
    });
    return ones / all;
  },
  predict: (chance, columns) =>
    new Float64Array(columns[0]?.length ?? 0).fill(chance),
};

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What a learner says on average, as a share above or below the truth. */
async function bias(
  dataset: RowDataset,
  world: DelayedWorld,
  of: (row: number) => boolean = () => true,
): Promise<number> {
  const model = await fitEventual(dataset, logistic);
  const said = predictFilled(model, world.columns).filter((_, row) => of(row));
  return mean(said) / mean(world.eventual.filter((_, row) => of(row))) - 1;
}

function withoutDelays({ delays: _, ...rows }: DelayedWorld): RowDataset {
  return rows;
}

/** Chance 0.1 to 0.3, five days to an outcome, rows up to three weeks old. */
const STEADY: WorldPlan = {
  rows: 40_000,
  oldestDays: 1.5 * WITHIN_DAYS,
  column: (random) => random.next() < 0.5 ? 1 : 0,
  chance: (column) => 0.1 + 0.2 * column,
  delay: exponential(5),
};

Deno.test("counting what is yet to come as nothing is biased by the share to come; the correction is not", async () => {
  const world = drawWorld(STEADY, seededRandom(11));
  const come = world.delays.watched.map((days) =>
    Math.expm1(-days / 5) / Math.expm1(-WITHIN_DAYS / 5)
  );
  const naive = await bias(withoutDelays(world), world);
  assert.ok(Math.abs(naive - (mean(come) - 1)) < 0.02, `${naive}`);
  assert.ok(naive < -0.15, `${naive}`);
  const corrected = await bias(world, world);
  assert.ok(Math.abs(corrected) < 0.03, `${corrected}`);
});

Deno.test("waiting does not see what changed within the days; the correction does", async () => {
  const isNew = (column: number) => column === 1;
  const world = drawWorld({
    ...STEADY,
    column: (_, ageDays) => ageDays < 0.7 * WITHIN_DAYS ? 1 : 0,
    chance: (column) => isNew(column) ? 0.05 : 0.2,
  }, seededRandom(12));
  const recent = (row: number) => isNew(world.columns[0]?.[row] as number);
  const waited = await bias(withoutDelays(matureRows(world)), world, recent);
  assert.ok(waited > 2, `${waited}`);
  const naive = await bias(withoutDelays(world), world, recent);
  assert.ok(naive < -0.3, `${naive}`);
  const corrected = await bias(world, world, recent);
  assert.ok(Math.abs(corrected) < 0.1, `${corrected}`);
});

Deno.test("each kind of row is corrected by its own delay", async () => {
  const world = drawWorld({
    ...STEADY,
    delay: (random, column) => exponential(column === 1 ? 10 : 1)(random),
  }, seededRandom(13));
  for (const kind of [0, 1]) {
    const ofKind = (row: number) => world.columns[0]?.[row] === kind;
    const corrected = await bias(world, world, ofKind);
    assert.ok(Math.abs(corrected) < 0.05, `${kind}: ${corrected}`);
  }
  const slow = await bias(
    withoutDelays(world),
    world,
    (row) => world.columns[0]?.[row] === 1,
  );
  assert.ok(slow < -0.2, `${slow}`);
});

const worlds = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  chance: fc.double({ min: 0.02, max: 0.95, noNaN: true }),
  delayDays: fc.double({ min: 0.3, max: 20, noNaN: true }),
}).map(({ seed, chance, delayDays }) =>
  drawWorld({
    ...STEADY,
    rows: 400,
    chance: () => chance,
    delay: exponential(delayDays),
  }, seededRandom(seed))
);

Deno.test("rows that are all mature teach as they do without delays", async () => {
  await fc.assert(fc.asyncProperty(worlds, async (world) => {
    const mature = matureRows(world);
    if (mature.rows === 0) return;
    const plain = await logistic.fit(withoutDelays(mature));
    assert.deepEqual(await fitEventual(mature, logistic), plain);
  }));
});

/** Log likelihood of the delayed feedback model with one chance for all rows. */
function likelihood(
  { label }: DelayedWorld,
  come: Float64Array,
  chance: number,
): number {
  return label.reduce(
    (sum, one, row) =>
      sum +
      Math.log(one === 1 ? chance : 1 - chance * (come[row] as number)),
    0,
  );
}

Deno.test("fitEventual() ends where the likelihood is greatest", async () => {
  await fc.assert(fc.asyncProperty(worlds, async (world) => {
    if (mean(world.label) === 0) return;
    const said = await fitEventual(world, share);
    const curve = fitDelayCurve(world);
    const come = shareCome(curve, world.columns, world.delays.watched);
    let [low, high] = [1e-9, 1 - 1e-9];
    while (high - low > 1e-9) {
      const [left, right] = [low + (high - low) / 3, high - (high - low) / 3];
      if (likelihood(world, come, left) < likelihood(world, come, right)) {
        low = left;
      } else high = right;
    }
    assert.ok(
      Math.abs(said - low) < 0.005 + 0.02 * low,
      `${said} and ${low}`,
    );
  }));
});
