/**
 * What to beware of in a fitted media mix, and what would help.
 *
 * @module
 */
import type { Finding } from "@moe/plugin";
import { TRANSFORMS } from "../../math/transforms.ts";
import { type MixFit } from "./fit.ts";
import { createPosterior, type Posterior } from "./posterior.ts";
import { densityOf } from "./priors.ts";
import type { Coordinate, Prior } from "./problem.ts";
import type { MixSummary } from "./summary.ts";

const MOST_R_HAT = 1.01;
const LEAST_DRAWS = 400;
const ROUGH_SHAPE = 0.7;
/** Above it, what the data add to the belief is next to nothing. */
const UNMOVED = 0.8;
const ALIKE = 0.9;
const LINGERING = 0.5;
const FEW_PERIODS = 8;
const SURPRISING = 2;

/**
 * Looks for what to beware of.
 *
 * @param fit What was drawn.
 * @param summary What it says.
 * @returns Findings; none is good news.
 */
export function findTroubles(fit: MixFit, summary: MixSummary): Finding[] {
  const posterior = createPosterior(fit.built.problem);
  return [
    ...explored(summary),
    ...unmoved(fit),
    ...alike(fit),
    ...beyond(fit, summary),
    ...sparse(fit),
    ...lingering(summary),
    ...surprising(fit, posterior),
  ];
}

function explored({ diagnostics }: MixSummary): Finding[] {
  const { method, rHat, essBulk, essTail, divergences, shape } = diagnostics;
  if (method === "laplace") {
    return (shape ?? 0) < ROUGH_SHAPE ? [] : [{
      code: "laplace_rough",
      input: null,
      text:
        "The posterior is not normal around its mode: intervals are rough; use mode nuts",
    }];
  }
  const least = Math.min(essBulk ?? 0, essTail ?? 0);
  const sound = (rHat ?? 1) <= MOST_R_HAT && least >= LEAST_DRAWS;
  return [
    ...sound ? [] : [{
      code: "not_converged",
      input: null,
      text: `Chains agree to R-hat ${rHat?.toFixed(3)} and are worth ${
        Math.round(least)
      } draws: ask for more warmup and draws`,
    }],
    ...divergences
      ? [{
        code: "divergences",
        input: null,
        text:
          `The sampler could not follow the posterior at ${divergences} draws: raise accept`,
      }]
      : [],
  ];
}

/** How far data moved what was believed of a channel's return. */
export interface BeliefShift {
  readonly name: string;
  /** From mean to mean of the logarithm, in deviations before. */
  readonly shift: number;
  /** Deviation of the logarithm after ÷ before: near 1, the data say nothing. */
  readonly spread: number;
}

/**
 * Compares what was believed of returns with what is believed now.
 *
 * @param fit What was drawn.
 * @returns One for each channel.
 */
export function measureShifts(fit: MixFit): BeliefShift[] {
  const { layout } = createPosterior(fit.built.problem);
  return fit.built.problem.channels.map(({ name, coordinates }, at) => {
    const [roas] = coordinates;
    const before = priorMoments((roas as Coordinate).prior);
    const after = moments(drawsOf(fit, layout.channels[at] as number));
    return {
      name,
      shift: (after.mean - before.mean) / before.deviation,
      spread: after.deviation / before.deviation,
    };
  });
}

/** Channels of which the data say next to nothing that was not believed before. */
function unmoved(fit: MixFit): Finding[] {
  return measureShifts(fit).filter(({ spread }) => spread > UNMOVED)
    .map(({ name, spread }) => ({
      code: "not_identified",
      input: name,
      text: `The data hardly narrow what was believed of its ROAS (to ${
        spread.toFixed(2)
      } of the spread before, in logarithms): run a lift test, or vary its spend`,
    }));
}

/** Of the logarithm, by a sum over a grid of the density. */
function priorMoments(prior: Prior): Moments {
  if (prior.type === "lognormal") {
    return { mean: prior.mu, deviation: prior.sigma };
  }
  const density = densityOf(prior);
  const { toSupport, logJacobian } = TRANSFORMS.positive;
  let [mass, first, second] = [0, 0, 0];
  for (let u = -20; u <= 20; u += 0.02) {
    const x = toSupport(u);
    const weight = Math.exp(density.logDensity(x) + logJacobian(x));
    mass += weight;
    first += weight * u;
    second += weight * u * u;
  }
  const mean = first / mass;
  return { mean, deviation: Math.sqrt(second / mass - mean ** 2) };
}

interface Moments {
  readonly mean: number;
  readonly deviation: number;
}

function drawsOf({ chains, size }: MixFit, place: number): number[] {
  return chains.flatMap((rows) =>
    Array.from(
      { length: rows.length / size },
      (_, draw) => rows[draw * size + place] as number,
    )
  );
}

function moments(values: readonly number[]): Moments {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  const squares = values.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

/** Channels whose spend rises and falls together. */
function alike({ panel }: MixFit): Finding[] {
  return panel.channels.flatMap((name, left) =>
    panel.channels.slice(left + 1).flatMap((other, after) => {
      const right = left + 1 + after;
      const alikeness = panel.geos.reduce(
        (sum, { input }) =>
          sum + correlation(
            input[left] as Float64Array,
            input[right] as Float64Array,
          ),
        0,
      ) / panel.geos.length;
      if (!(alikeness > ALIKE)) return [];
      return [{
        code: "collinear",
        input: name,
        text: `Its spend moves with that of ${other} (correlation ${
          alikeness.toFixed(2)
        }): their effects cannot be told apart`,
      }];
    })
  );
}

function correlation(left: Float64Array, right: Float64Array): number {
  const mean = (of: Float64Array) =>
    of.reduce((sum, one) => sum + one, 0) / of.length;
  const [a, b] = [mean(left), mean(right)];
  let [cross, first, second] = [0, 0, 0];
  left.forEach((one, t) => {
    const other = (right[t] as number) - b;
    cross += (one - a) * other;
    first += (one - a) ** 2;
    second += other ** 2;
  });
  return first * second > 0 ? cross / Math.sqrt(first * second) : 0;
}

/** Ceilings that lie beyond all spend seen. */
function beyond({ panel }: MixFit, { channels }: MixSummary): Finding[] {
  return channels.flatMap(({ name, half }, at) => {
    const most = panel.geos.reduce(
      (sum, { spend }) =>
        sum + (spend[at] as Float64Array).reduce((a, b) => Math.max(a, b), 0),
      0,
    );
    if (!(half.mean > most)) return [];
    return [{
      code: "extrapolation",
      input: name,
      text:
        "Half its ceiling lies beyond the largest spend seen: what more spend brings is a belief",
    }];
  });
}

function sparse({ panel }: MixFit): Finding[] {
  return panel.channels.flatMap((name, at) => {
    const active = Math.max(
      ...panel.geos.map(({ spend }) =>
        (spend[at] as Float64Array).filter((money) => money > 0).length
      ),
    );
    if (active >= FEW_PERIODS) return [];
    return [{
      code: "sparse",
      input: name,
      text: `It was paid for in ${active} periods at most`,
    }];
  });
}

/** What a baseline that bends too little leaves behind. */
function lingering({ forecasts }: MixSummary): Finding[] {
  const worst = Math.max(...forecasts.map(({ actual, mean }) => {
    const rest = actual.map((value, t) =>
      Number.isFinite(value) ? value - (mean[t] as number) : 0
    );
    return correlation(rest.subarray(1), rest.subarray(0, -1));
  }));
  if (!(worst > LINGERING)) return [];
  return [{
    code: "errors_linger",
    input: null,
    text: `What is left unexplained lasts from period to period (${
      worst.toFixed(2)
    }): give a trend that bends more, such as local_level, or a missing control`,
  }];
}

/** Experiments that the fit does not believe. */
function surprising(fit: MixFit, posterior: Posterior): Finding[] {
  const { problem } = fit.built;
  if (problem.lifts.length === 0) return [];
  const expected = problem.lifts.map(() => 0);
  const unused = new Float64Array(fit.size);
  const [rows] = fit.chains;
  const count = (rows?.length ?? 0) / fit.size;
  for (let draw = 0; draw < count; draw++) {
    const at = rows?.subarray(draw * fit.size, (draw + 1) * fit.size);
    posterior.logDensity(at as Float64Array, unused);
    posterior.lifts.expect().forEach((lift, which) =>
      expected[which] = (expected[which] as number) + lift / count
    );
  }
  return problem.lifts.flatMap(({ lift, error, channel }, which) => {
    const far = (lift - (expected[which] as number)) / error;
    if (Math.abs(far) < SURPRISING) return [];
    return [{
      code: "lift_disagrees",
      input: problem.channels[channel]?.name ?? null,
      text: `A lift test measured ${lift}, ${
        Math.abs(far).toFixed(1)
      } standard errors from what the rest of the data say`,
    }];
  });
}
