/**
 * The past planned again: what is promised of every plan, of the truth, and of the
 * estimate where there is no truth.
 *
 * @module
 */
import fc from "fast-check";
import assert from "node:assert/strict";
import { addDays } from "../../domain/day.ts";
import { seededRandom } from "../../domain/random.ts";
import { respond } from "../../domain/response.ts";
import type { FittedCurve, ResponseCurve } from "../../domain/score.ts";
import { backtest, type BacktestJob } from "./backtest.ts";
import { carryOver } from "./carry_over.ts";
import { divideBy, METHODS } from "./methods.ts";
import type { KnownResponse } from "./truth.ts";
import { sum } from "./window.ts";

type Hill = Extract<ResponseCurve, { type: "hill" }>;

const DAYS = 200;
const START = 100;
const NOISE = 4;

interface World {
  readonly seed: number;
  readonly curves: readonly Hill[];
  readonly decay: number;
}

const arbitraryWorld: fc.Arbitrary<World> = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  curves: fc.array(
    fc.record({
      type: fc.constant("hill" as const),
      ceiling: fc.integer({ min: 20, max: 400 }),
      half: fc.integer({ min: 20, max: 200 }),
      slope: fc.integer({ min: 6, max: 30 }).map((tenths) => tenths / 10),
    }),
    { minLength: 2, maxLength: 5 },
  ),
  decay: fc.constantFrom(0, 0.4),
});

/** A log of spend that moves by the week, and its truth. */
function makeJob(
  { seed, curves, decay }: World,
  believed: (curve: Hill, at: number) => Hill = (curve) => curve,
): BacktestJob & { readonly truth: KnownResponse } {
  const random = seededRandom(seed);
  const fitted = curves.map((curve, at): FittedCurve => ({
    entity: `campaign:${at}`,
    parent: null,
    curve: believed(curve, at),
    decay,
    seenMicros: [0, 1],
  }));
  const entities = curves.map((curve, at) => {
    let level = 1;
    const spend = Float64Array.from({ length: DAYS }, (_, day) => {
      if (day % 7 === 0) level = Math.exp(0.4 * random.normal());
      return 100 * level * Math.exp(0.1 * random.normal());
    });
    const outcome = carryOver(spend, { decay })
      .map((felt) => 50 + respond(curve, felt) + NOISE * random.normal());
    return { entity: `campaign:${at}` as const, spend, outcome };
  });
  const days = Array.from(
    { length: DAYS },
    (_, at) => addDays("2026-01-01", at),
  );
  return {
    log: { days, entities },
    options: { from: START, until: DAYS, every: 7, changeMost: 0.4 },
    curvesAt: () => fitted,
    truth: {
      respond: (at, spend) =>
        carryOver(spend, { decay })
          .map((felt) => respond(curves[at] as Hill, felt)),
      best: (window) =>
        divideBy("engine", {
          ...window,
          curves: window.curves.map((one, at) => ({
            ...one,
            curve: curves[at] as Hill,
          })),
        }),
    },
  };
}

Deno.test("every method spends what was spent, within the bounds", () => {
  fc.assert(
    fc.property(arbitraryWorld, (world) => {
      const { results, windows } = backtest(makeJob(world));
      assert.equal(results.length, METHODS.length + 2);
      for (const { method, amounts } of results.slice(1)) {
        windows.forEach(({ lo, hi, total }, at) => {
          const window = amounts[at] ?? new Float64Array();
          // A grid ends where its next step no longer fits.
          const slack = method === "greedy" ? total / 1000 : 1e-9 * total;
          assert.ok(Math.abs(sum(window) - total) <= slack, method);
          window.forEach((amount, entity) => {
            assert.ok(amount >= (lo[entity] ?? NaN) - 1e-9 * total, method);
            assert.ok(amount <= (hi[entity] ?? NaN) + 1e-9 * total, method);
          });
        });
      }
    }),
    { numRuns: 12 },
  );
});

Deno.test("with the true curves and nothing carried over, no method beats the engine", () => {
  fc.assert(
    fc.property(arbitraryWorld, (world) => {
      const { results } = backtest(makeJob({ ...world, decay: 0 }));
      const engine = results.find(({ method }) => method === "engine");
      for (const { method, outcome } of results) {
        if (method === "done") continue;
        assert.ok(outcome <= (engine?.outcome ?? NaN) * (1 + 1e-9), method);
      }
    }),
    { numRuns: 12 },
  );
});

Deno.test("local search stays where the engine does not", () => {
  const curve = (half: number): Hill => ({
    ...{ type: "hill", ceiling: 100, slope: 6, half },
  });
  const world = {
    seed: 3,
    curves: [curve(160), curve(160), curve(160)],
    decay: 0,
  };
  const job = makeJob(world);
  const { results } = backtest({
    ...job,
    options: { ...job.options, changeMost: 1.5 },
  });
  const of = (name: string) =>
    results.find(({ method }) => method === name)?.outcome ?? NaN;
  assert.ok(of("engine") > 1.2 * of("local"), `${of("engine")} ${of("local")}`);
});

Deno.test("wrong curves are corrected by the log, and its interval holds the truth", () => {
  const worlds = fc.sample(arbitraryWorld, { numRuns: 40, seed: 11 });
  let held = 0;
  let nearer = 0;
  for (const world of worlds) {
    const job = makeJob(world, (curve, at) => ({
      ...curve,
      ceiling: curve.ceiling * (at % 2 === 0 ? 1.6 : 0.7),
    }));
    const engine = ({ results }: ReturnType<typeof backtest>) =>
      results.find(({ method }) => method === "engine");
    const known = engine(backtest(job))?.gain ?? NaN;
    const estimated = engine(backtest({ ...job, truth: null }));
    const [low, high] = estimated?.interval ?? [NaN, NaN];
    if (low <= known && known <= high) held++;
    const curvesAlone = gainByCurves(job);
    const error = Math.abs((estimated?.gain ?? NaN) - known);
    if (error < Math.abs(curvesAlone - known)) nearer++;
  }
  assert.ok(held >= 0.75 * worlds.length, `held ${held}`);
  assert.ok(nearer >= 0.7 * worlds.length, `nearer ${nearer}`);
});

/** What the believed curves say of the engine's plans, by themselves. */
function gainByCurves(job: ReturnType<typeof makeJob>): number {
  const believed = job.curvesAt(START);
  const { results } = backtest({
    ...job,
    truth: {
      respond: (at, spend) =>
        carryOver(spend, believed[at] as FittedCurve)
          .map((felt) => respond((believed[at] as FittedCurve).curve, felt)),
    },
  });
  return results.find(({ method }) => method === "engine")?.gain ?? NaN;
}

Deno.test("plans far from all that was spent are said to be without evidence", () => {
  const curve = (ceiling: number): Hill => ({
    ...{ type: "hill", ceiling, slope: 1, half: 900 },
  });
  const job = makeJob({ seed: 5, curves: [curve(9000), curve(10)], decay: 0 });
  const { results } = backtest({
    ...job,
    options: { ...job.options, changeMost: 0.98 },
    truth: null,
  });
  const engine = results.find(({ method }) => method === "engine");
  assert.equal(engine?.supported, false);
});

Deno.test("days that cannot be planned again are refused", () => {
  const job = makeJob({ seed: 1, curves: [], decay: 0 });
  const refuse = (options: Partial<BacktestJob["options"]>, message: RegExp) =>
    assert.throws(
      () => backtest({ ...job, options: { ...job.options, ...options } }),
      { code: "request_invalid", message },
    );
  refuse({ from: 27 }, /begin 28 days before/);
  refuse({ until: DAYS + 1 }, /within the log/);
  refuse({ until: START }, /end after they begin/);
  refuse({ every: 0 }, /windows must have a day/);
  refuse({}, /nothing was spent/);
});
