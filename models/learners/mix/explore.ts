/**
 * Explores a posterior: finds its mode, learns there how to search, and draws.
 *
 * Chains move in coordinates in which the posterior is round at the mode, so that
 * long and short directions cost the same.
 *
 * @module
 */
import type { Random } from "@moe/plugin";
import { solveTransposed } from "../../math/cholesky.ts";
import { curvatureAt, factorCurvature, findMode } from "../../math/laplace.ts";
import { type Chain, sampleChain } from "../../math/nuts.ts";
import type { Target } from "../../math/trajectory.ts";
import type { Varying } from "./layout.ts";
import { createPosterior, type Posterior } from "./posterior.ts";
import { typicalOnLine } from "./priors.ts";
import type { MixProblem } from "./problem.ts";

/** Looks at the information of geographies until the spread settles. */
const ROUNDS = 3;
const STEPS = 150;

/** Where a posterior is highest, and how it bends there. */
export interface Survey {
  /** The posterior, centred as suits its data. */
  readonly problem: MixProblem;
  readonly mode: Float64Array;
  /** Factor L of the curvature at the mode: positions are mode + L⁻ᵀ z. */
  readonly lower: Float64Array;
}

/** Work of one chain; plain, so that it can be posted to a worker. */
export interface ChainJob extends Survey {
  readonly warmup: number;
  readonly draws: number;
  readonly accept: number;
}

/**
 * Looks for the mode from what is believed.
 *
 * @param problem The posterior; its centring is chosen anew.
 * @returns The mode, and the posterior centred by what its data say.
 * @throws {RangeError} If there is no density where one would start.
 */
export function survey(problem: MixProblem): Survey {
  const distant = createPosterior({
    ...problem,
    centring: new Float64Array(problem.centring.length),
  });
  let { mode } = findMode(distant, { starts: startPoints(distant) });
  for (
    let round = 0;
    round < (distant.layout.varying.length && ROUNDS);
    round++
  ) {
    const told = tellInformation(distant, mode);
    ({ mode } = findMode(withVolume(distant, told), {
      starts: [mode],
      steps: STEPS,
    }));
  }
  const centring = chooseCentring(distant, mode);
  const centred = createPosterior({ ...problem, centring });
  const point = recentre(distant, centred, mode);
  const { lower } = factorCurvature(curvatureAt(centred, point), point);
  return { problem: centred.problem, mode: point, lower };
}

/**
 * Adds the volume of what geographies may be, given their spread: without it, the
 * mode would take a spread for likely because all distances are small in it.
 */
function withVolume(posterior: Posterior, told: Float64Array): Target {
  const { layout, size } = posterior;
  const geos = posterior.problem.geos.length;
  return {
    size,
    logDensity(point, gradient) {
      let density = posterior.logDensity(point, gradient);
      layout.varying.forEach(({ spread }, which) => {
        const between = Math.exp(2 * (point[spread] as number));
        for (let geo = 0; geo < geos; geo++) {
          const known = between * (told[which * geos + geo] as number);
          density -= Math.log1p(known) / 2;
          gradient[spread] = (gradient[spread] as number) -
            known / (1 + known);
        }
      });
      return density;
    },
  };
}

/** What is typical, with long and with short memory. */
function startPoints(posterior: Posterior): Float64Array[] {
  const { layout, problem } = posterior;
  const typical = new Float64Array(layout.size);
  const coordinates = problem.channels.flatMap(({ coordinates }) =>
    coordinates
  );
  coordinates.forEach(({ prior, support }, at) =>
    typical[at] = typicalOnLine(prior, support)
  );
  layout.varying.forEach(({ spread }) =>
    typical[spread] = typicalOnLine(problem.spread, "positive")
  );
  typical.fill(
    Math.log(0.5),
    layout.noise,
    layout.noise + problem.geos.length,
  );
  const long = typical.slice();
  coordinates.forEach(({ name }, at) => {
    if (name === "decay") long[at] = (typical[at] as number) + 1.5;
  });
  return [typical, long];
}

/** Geographies whose data say more than the others' are searched by themselves. */
function chooseCentring(
  posterior: Posterior,
  mode: Float64Array,
): Float64Array {
  const geos = posterior.problem.geos.length;
  return tellInformation(posterior, mode).map((told, at) => {
    const varying = posterior.layout.varying[Math.floor(at / geos)];
    const known = told * Math.exp(2 * (mode[varying?.spread ?? 0] as number));
    return known / (1 + known);
  });
}

/** What each geography's own data say of what varies, as precisions; 0 of shapes. */
function tellInformation(
  posterior: Posterior,
  mode: Float64Array,
): Float64Array {
  const { layout, problem, media } = posterior;
  const geos = problem.geos.length;
  posterior.logDensity(mode, new Float64Array(layout.size));
  const told = new Float64Array(problem.centring.length);
  layout.varying.forEach(({ value }, which) => {
    const channel = layout.channels.indexOf(value);
    if (channel < 0) return;
    for (let geo = 0; geo < geos; geo++) {
      const cell = media.cells[geo]?.find((one) => one.channel === channel);
      if (!cell) continue;
      const noise = Math.exp(2 * (mode[layout.noise + geo] as number));
      told[which * geos + geo] = variation(cell.shares) * cell.ceiling ** 2 /
        noise;
    }
  });
  return told;
}

function variation(shares: Float64Array): number {
  const mean = shares.reduce((sum, one) => sum + one, 0) / shares.length;
  return shares.reduce((sum, one) => sum + (one - mean) ** 2, 0);
}

/** The same values in another centring. */
function recentre(
  from: Posterior,
  to: Posterior,
  point: Float64Array,
): Float64Array {
  const moved = point.slice();
  from.logDensity(point, new Float64Array(point.length));
  const geos = from.problem.geos.length;
  from.layout.varying.forEach((place: Varying, which) => {
    const common = point[place.value] as number;
    const log = point[place.spread] as number;
    for (let geo = 0; geo < geos; geo++) {
      const centred = to.problem.centring[which * geos + geo] as number;
      const value = from.values[geo]?.[place.value] as number;
      moved[place.first + geo] = centred * common +
        Math.exp((centred - 1) * log) * (value - common);
    }
  });
  return moved;
}

/**
 * Draws one chain.
 *
 * @param job The posterior, how it bends, and how much to draw.
 * @param random Chance, of this chain alone.
 * @param report Called with the share done.
 * @returns The chain, its draws in the coordinates of the posterior.
 */
export function drawChain(
  job: ChainJob,
  random: Random,
  report?: (share: number) => void,
): Chain {
  const posterior = createPosterior(job.problem);
  const round = roundOff(posterior, job);
  const chain = sampleChain(round, {
    warmup: job.warmup,
    draws: job.draws,
    accept: job.accept,
    start: startOf(round, random),
    random,
    ...report ? { report } : {},
  });
  const { size } = round;
  for (let from = 0; from < chain.draws.length; from += size) {
    unround(job, chain.draws.subarray(from, from + size));
  }
  return chain;
}

/** Near the mode, where there is density. */
function startOf(round: Target, random: Random): Float64Array {
  const gradient = new Float64Array(round.size);
  for (let reach = 1; reach > 1e-3; reach /= 2) {
    const start = gradient.map(() => reach * random.normal());
    const density = round.logDensity(start, new Float64Array(round.size));
    if (Number.isFinite(density)) return start;
  }
  return gradient;
}

/**
 * From z to mode + L⁻ᵀ z, in place.
 *
 * @param survey Mode and curvature.
 * @param position z, which becomes the position.
 */
export function unround(
  { mode, lower }: Pick<Survey, "mode" | "lower">,
  position: Float64Array,
): void {
  solveTransposed(lower, position);
  for (let i = 0; i < position.length; i++) {
    position[i] = (position[i] as number) + (mode[i] as number);
  }
}

/**
 * The posterior of z, round at the mode.
 *
 * @param posterior The posterior of positions.
 * @param job Mode and curvature.
 * @returns Its density in z.
 */
export function roundOff(posterior: Target, job: Survey): Target {
  const { size } = posterior;
  const { lower } = job;
  const position = new Float64Array(size);
  return {
    size,
    logDensity(z, gradient) {
      position.set(z);
      unround(job, position);
      const density = posterior.logDensity(position, gradient);
      for (let row = 0; row < size; row++) {
        let sum = gradient[row] as number;
        for (let k = 0; k < row; k++) {
          sum -= (lower[row * size + k] as number) * (gradient[k] as number);
        }
        gradient[row] = sum / (lower[row * size + row] as number);
      }
      return density;
    },
  };
}
