/**
 * Draws from a density by the No-U-Turn sampler: multinomial, its step size and
 * metric learnt in a warm-up of growing windows, as in Stan.
 *
 * The same target, start and seed give the same bits.
 *
 * @see Hoffman and Gelman (2014), The No-U-Turn Sampler
 * @see Stan Development Team (2024), Stan Reference Manual, 15.2
 * @module
 */
import type { Random } from "../../core/domain/random.ts";
import {
  createMetric,
  estimateMetric,
  type Metric,
  type MetricEstimate,
} from "./metric.ts";
import { adaptStepSize, type StepSize } from "./step_size.ts";
import type { Point } from "./stretch.ts";
import { type Drive, type Target, Trajectory } from "./trajectory.ts";

/** How to draw. */
export interface ChainOptions {
  /** Moves that only learn step size and metric. */
  readonly warmup: number;
  /** Moves that are kept. */
  readonly draws: number;
  /** Where to start, shape [size]; left as it is. */
  readonly start: Float64Array;
  /** Chance, of this chain alone. */
  readonly random: Random;
  /** Doublings at most, 1 to 20; 10 by default. */
  readonly maxDepth?: number;
  /** Share to accept, (0, 1): more is slower and follows narrower places; 0.8 by default. */
  readonly accept?: number;
  /** Called after every move with the share that is done, (0, 1]. */
  readonly report?: (done: number) => void;
}

/** What a chain drew. */
export interface Chain {
  /** Positions, row-major, shape [draws × size]. */
  readonly draws: Float64Array;
  /** Log density of each, shape [draws]. */
  readonly logDensity: Float64Array;
  /** Mean share accepted after the warm-up. */
  readonly accepted: number;
  /** Moves after the warm-up whose energy ran away. */
  readonly divergences: number;
  /** Moves after the warm-up that stopped at the greatest depth. */
  readonly cutShort: number;
  /** Step settled on. */
  readonly step: number;
  /** Gradients evaluated, with the warm-up. */
  readonly evaluations: number;
}

const FIRST_WINDOW = 25;
const LEARN_STEP = { before: 75, after: 50 };
const MOST_PROBES = 100;

/**
 * Draws one chain.
 *
 * @param target Density to draw from.
 * @param options Length, start, chance.
 * @throws {RangeError} If there is no density at the start.
 */
export function sampleChain(target: Target, options: ChainOptions): Chain {
  const { random, maxDepth = 10, accept = 0.8 } = options;
  const at = startPoint(target, options.start);
  const learning: Learning = {
    at,
    trajectory: new Trajectory(target, random),
    maxDepth,
    steps: adaptStepSize(accept),
    estimate: estimateMetric(target.size),
    report: options.report ?? (() => {}),
    moves: options.warmup + options.draws,
  };
  const warm = warmUp(learning, options.warmup);
  return keepDraws(learning, { ...warm, draws: options.draws });
}

interface Learning {
  readonly at: Point;
  readonly trajectory: Trajectory;
  readonly maxDepth: number;
  readonly steps: StepSize;
  readonly estimate: MetricEstimate;
  readonly report: (done: number) => void;
  readonly moves: number;
}

/**
 * Moves after which a window of learning the metric ends: 25 moves, then doubling, the
 * last taking what is left before the end.
 *
 * @param warmup Moves of the warm-up.
 * @returns Where the first window begins, and where each ends, ascending.
 */
export function planWindows(
  warmup: number,
): { readonly from: number; readonly ends: readonly number[] } {
  const short = warmup < LEARN_STEP.before + FIRST_WINDOW + LEARN_STEP.after;
  const from = short ? Math.floor(0.15 * warmup) : LEARN_STEP.before;
  const until = warmup - (short ? Math.floor(0.1 * warmup) : LEARN_STEP.after);
  if (short) return { from, ends: until > from ? [until] : [] };
  const ends: number[] = [];
  let size = FIRST_WINDOW;
  while ((ends.at(-1) ?? from) < until) {
    const start = ends.at(-1) ?? from;
    ends.push(start + 3 * size > until ? until : start + size);
    size *= 2;
  }
  return { from, ends };
}

function startPoint(target: Target, start: Float64Array): Point {
  const position = start.slice();
  const gradient = new Float64Array(target.size);
  const logDensity = target.logDensity(position, gradient);
  if (Number.isFinite(logDensity) && gradient.every(Number.isFinite)) {
    return { position, gradient, logDensity };
  }
  throw new RangeError(
    `Cannot start chain at log density "${logDensity}": it must be finite, with its gradient`,
  );
}

interface Warm {
  readonly metric: Metric;
  readonly step: number;
}

function warmUp(learning: Learning, warmup: number): Warm {
  const { at, trajectory, maxDepth, steps, estimate } = learning;
  const { from, ends } = planWindows(warmup);
  let metric = createMetric(new Float64Array(at.position.length).fill(1));
  restartStep(learning, { metric, step: 1, maxDepth });
  for (let count = 0; count < warmup; count++) {
    trajectory.move(at, { metric, step: steps.now(), maxDepth });
    steps.learn(trajectory.accepted);
    learning.report((count + 1) / learning.moves);
    if (count < from || count >= (ends.at(-1) ?? 0)) continue;
    estimate.add(at.position);
    if (!ends.includes(count + 1)) continue;
    metric = estimate.take();
    const step = steps.now();
    restartStep(learning, { metric, step, maxDepth });
  }
  return { metric, step: steps.settled() };
}

/** Looks for a step at which one leap is accepted about as often as it should be. */
function restartStep(
  { at, trajectory, steps }: Learning,
  drive: Drive,
): void {
  const target = Math.log(0.8);
  let step = drive.step;
  const longer = trajectory.probe(at, { ...drive, step }) > target;
  for (let probes = 1; probes < MOST_PROBES; probes++) {
    const next = longer ? 2 * step : step / 2;
    const accepted = trajectory.probe(at, { ...drive, step: next });
    step = next;
    if (longer !== accepted > target) break;
  }
  steps.restart(step);
}

function keepDraws(
  { at, trajectory, maxDepth, report, moves }: Learning,
  { metric, step, draws }: Warm & { readonly draws: number },
): Chain {
  const size = at.position.length;
  const positions = new Float64Array(draws * size);
  const logDensity = new Float64Array(draws);
  const drive = { metric, step, maxDepth };
  const count = { accepted: 0, divergences: 0, cutShort: 0 };
  for (let draw = 0; draw < draws; draw++) {
    trajectory.move(at, drive);
    positions.set(at.position, draw * size);
    logDensity[draw] = at.logDensity;
    count.accepted += trajectory.accepted / draws;
    if (trajectory.diverged) count.divergences++;
    else if (trajectory.depth === maxDepth) count.cutShort++;
    report((moves - draws + draw + 1) / moves);
  }
  const { evaluations } = trajectory;
  return { draws: positions, logDensity, step, evaluations, ...count };
}
