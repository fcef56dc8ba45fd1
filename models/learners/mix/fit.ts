/**
 * Fits a media mix: builds its posterior, finds the mode, draws.
 *
 * @module
 */
import type { Random } from "@moe/plugin";
import { solveTransposed } from "../../math/cholesky.ts";
import { fitLaplace } from "../../math/laplace.ts";
import type { Chain } from "../../math/nuts.ts";
import type { Target } from "../../math/trajectory.ts";
import { buildProblem, type BuiltProblem } from "./build_problem.ts";
import {
  type ChainJob,
  roundOff,
  type Survey,
  survey,
  unround,
} from "./explore.ts";
import type { MixPanel } from "./panel.ts";
import { createPosterior, type Posterior } from "./posterior.ts";
import type { MixSpec } from "./spec.ts";

/** Draws from the posterior of a media mix. */
export interface MixFit {
  readonly spec: MixSpec;
  readonly panel: MixPanel;
  readonly built: BuiltProblem;
  readonly method: "nuts" | "laplace";
  /** Numbers of a position. */
  readonly size: number;
  /** Positions of each chain, row-major, shape [draws × size]. */
  readonly chains: readonly Float64Array[];
  /** Draws at which the sampler could not follow the posterior; null without it. */
  readonly divergences: number | null;
  /** Shape of the importance weights of a Laplace fit; from 0.7 on it is rough. */
  readonly shape: number | null;
}

/** A fit that has only to be drawn. */
export interface PreparedMix {
  readonly spec: MixSpec;
  readonly panel: MixPanel;
  readonly built: BuiltProblem;
  readonly survey: Survey;
}

const LAPLACE_DRAWS = 1000;
/** Deviations of a normal's log density that a draw around the mode may lie below its mean. */
const FARTHEST = 8;
const MOST_PULLS = 20;
const FEW_CELLS = 2000;
const MANY_CELLS = 20_000;

/**
 * Builds the posterior and finds its mode.
 *
 * @param spec How to learn.
 * @param panel What to learn from.
 * @returns What draws are made from.
 * @throws {EngineError} `dataset_invalid` or `request_invalid` if that cannot be.
 */
export function prepareMix(spec: MixSpec, panel: MixPanel): PreparedMix {
  const built = buildProblem(spec, panel);
  const found = survey(built.problem);
  return {
    spec,
    panel,
    built: { ...built, problem: found.problem },
    survey: found,
  };
}

/**
 * Work of a chain.
 *
 * @param prepared What to draw from.
 * @returns Plain data; fewer draws by default where each takes long.
 */
export function planChain({ spec, panel, survey }: PreparedMix): ChainJob {
  const cells = panel.geos.reduce((sum, { days }) => sum + days.length, 0) *
    panel.channels.length;
  const usual = cells > MANY_CELLS ? 300 : cells > FEW_CELLS ? 500 : 1000;
  return {
    ...survey,
    warmup: spec.warmup ?? usual,
    draws: spec.draws ?? usual,
    accept: spec.accept,
  };
}

/**
 * Collects chains.
 *
 * @param prepared What was drawn from.
 * @param chains What was drawn.
 * @returns The fit.
 */
export function collectChains(
  { spec, panel, built, survey }: PreparedMix,
  chains: readonly Chain[],
): MixFit {
  return {
    spec,
    panel,
    built,
    method: "nuts",
    size: survey.mode.length,
    chains: chains.map(({ draws }) => draws),
    divergences: chains.reduce((sum, one) => sum + one.divergences, 0),
    shape: null,
  };
}

/**
 * Draws around the mode: fast, and rough where the posterior is not normal.
 *
 * @param prepared What to draw from.
 * @param random Chance.
 * @returns The fit.
 */
export function drawLaplace(
  { spec, panel, built, survey }: PreparedMix,
  random: Random,
): MixFit {
  const posterior = createPosterior(survey.problem);
  const round = roundOff(posterior, survey);
  const { draws, shape, logDensity } = fitLaplace(round, {
    starts: [new Float64Array(posterior.size)],
    steps: 0,
    draws: spec.draws ?? LAPLACE_DRAWS,
    random,
  });
  const { size } = posterior;
  const least = logDensity - size / 2 - FARTHEST * Math.sqrt(size / 2);
  for (let from = 0; from < draws.length; from += size) {
    const draw = draws.subarray(from, from + size);
    pullIn(round, draw, least);
    unround(survey, draw);
  }
  return {
    spec,
    panel,
    built,
    method: "laplace",
    size,
    chains: [draws],
    divergences: null,
    shape,
  };
}

/** Moves a draw towards the mode until it is as likely as a normal draw would be. */
function pullIn(round: Target, draw: Float64Array, least: number): void {
  const unused = new Float64Array(draw.length);
  for (let pull = 0; pull < MOST_PULLS; pull++) {
    if (round.logDensity(draw, unused) >= least) return;
    for (let i = 0; i < draw.length; i++) draw[i] = 0.8 * (draw[i] as number);
  }
}

/** A draw, made whole: its curves set, its baseline drawn. */
export interface WholeDraw {
  /** Asked for at the draw. */
  readonly posterior: Posterior;
  /** Of the baseline, shape [geographies][terms]. */
  readonly coefficients: readonly Float64Array[];
  /** Deviation of each geography's noise, in the unit of the outcome. */
  readonly noise: Float64Array;
}

/** How draws are visited. */
export interface DrawWalk {
  readonly posterior: Posterior;
  /** Draws at most, evenly from all. */
  readonly most: number;
  readonly random: Random;
}

/**
 * Visits draws, each made whole by a draw of what was integrated out.
 *
 * @param fit What was drawn.
 * @param walk How many, and chance.
 * @param visit Called with each; what it is given is rewritten for the next.
 * @returns How many were visited.
 */
export function walkDraws(
  fit: MixFit,
  { posterior, most, random }: DrawWalk,
  visit: (draw: WholeDraw, at: number) => void,
): number {
  const { size, chains, built } = fit;
  const unused = new Float64Array(size);
  const coefficients = built.problem.geos.map(({ design }) =>
    new Float64Array(design.length)
  );
  const noise = new Float64Array(coefficients.length);
  const total = chains.reduce((sum, one) => sum + one.length / size, 0);
  const count = Math.min(most, total);
  for (let at = 0; at < count; at++) {
    const position = drawAt(fit, Math.floor((at + 0.5) * total / count));
    posterior.logDensity(position, unused);
    posterior.baselines.forEach((baseline, geo) => {
      const scale = Math.exp(position[posterior.layout.noise + geo] as number);
      noise[geo] = scale * (built.scales[geo]?.unit ?? 1);
      const own = coefficients[geo] as Float64Array;
      if (baseline.factor) {
        own.forEach((_, term) => own[term] = scale * random.normal());
        solveTransposed(baseline.factor, own);
      } else own.fill(0);
      own.forEach((value, term) =>
        own[term] = value + (baseline.coefficients[term] as number)
      );
    });
    visit({ posterior, coefficients, noise }, at);
  }
  return count;
}

function drawAt({ chains, size }: MixFit, index: number): Float64Array {
  let from = index * size;
  for (const chain of chains) {
    if (from < chain.length) return chain.subarray(from, from + size);
    from -= chain.length;
  }
  throw new RangeError(`Cannot read draw "${index}": there are fewer`);
}
