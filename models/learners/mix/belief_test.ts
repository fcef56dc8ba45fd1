/**
 * Beliefs, experiments and pooling move the posterior as theory has it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { addDays, type Random } from "@moe/plugin";
import { seededRandom } from "@moe/plugin/test";
import {
  collectChains,
  drawLaplace,
  type MixFit,
  planChain,
  prepareMix,
} from "./fit.ts";
import { drawChain } from "./explore.ts";
import { arrangePanel, type MixRows } from "./panel.ts";
import { parseMixSpec } from "./spec.ts";
import { type MixSummary, summarizeMix } from "./summary.ts";

const PERIODS = 80;

/** Weeks of one channel's spend, and an outcome of which it brings a part. */
function weeks(
  random: Random,
  { roas, noise, steady = false }: {
    roas: number;
    noise: number;
    steady?: boolean;
  },
): { spend: Float64Array; outcome: Float64Array } {
  const spend = Float64Array.from(
    { length: PERIODS },
    () => steady ? 50 : 100 * random.next(),
  );
  const shares = spend.map((money) => money / (60 + money));
  const total = (of: Float64Array) => of.reduce((sum, one) => sum + one, 0);
  const ceiling = roas * total(spend) / total(shares);
  const outcome = shares.map((share) =>
    1000 + ceiling * share + noise * random.normal()
  );
  return { spend, outcome };
}

function rowsOf(series: readonly ReturnType<typeof weeks>[]): MixRows {
  const join = (of: "spend" | "outcome") =>
    Float64Array.from(series.flatMap((one) => [...one[of]]));
  return {
    days: series.flatMap(() =>
      Array.from({ length: PERIODS }, (_, t) => addDays("2024-01-01", 7 * t))
    ),
    geos: series.length < 2
      ? null
      : series.flatMap((_, geo) =>
        Array.from({ length: PERIODS }, () => `g${geo}`)
      ),
    columns: { tv: join("spend"), y: join("outcome") },
  };
}

function fit(rows: MixRows, members: Record<string, unknown>): MixFit {
  const spec = parseMixSpec({
    date: "day",
    target: "y",
    ...rows.geos ? { geo: "geo" } : {},
    channels: [{ name: "tv", l_max: 1, saturation: "michaelis_menten" }],
    trend: "none",
    seasonality: { yearly: 0 },
    warmup: 300,
    draws: 1500,
    ...members,
  });
  const prepared = prepareMix(spec, arrangePanel(spec, rows));
  return spec.mode === "laplace"
    ? drawLaplace(prepared, seededRandom(1))
    : collectChains(prepared, [
      drawChain(planChain(prepared), seededRandom(1)),
    ]);
}

function roasOf(fitted: MixFit): { mean: number; sd: number } {
  const { interval, mean } = only(summarizeMix(fitted, seededRandom(2))).roas;
  return { mean, sd: (interval[1] - interval[0]) / (2 * 1.645) };
}

function only({ channels }: MixSummary): MixSummary["channels"][number] {
  const [one] = channels;
  assert.ok(one);
  return one;
}

function near(got: number, want: number, share: number): void {
  assert.ok(Math.abs(got / want - 1) < share, `${got} is not near ${want}`);
}

Deno.test("a prior is what remains where the data say nothing", () => {
  const rows = rowsOf([
    weeks(seededRandom(3), { roas: 2, noise: 30, steady: true }),
  ]);
  const prior = { mean: 5, sd: 3 };
  const { roas } = only(summarizeMix(
    fit(rows, {
      channels: [{ name: "tv", l_max: 1, priors: { roas: prior } }],
    }),
    seededRandom(2),
  ));
  const sigma = Math.sqrt(Math.log1p((prior.sd / prior.mean) ** 2));
  const middle = prior.mean / Math.exp(sigma * sigma / 2);
  near(roas.mean, prior.mean, 0.06);
  near(roas.interval[0], middle * Math.exp(-1.645 * sigma), 0.09);
  near(roas.interval[1], middle * Math.exp(1.645 * sigma), 0.09);
});

Deno.test("a prior is overruled by data that say much", () => {
  const rows = rowsOf([weeks(seededRandom(4), { roas: 2, noise: 5 })]);
  const { mean } = roasOf(fit(rows, {
    channels: [{
      name: "tv",
      l_max: 1,
      saturation: "michaelis_menten",
      priors: { roas: { mean: 5, sd: 2 } },
    }],
  }));
  near(mean, 2, 0.15);
});

Deno.test("a channel may respond to what its money bought", () => {
  const plain = rowsOf([weeks(seededRandom(4), { roas: 2, noise: 20 })]);
  const bought = plain.columns.tv?.map((money) => 70 * money);
  const rows = {
    ...plain,
    columns: { ...plain.columns, views: bought ?? new Float64Array() },
  };
  const channel = { name: "tv", "l_max": 1, saturation: "michaelis_menten" };
  const told = (channels: unknown[]) =>
    only(summarizeMix(
      fit(rows, { channels, mode: "laplace" }),
      seededRandom(2),
    ));
  const want = told([channel]);
  const got = told([{ ...channel, exposure: "views" }]);
  near(got.roas.mean, want.roas.mean, 0.01);
  near(got.half.mean, want.half.mean, 0.01);
  near(got.curve[9]?.outcome.mean ?? 0, want.curve[9]?.outcome.mean ?? 0, 0.01);
});

Deno.test("a lift test moves the return by the weights of both errors", () => {
  const rows = rowsOf([weeks(seededRandom(5), { roas: 2, noise: 20 })]);
  const spent = rows.columns.tv?.reduce((sum, one) => sum + one, 0) ?? 0;
  const before = roasOf(fit(rows, {}));
  const measured = { mean: before.mean + 2 * before.sd, sd: before.sd };
  const after = roasOf(fit(rows, {
    lift_tests: [{
      channel: "tv",
      from: "2024-01-01",
      until: addDays("2024-01-01", 7 * PERIODS),
      lift: measured.mean * spent,
      standard_error: measured.sd * spent,
    }],
  }));
  const weight = before.sd ** -2 / (before.sd ** -2 + measured.sd ** -2);
  const mean = weight * before.mean + (1 - weight) * measured.mean;
  const sd = (before.sd ** -2 + measured.sd ** -2) ** -0.5;
  assert.ok(Math.abs(after.mean - mean) < 0.25 * before.sd);
  near(after.sd, sd, 0.15);
});

Deno.test("a step in steady spend is as good a lift test", () => {
  const rows = rowsOf([weeks(seededRandom(5), { roas: 2, noise: 20 })]);
  const curve = only(summarizeMix(fit(rows, {}), seededRandom(2))).curve;
  const at = (step: number) => curve[step]?.outcome.mean ?? NaN;
  const members = (lift: number) => ({
    lift_tests: [{
      channel: "tv",
      x: curve[10]?.spend,
      delta_x: (curve[20]?.spend ?? 0) - (curve[10]?.spend ?? 0),
      lift,
      standard_error: 1,
    }],
  });
  const lift = 1.5 * (at(20) - at(10));
  const moved = only(summarizeMix(fit(rows, members(lift)), seededRandom(2)));
  const rise = (moved.curve[20]?.outcome.mean ?? 0) -
    (moved.curve[10]?.outcome.mean ?? 0);
  near(rise, lift, 0.05);
});

Deno.test("geographies lend each other strength", () => {
  const random = seededRandom(6);
  const truths = Array.from(
    { length: 10 },
    () => 2 * Math.exp(0.1 * random.normal()),
  );
  const series = truths.map((roas) => weeks(random, { roas, noise: 120 }));
  const pooled = only(
    summarizeMix(fit(rowsOf(series), { draws: 500 }), seededRandom(2)),
  );
  const errors = truths.map((truth, geo) => {
    const alone = roasOf(
      fit(rowsOf([series[geo] as typeof series[0]]), { draws: 500 }),
    );
    return {
      alone: Math.log(alone.mean / truth) ** 2,
      pooled: Math.log((pooled.geos[`g${geo}`]?.roas.mean ?? 0) / truth) ** 2,
    };
  });
  const sum = (of: "alone" | "pooled") =>
    errors.reduce((total, one) => total + one[of], 0);
  assert.ok(sum("pooled") < 0.6 * sum("alone"), JSON.stringify(errors));
});

Deno.test.each([{ mode: "nuts" }, { mode: "laplace" }])(
  "the same data and seed give the same bits: $mode",
  ({ mode }) => {
    const rows = rowsOf([weeks(seededRandom(7), { roas: 2, noise: 50 })]);
    const once = fit(rows, { mode, draws: 50, warmup: 50 });
    const again = fit(rows, { mode, draws: 50, warmup: 50 });
    assert.deepEqual(again.chains, once.chains);
    assert.deepEqual(
      summarizeMix(again, seededRandom(9)),
      summarizeMix(once, seededRandom(9)),
    );
  },
);
