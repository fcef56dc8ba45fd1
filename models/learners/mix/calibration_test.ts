/**
 * Simulation-based calibration of the posterior: if truths are drawn from what is
 * believed and data from the truths, ranks of truths among draws are uniform. It fails
 * if density, slopes or sampler are wrong anywhere.
 *
 * @see Talts et al. (2018), Validating Bayesian Inference Algorithms with SBC
 * @module
 */
import assert from "node:assert/strict";
import { seededRandom } from "@moe/plugin/test";
import { TRANSFORMS } from "../../math/transforms.ts";
import { drawChains } from "./draw_chains.ts";
import { survey } from "./explore.ts";
import { createPosterior } from "./posterior.ts";
import { densityOf } from "./priors.ts";
import type { MixProblem } from "./problem.ts";

type Random = ReturnType<typeof seededRandom>;

const PERIODS = 40;
/** Draws ranked among, each so many moves behind the other. */
const KEPT = 19;
const THIN = 12;
const BINS = 5;
/** 99.9 % quantile of the chi-square distribution of four degrees of freedom. */
const MOST_SQUARE = 18.467;

function countWorlds(): number {
  return Number(Deno.env.get("MOE_MIX_WORLDS") ?? 0) >= 100 ? 400 : 80;
}

/** A channel with Hill curve, on a line that bends; the outcome is still to come. */
function stateBeliefs(random: Random): MixProblem {
  const fill = (of: (t: number) => number) =>
    Float64Array.from({ length: PERIODS }, (_, t) => of(t));
  return {
    channels: [{
      name: "a",
      adstock: "geometric",
      lags: 6,
      saturation: "hill",
      coordinates: [
        {
          name: "roas",
          support: "positive",
          prior: { type: "lognormal", mu: 0, sigma: 0.5 },
          varies: false,
        },
        {
          name: "decay",
          support: "unit",
          prior: { type: "beta", alpha: 2, beta: 3 },
          varies: false,
        },
        {
          name: "half",
          support: "positive",
          prior: { type: "gamma", shape: 3, rate: 5 },
          varies: false,
        },
        {
          name: "slope",
          support: "positive",
          prior: { type: "lognormal", mu: 0.1, sigma: 0.3 },
          varies: false,
        },
      ],
    }],
    geos: [{
      name: "all",
      outcome: new Float64Array(PERIODS),
      known: new Float64Array(PERIODS).fill(1),
      inputs: [fill(() => random.next() < 0.3 ? 0 : random.next())],
      gains: Float64Array.of(60),
      design: [
        fill(() => 1),
        fill((t) => t / PERIODS),
        fill((t) => Math.max(0, t / PERIODS - 0.5)),
      ],
      deviations: Float64Array.of(2, 1, 1),
      flexible: Uint8Array.of(0, 0, 1),
    }],
    lifts: [],
    likelihood: "normal",
    spread: { type: "gamma", shape: 2, rate: 5 },
    flexibility: { type: "gamma", shape: 2, rate: 2 },
    noise: { type: "half_normal", sd: 1 },
    centring: new Float64Array(),
  };
}

/** Draws a truth in the coordinates of the posterior, and its data. */
function drawWorld(random: Random): {
  readonly truth: Float64Array;
  readonly problem: MixProblem;
} {
  const beliefs = stateBeliefs(random);
  const posterior = createPosterior(beliefs);
  const { toLine } = TRANSFORMS.positive;
  const coordinates = beliefs.channels.flatMap((one) => one.coordinates);
  const noise = densityOf(beliefs.noise).draw(random);
  const flexibility = densityOf(beliefs.flexibility).draw(random);
  const truth = Float64Array.of(
    ...coordinates.map(({ prior, support }) =>
      TRANSFORMS[support].toLine(densityOf(prior).draw(random))
    ),
    toLine(noise),
    toLine(flexibility),
  );
  posterior.logDensity(truth, new Float64Array(posterior.size));
  const geos = beliefs.geos.map((geo) => {
    const weights = geo.deviations.map((deviation, term) =>
      random.normal() * deviation * (geo.flexible[term] ? flexibility : 1)
    );
    const outcome = geo.outcome.map((_, t) =>
      (posterior.totals[0]?.[t] ?? 0) + noise * random.normal() +
      weights.reduce((s, w, term) => s + w * (geo.design[term]?.[t] ?? 0), 0)
    );
    return { ...geo, outcome };
  });
  return { truth, problem: { ...beliefs, geos } };
}

Deno.test("ranks of true numbers among draws are uniform", async () => {
  const random = seededRandom(21);
  const worlds = countWorlds();
  const { names } = createPosterior(stateBeliefs(random)).layout;
  const counts = names.map(() => new Float64Array(BINS));
  for (let world = 0; world < worlds; world++) {
    const { truth, problem } = drawWorld(random);
    const job = { ...survey(problem), warmup: 150, draws: KEPT * THIN };
    const [chain] = await drawChains(
      { ...job, accept: 0.9 },
      { seeds: [world], threads: 1 },
    );
    truth.forEach((value, at) => {
      let rank = 0;
      for (let draw = 0; draw < KEPT; draw++) {
        const place = draw * THIN * truth.length + at;
        if ((chain?.draws[place] ?? NaN) < value) rank++;
      }
      const count = counts[at] as Float64Array;
      const bin = Math.floor(rank * BINS / (KEPT + 1));
      count[bin] = (count[bin] ?? 0) + 1;
    });
  }
  counts.forEach((count, at) => {
    const each = worlds / BINS;
    const square = count.reduce((s, n) => s + (n - each) ** 2 / each, 0);
    assert.ok(square < MOST_SQUARE, `${names[at]}: ${count.join()}`);
  });
});
