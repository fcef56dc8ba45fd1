/**
 * The conformance kit, and what a media mix says beside its curves.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  addDays,
  type EntityKey,
  type FittedCurve,
  type FittedPanel,
  type FittedSeries,
  type ResponseCurve,
  type SeriesDataset,
} from "@moe/plugin";
import { respond, rSquared, seededRandom, testModel } from "@moe/plugin/test";
import family from "./model.ts";

testModel(family);

const PERIODS = 104;
const UNIT = 1e6;
const TRUTH = { half: 400 * UNIT, ceiling: 900 * UNIT };

interface Plan {
  readonly id: string;
  readonly seed: number;
  /** Share of the usual ceiling. */
  readonly strength?: number;
  readonly noise?: number;
}

/** Weeks of one campaign's spend, and the outcome it brings at once. */
function simulate(
  { id, seed, strength = 1, noise = 50 }: Plan,
): SeriesDataset {
  const random = seededRandom(seed);
  const series = Float64Array.from(
    { length: PERIODS },
    () => random.next() < 0.2 ? 0 : Math.round(1000 * UNIT * random.next()),
  );
  return {
    days: Array.from(series, (_, t) => addDays("2023-01-02", 7 * t)),
    periodDays: 7,
    spend: [{
      entity: `campaign:${id}` as EntityKey,
      parent: "channel:search",
      series,
    }],
    outcome: series.map((micros) =>
      2000 * UNIT + strength * TRUTH.ceiling * micros / (TRUTH.half + micros) +
      noise * UNIT * random.normal()
    ),
    controls: {},
  };
}

function fit(
  dataset: SeriesDataset,
  params: Record<string, unknown> = {},
): FittedSeries {
  assert.ok(family.grain === "series");
  const fitted = family.fit(scopeOf(dataset, params));
  assert.ok(!(fitted instanceof Promise));
  return fitted;
}

function fitPanel(
  datasets: readonly SeriesDataset[],
  params: Record<string, unknown> = {},
): FittedPanel {
  assert.ok(family.grain === "series" && family.fitPanel);
  const fitted = family.fitPanel(scopeOf(datasets, params));
  assert.ok(!(fitted instanceof Promise));
  return fitted;
}

function scopeOf<D>(dataset: D, params: Record<string, unknown>) {
  return {
    dataset,
    validation: null,
    params: family.params.parse(params),
    random: seededRandom(1),
    report: () => {},
  };
}

function only(curves: readonly FittedCurve[]): FittedCurve {
  const [curve] = curves;
  assert.ok(curve);
  return curve;
}

function draws({ draws }: FittedCurve): readonly ResponseCurve[] {
  assert.ok(draws);
  return draws;
}

function truthAt(micros: number): number {
  return TRUTH.ceiling * micros / (TRUTH.half + micros);
}

Deno.test.each([
  { mode: "nuts", saturation: "michaelis_menten", type: "michaelis_menten" },
  { mode: "laplace", saturation: "michaelis_menten", type: "michaelis_menten" },
  { mode: "laplace", saturation: "hill", type: "hill" },
  { mode: "laplace", saturation: "tanh", type: "logistic" },
  { mode: "laplace", saturation: "logistic", type: "logistic" },
])(
  "media_mix finds the curve in micros a day: $mode, $saturation",
  ({ mode, saturation, type }) => {
    const { curves, mix } = fit(simulate({ id: "a", seed: 2 }), {
      mode,
      saturation,
    });
    const curve = only(curves);
    assert.equal(curve.curve.type, type);
    assert.equal(draws(curve).length, 200);
    for (const micros of [200, 500, 900].map((money) => money * UNIT)) {
      const want = truthAt(micros);
      assert.ok(Math.abs(respond(curve.curve, micros) / want - 1) < 0.15);
      const said = draws(curve).map((one) => respond(one, micros)).sort((
        a,
        b,
      ) => a - b);
      const [low = 0, high = 0] = [said[2], said[197]];
      assert.ok(low < 1.1 * want && high > 0.9 * want, `${low} – ${high}`);
    }
    assert.ok(curve.decay < 0.15);
    assert.equal(mix?.method, mode);
    assert.equal(mix?.rHat === null, mode === "laplace");
  },
);

Deno.test("media_mix says what each entity brought, and its parts by period", () => {
  const dataset = simulate({ id: "a", seed: 3 });
  const { mix, predict } = fit(dataset, { mode: "laplace" });
  const [spend] = dataset.spend;
  const total = (of: Iterable<number>) => [...of].reduce((a, b) => a + b, 0);
  const brought = total((spend?.series ?? []).map(truthAt));
  const [channel] = mix?.channels ?? [];
  assert.equal(channel?.name, "campaign:a");
  const wanted = [
    [channel?.contribution, brought / total(dataset.outcome)],
    [channel?.roas, brought / total(spend?.series ?? [])],
  ] as const;
  for (const [said, want] of wanted) {
    const [low = NaN, high = NaN] = said?.interval ?? [];
    assert.ok(low < want && want < high, `${low} ${want} ${high}`);
  }
  const parts = Object.values(mix?.decomposition ?? {});
  predict(dataset).forEach((value, t) => {
    const sum = parts.reduce((all, part) => all + (part[t] ?? NaN), 0);
    assert.ok(Math.abs(sum / value - 1) < 0.02);
  });
  assert.ok(rSquared(dataset.outcome, predict(dataset)) > 0.9);
});

Deno.test("media_mix gives carry-over that is not geometric as shares", () => {
  const curve = only(
    fit(simulate({ id: "a", seed: 4 }), {
      mode: "laplace",
      adstock: "weibull_pdf",
      lags: 6,
    }).curves,
  );
  assert.equal(curve.carryOver?.length, 6);
  const sum = curve.carryOver?.reduce((a, b) => a + b, 0) ?? 0;
  assert.ok(Math.abs(sum - 1) < 1e-9);
});

Deno.test("media_mix gives an entity without spend a flat zero curve", () => {
  const dataset = simulate({ id: "a", seed: 5 });
  const idle = {
    entity: "campaign:idle" as EntityKey,
    parent: null,
    series: new Float64Array(PERIODS),
  };
  const { curves } = fit(
    { ...dataset, spend: [idle, ...dataset.spend] },
    { mode: "laplace" },
  );
  const curve = only(curves);
  assert.equal(curve.entity, "campaign:idle");
  assert.deepEqual(curve.seenMicros, [0, 0]);
  assert.ok(draws(curve).every((one) => respond(one, 1e9) === 0));
});

Deno.test("media_mix lends strength from outcome to outcome", () => {
  const plans = Array.from({ length: 8 }, (_, at): Plan => ({
    id: `c${at}`,
    seed: 20 + at,
    noise: 700,
  }));
  const datasets = plans.map(simulate);
  const pooled = fitPanel(datasets, { mode: "laplace" });
  assert.equal(pooled.curves.length, 8);
  const at = 600 * UNIT;
  const off = (curve: FittedCurve) =>
    (respond(curve.curve, at) / truthAt(at) - 1) ** 2;
  const alone = datasets.map((dataset) =>
    off(only(fit(dataset, { mode: "laplace" }).curves))
  );
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  assert.ok(sum(pooled.curves.map(off)) < sum(alone));
  pooled.predict(datasets).forEach((said) =>
    assert.ok(said.length === PERIODS && said.every(Number.isFinite))
  );
});

Deno.test("media_mix takes a belief about returns", () => {
  const dataset = simulate({ id: "a", seed: 6, noise: 3000 });
  const roas = (mean: number) =>
    fit(dataset, {
      mode: "laplace",
      roas: { "campaign:a": { mean, sd: 0.02 * mean } },
    }).mix?.channels[0]?.roas.mean ?? NaN;
  for (const mean of [0.5, 2]) {
    assert.ok(Math.abs(roas(mean) / mean - 1) < 0.05, `${roas(mean)}`);
  }
});

Deno.test.each([
  {
    note: "no spend at all",
    change: (dataset: SeriesDataset) => ({
      ...dataset,
      spend: dataset.spend.map((one) => ({
        ...one,
        series: new Float64Array(PERIODS),
      })),
    }),
  },
  {
    note: "an outcome that is hardly known",
    change: (dataset: SeriesDataset) => ({
      ...dataset,
      outcome: dataset.outcome.map((value, t) => t < 5 ? value : NaN),
    }),
  },
])("media_mix refuses $note", ({ change }) => {
  assert.throws(() => fit(change(simulate({ id: "a", seed: 7 }))), {
    code: "dataset_invalid",
  });
});
