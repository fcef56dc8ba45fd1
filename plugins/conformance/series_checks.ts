/**
 * What a family that learns response curves must hold to.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { SeriesDataset } from "../../core/domain/dataset.ts";
import { rSquared } from "../../core/domain/measures.ts";
import { seededRandom } from "../../core/domain/random.ts";
import { respond } from "../../core/domain/response.ts";
import type { FittedCurve } from "../../core/domain/score.ts";
import type { FittedSeries, SeriesFamily } from "../contract.ts";
import { type Check, once } from "./check.ts";
import { plantSeries } from "./planted.ts";
import type { ModelSample } from "./sample.ts";

const PERIODS = 156;
const STEPS = 50;

/** Lists the checks of a series family. */
export function seriesChecks(
  family: SeriesFamily,
  sample: ModelSample,
): readonly Check[] {
  const plan = { periods: sample.size ?? PERIODS, seed: 1 };
  const dataset = plantSeries(plan);
  const fit = (planted = plantSeries(plan)) =>
    fitSeries(family, sample, planted);
  const fitted = once(fit);
  const predicted = once(async () => (await fitted()).predict(dataset));

  return [
    {
      name: "gives one curve for each spend series, never falling or negative",
      run: async () => assertCurves((await fitted()).curves, dataset),
    },
    {
      name: "predicts one finite outcome for each period",
      run: async () => {
        const outcome = await predicted();
        assert.equal(outcome.length, dataset.days.length);
        assert.ok(outcome.every(Number.isFinite), "an outcome is not finite");
      },
    },
    {
      name: "never lets a later day change an earlier prediction",
      run: async () => {
        const cut = Math.floor(dataset.days.length / 2);
        const changed = (await fitted()).predict(changeAfter(dataset, cut));
        assert.deepEqual(
          changed.slice(0, cut),
          (await predicted()).slice(0, cut),
        );
      },
    },
    {
      name: "gives the same answer twice",
      run: async () => {
        const { curves, predict } = await fitted();
        assert.deepEqual(
          predict(dataset),
          await predicted(),
          "predict differs",
        );
        assert.deepEqual((await fit()).curves, curves, "a second fit differs");
      },
    },
    {
      name: "leaves its inputs untouched",
      run: async () => {
        const planted = plantSeries(plan);
        (await fit(planted)).predict(planted);
        assert.deepEqual(planted, plantSeries(plan), "the dataset was changed");
      },
    },
    {
      name: "explains a planted outcome better than its mean",
      run: async () => {
        const share = rSquared(dataset.outcome, await predicted());
        assert.ok(share > 0.5, `explains a share of ${share}, not above 0.5`);
      },
    },
  ];
}

async function fitSeries(
  family: SeriesFamily,
  sample: ModelSample,
  dataset: SeriesDataset,
): Promise<FittedSeries> {
  return await family.fit({
    dataset,
    validation: null,
    params: family.params.parse(sample.params ?? {}),
    random: seededRandom(7),
    report: () => {},
  });
}

function assertCurves(
  curves: readonly FittedCurve[],
  { spend }: SeriesDataset,
): void {
  assert.deepEqual(
    curves.map(({ entity }) => entity).sort(),
    spend.map(({ entity }) => entity).sort(),
    "curves and spend series must name the same entities",
  );
  for (const { entity, curve, decay, seenMicros } of curves) {
    assert.ok(decay >= 0 && decay < 1, `decay of ${entity} must be in [0, 1)`);
    const series = spend.find((one) => one.entity === entity)?.series ?? [];
    const most = Math.max(...series);
    assert.ok(
      seenMicros[0] <= seenMicros[1] && seenMicros[1] <= most * (1 + 1e-9),
      `seenMicros of ${entity} must be the range of its spend`,
    );
    let last = 0;
    for (let step = 0; step <= STEPS; step++) {
      const response = respond(curve, (2 * most * step) / STEPS);
      assert.ok(Number.isFinite(response), `curve of ${entity} is not finite`);
      assert.ok(
        response >= last * (1 - 1e-12),
        `curve of ${entity} falls or is negative`,
      );
      last = response;
    }
  }
}

function changeAfter(dataset: SeriesDataset, cut: number): SeriesDataset {
  const spend = dataset.spend.map((one) => ({
    ...one,
    series: one.series.map((micros, at) => at < cut ? micros : 3 * micros + 1),
  }));
  const outcome = dataset.outcome.map((value, at) =>
    at < cut ? value : 2 * value
  );
  return { ...dataset, spend, outcome };
}
