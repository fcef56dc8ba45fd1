/**
 * The conformance kit, recovery of simulated curves, and odd data.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type EntityKey,
  type FittedSeries,
  type SeriesDataset,
} from "@moe/plugin";
import { respond, rSquared, seededRandom, testModel } from "@moe/plugin/test";
import family from "./model.ts";
import { simulate, type Truth } from "./fixtures/simulated.ts";

testModel(family);

function fit(
  dataset: SeriesDataset,
  params: Record<string, unknown> = {},
): FittedSeries {
  assert.ok(family.grain === "series");
  return family.fit({
    dataset,
    validation: null,
    params: family.params.parse(params),
    random: seededRandom(1),
    report: () => {},
  }) as FittedSeries;
}

/** Median relative error of each curve over spends from the 5th to the 95th percentile. */
function curveErrors(
  dataset: SeriesDataset,
  truths: readonly Truth[],
  { curves }: FittedSeries,
): number[] {
  return curves.map(({ curve }, at) => {
    const seen = (dataset.spend[at]?.series ?? new Float64Array())
      .filter((micros) => micros > 0).sort();
    const truth = truths[at];
    assert.ok(truth);
    return median(Array.from({ length: 19 }, (_, step) => {
      const micros = seen[Math.floor((step + 1) / 20 * seen.length)] ?? 0;
      return Math.abs(respond(curve, micros) / respond(truth, micros) - 1);
    }));
  });
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

Deno.test.each([
  {
    note: "730 days, 1 entity, no noise",
    plan: { periods: 730, entities: 1, periodDays: 1, noise: 0 },
    want: 0.002,
  },
  {
    note: "730 days, 6 entities, no noise",
    plan: { periods: 730, entities: 6, periodDays: 1, noise: 0 },
    want: 0.005,
  },
  {
    note: "730 days, 1 entity",
    plan: { periods: 730, entities: 1, periodDays: 1, noise: 0.1 },
    want: 0.15,
  },
  {
    note: "730 days, 6 entities",
    plan: { periods: 730, entities: 6, periodDays: 1, noise: 0.1 },
    want: 0.1,
  },
  {
    note: "208 weeks, 5 entities",
    plan: { periods: 208, entities: 5, periodDays: 7, noise: 0.1 },
    want: 0.15,
  },
])(
  "media_response recovers simulated curves: $note",
  ({ note, plan, want }) => {
    const errors = [1, 2, 3].flatMap((seed) => {
      const { dataset, truths } = simulate({ ...plan, seed });
      return curveErrors(dataset, truths, fit(dataset));
    });
    const typical = median(errors);
    const worst = Math.max(...errors);
    const line = `${note}: error of a curve, median ${
      (100 * typical).toFixed(2)
    } %, worst ${(100 * worst).toFixed(2)} %`;
    print(line);
    assert.ok(typical < want, line);
  },
);

Deno.test("media_response finds the decay of each entity", () => {
  const { dataset, truths } = simulate({
    periods: 730,
    entities: 6,
    periodDays: 1,
    noise: 0.1,
    seed: 4,
  });
  fit(dataset).curves.forEach(({ decay }, at) =>
    assert.ok(Math.abs(decay - (truths[at]?.decay ?? 0)) < 0.06)
  );
});

Deno.test("media_response gives an entity without spend a flat zero curve", () => {
  const { dataset } = simulate(SMALL);
  const idle = { ...spendOf("idle", new Float64Array(SMALL.periods)) };
  const with_ = { ...dataset, spend: [idle, ...dataset.spend] };
  const [curve, other] = fit(with_).curves;
  assert.deepEqual(curve, {
    entity: "channel:idle",
    parent: null,
    curve: { type: "hill", ceiling: 0, half: 1e6, slope: 1 },
    decay: 0,
    seenMicros: [0, 0],
  });
  assert.deepEqual(other, fit(dataset).curves[0]);
});

Deno.test.each([
  { note: "no entity at all", spend: [] },
  { note: "only idle entities", spend: [new Float64Array(120)] },
  {
    note: "a spend that never varies",
    spend: [new Float64Array(120).fill(5e9)],
  },
  {
    note: "one single spend",
    spend: [Float64Array.from({ length: 120 }, (_, t) => t === 50 ? 1e9 : 0)],
  },
  { note: "two entities that spend alike", spend: [ramp(120), ramp(120)] },
])("media_response stays finite with $note", ({ spend }) => {
  const dataset = {
    ...simulate(SMALL).dataset,
    spend: spend.map((series, at) => spendOf(`c${at}`, series)),
  };
  const fitted = fit(dataset);
  for (const { curve, decay } of fitted.curves) {
    assert.ok(Number.isFinite(decay) && Number.isFinite(respond(curve, 1e9)));
  }
  assert.ok(fitted.predict(dataset).every(Number.isFinite));
});

Deno.test("media_response stays finite when the outcome never varies", () => {
  const { dataset } = simulate(SMALL);
  const flat = { ...dataset, outcome: new Float64Array(SMALL.periods).fill(7) };
  const fitted = fit(flat);
  assert.ok(fitted.curves.every(({ curve }) => curve.ceiling < 1e-3));
  assert.ok(fitted.predict(flat).every((value) => Math.abs(value - 7) < 1e-3));
});

Deno.test("media_response leaves out periods whose outcome is unknown", () => {
  const { dataset, truths } = simulate({ ...SMALL, noise: 0 });
  const outcome = dataset.outcome.map((value, t) => t % 9 === 4 ? NaN : value);
  const fitted = fit({ ...dataset, outcome });
  assert.ok(median(curveErrors(dataset, truths, fitted)) < 0.01);
  assert.ok(rSquared(dataset.outcome, fitted.predict(dataset)) > 0.999);
});

Deno.test("media_response does not depend on the unit of money", () => {
  const { dataset } = simulate(SMALL);
  const scaled = {
    ...dataset,
    spend: dataset.spend.map((one) => ({
      ...one,
      series: one.series.map((micros) => micros / 1024),
    })),
    outcome: dataset.outcome.map((value) => value * 4096),
  };
  const scales = fit(scaled).curves.map(({ curve }) => respond(curve, 1e5));
  const plain = fit(dataset).curves.map(({ curve }) => respond(curve, 1.024e8));
  scales.forEach((value, at) =>
    assert.ok(Math.abs(value / 4096 / (plain[at] ?? 0) - 1) < 1e-6)
  );
});

Deno.test("media_response learns what a control does", () => {
  const { dataset } = simulate(SMALL);
  const random = seededRandom(8);
  const holiday = Float64Array.from(
    { length: SMALL.periods },
    () => random.next() < 0.1 ? 1 : 0,
  );
  const outcome = dataset.outcome.map((value, t) =>
    value + 3e9 * (holiday[t] ?? 0)
  );
  const fitted = fit({ ...dataset, outcome, controls: { holiday } });
  const quiet = fitted.predict({
    ...dataset,
    controls: { holiday: holiday.map(() => 0) },
  });
  const loud = fitted.predict({
    ...dataset,
    controls: { holiday: holiday.map(() => 1) },
  });
  assert.ok(Math.abs((loud[5] ?? 0) - (quiet[5] ?? 0) - 3e9) < 2e8);
});

Deno.test("media_response forecasts days that it has not seen", () => {
  const { dataset } = simulate({ ...SMALL, periods: 912, periodDays: 1 });
  const fitted = fit(upTo(dataset, 730));
  const held = dataset.outcome.slice(730);
  assert.ok(rSquared(held, fitted.predict(dataset).slice(730)) > 0.8);
});

Deno.test("media_response refuses fewer periods than terms", () => {
  const { dataset } = simulate(SMALL);
  assert.throws(() => fit(upTo(dataset, 8)), { code: "dataset_invalid" });
});

const SMALL = {
  periods: 120,
  entities: 2,
  periodDays: 7,
  noise: 0.05,
  seed: 1,
} as const;

function upTo(dataset: SeriesDataset, periods: number): SeriesDataset {
  return {
    ...dataset,
    days: dataset.days.slice(0, periods),
    outcome: dataset.outcome.slice(0, periods),
    spend: dataset.spend.map((one) => ({
      ...one,
      series: one.series.slice(0, periods),
    })),
  };
}

function spendOf(id: string, series: Float64Array) {
  return { entity: `channel:${id}` as EntityKey, parent: null, series };
}

function ramp(length: number): Float64Array {
  return Float64Array.from({ length }, (_, t) => 1e7 * (t % 17));
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`  ${line}\n`));
}
