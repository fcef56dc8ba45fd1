/**
 * Outcomes are learnt together where the family can, and forecast from what came
 * before, slice by slice.
 *
 * @module
 */
import assert from "node:assert/strict";
import { addDays } from "../domain/day.ts";
import type { SeriesDataset } from "../domain/dataset.ts";
import type { MixEvidence } from "../domain/evidence.ts";
import type { FeatureHistory } from "../ports/features.ts";
import type { SeriesQuery } from "../ports/training_sets.ts";
import type { SeriesFamily } from "../../plugins/contract.ts";
import { createFitter } from "./fit.ts";
import { usual } from "./measures/forecast.ts";
import { parseSpec, type SeriesSpec } from "./spec.ts";
import { trainSeries } from "./train_series.ts";

const WEEKS = 40;

function specOf(more: Record<string, unknown> = {}): SeriesSpec {
  return parseSpec({
    grain: "series",
    model: "response",
    family: "any",
    use: { kind: "plan", currency: "EUR" },
    spend: { level: "campaign", by: "campaign" },
    outcome: { metric: "clicks", level: "campaign", by: "campaign" },
    ...more,
  }) as SeriesSpec;
}

/** Two campaigns that earn, and one that never spent. */
const history = {
  series: ({ metric }: SeriesQuery) =>
    Promise.resolve(["c-1", "c-2", "c-3"].map((id, place) => ({
      id,
      parent: null,
      days: Array.from(
        { length: WEEKS },
        (_, week) => addDays("2025-06-02", 7 * week),
      ),
      totals: Float64Array.from(
        { length: WEEKS },
        (_, week) =>
          metric === "spend_micros" && place === 2 ? 0 : 7 * (week + place),
      ),
    }))),
} as unknown as FeatureHistory;

const MIX: MixEvidence = {
  channels: [],
  decomposition: {},
  method: "nuts",
  rHat: 1.003,
  effectiveDraws: 800,
  divergences: 2,
};

/** Says yesterday's value, and remembers what it learnt from. */
function familyOf(panel: boolean) {
  const learnt: number[][] = [];
  const curvesOf = (datasets: readonly SeriesDataset[]) =>
    datasets.flatMap(({ spend }) =>
      spend.map(({ entity }) => ({
        entity,
        parent: null,
        curve: { type: "michaelis_menten" as const, ceiling: 1, half: 1 },
        decay: 0,
        seenMicros: [0, 1] as const,
      }))
    );
  const say = ({ outcome }: SeriesDataset) =>
    outcome.map((_, week) => outcome[week - 1] ?? 0);
  const family = {
    name: "any",
    version: "1.0.0",
    grain: "series",
    params: { parse: (given: unknown) => given },
    fit: ({ dataset }: { dataset: SeriesDataset }) => {
      learnt.push([dataset.days.length]);
      return { curves: curvesOf([dataset]), mix: MIX, predict: say };
    },
    ...(panel && {
      fitPanel: ({ dataset }: { dataset: readonly SeriesDataset[] }) => {
        learnt.push(dataset.map(({ days }) => days.length));
        return {
          curves: curvesOf(dataset),
          mix: MIX,
          predict: (all: readonly SeriesDataset[]) => all.map(say),
        };
      },
    }),
  } as unknown as SeriesFamily;
  return { family, learnt };
}

function train(family: SeriesFamily, spec: SeriesSpec) {
  return trainSeries(family, spec, {
    history,
    tenant: "acme",
    views: [],
    asOf: "2026-12-01T00:00:00.000Z",
    report: () => {},
    fitter: createFitter([family]),
    trials: { list: () => Promise.resolve([]), add: () => Promise.resolve() },
    code: "test",
  });
}

Deno.test("a family that can learns all outcomes at once, without the unfit", async () => {
  const { family, learnt } = familyOf(true);
  const { metrics, evidence, artifact } = await train(family, specOf());
  assert.deepEqual(learnt, [[34, 34], [40, 40]]);
  assert.equal(metrics.entities, 2);
  assert.equal(metrics.outcomes_left_out, 1);
  assert.equal(metrics.holdout_periods, 12);
  assert.deepEqual(evidence.mix, MIX);
  assert.equal(JSON.parse(new TextDecoder().decode(artifact)).curves.length, 2);
});

Deno.test("another learns them one by one, and the worst of their chains is told", async () => {
  const { family, learnt } = familyOf(false);
  const { evidence } = await train(family, specOf());
  assert.deepEqual(learnt, [[34], [40], [34], [40]]);
  assert.equal(evidence.mix?.divergences, 4);
  assert.equal(evidence.mix?.rHat, 1.003);
});

Deno.test("each slice is forecast from all that came before it", async () => {
  const { family, learnt } = familyOf(true);
  const split = { holdoutShare: 0.3, origins: 3 };
  const { metrics, evidence } = await train(family, specOf({ split }));
  assert.deepEqual(learnt, [[28, 28], [32, 32], [36, 36], [40, 40]]);
  assert.equal(metrics.holdout_periods, 24);
  assert.deepEqual(
    evidence.gates.map(({ metric, holds }) => [metric, holds]),
    [["wape", true]],
  );
  const [low, high] = evidence.intervals.wape ?? [NaN, NaN];
  assert.ok(low <= (metrics.wape ?? NaN) && (metrics.wape ?? NaN) <= high);
});

Deno.test("without a model one says the period of a year before, or what was usual", () => {
  const outcome = Float64Array.from({ length: 70 }, (_, week) => week);
  const weekly = { periodDays: 7, outcome } as SeriesDataset;
  assert.deepEqual([...usual(weekly, 66)], [14, 15, 16, 17]);
  assert.deepEqual([...usual(weekly, 50).slice(0, 3)], [24.5, 24.5, 0]);
});
