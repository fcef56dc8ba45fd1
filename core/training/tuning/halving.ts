/**
 * Successive halving: many parameters on few rows, the best third of them on three
 * times as many, until the last few learn from all rows. The parameters given come to
 * the last rung whatever happens, so that tuning never does worse than they by its own
 * measure.
 *
 * @see Jamieson and Talwalkar (2016), Non-stochastic Best Arm Identification and
 * Hyperparameter Optimization, AISTATS
 * @module
 */
import { canonicalJson } from "../../domain/canonical.ts";
import type { TrialRecord } from "../../domain/evidence.ts";
import {
  type PlannedTrial,
  ranked,
  type Search,
  type SearchOptions,
} from "./search.ts";
import { chanceOf, drawParams, type Params } from "./space.ts";

/** Of so many, one goes on. */
const KEEP_ONE_OF = 3;
/** So many learn from all rows, at least: the parameters given, and two better. */
const LAST = 3;
/** Rows below which nothing can be told apart. */
const LEAST_ROWS = 300;

/** Plans rung by rung. */
export function planRungs(options: SearchOptions): Search {
  const sizes = rungSizes(options);
  return {
    total: sizes.reduce((sum, size) => sum + size, 0),
    next: (tried) => nextRung(options, sizes, tried),
  };
}

function rungSizes({ trials, rows }: SearchOptions): number[] {
  const byRows = Math.floor(logOf(Math.max(1, rows / LEAST_ROWS)));
  const byTrials = Math.floor(logOf(Math.max(1, trials / LAST)));
  const rungs = 1 + Math.min(byRows, byTrials);
  return Array.from(
    { length: rungs },
    (_, rung) => Math.ceil(trials / KEEP_ONE_OF ** rung),
  );
}

/** Logarithm by rungs, safe from rounding below a whole power. */
function logOf(value: number): number {
  return Math.log(value) / Math.log(KEEP_ONE_OF) + 1e-9;
}

function nextRung(
  options: SearchOptions,
  sizes: readonly number[],
  tried: readonly TrialRecord[],
): readonly PlannedTrial[] {
  let first = 0;
  for (const [rung, size] of sizes.entries()) {
    if (tried.length === first) {
      const effort = KEEP_ONE_OF ** (rung + 1 - sizes.length);
      const chosen = rung === 0
        ? draws(options, size)
        : best(options, tried.slice(first - (sizes[rung - 1] ?? 0)), size);
      return chosen.map((params, place) => ({
        number: first + place,
        params,
        effort,
      }));
    }
    first += size;
  }
  return [];
}

function draws({ space, given, seed }: SearchOptions, size: number): Params[] {
  return Array.from(
    { length: size },
    (_, number) =>
      number === 0
        ? given
        : { ...given, ...drawParams(space, chanceOf(seed, number)) },
  );
}

/** The given first, then the best; the refused fill up what is missing. */
function best(
  { given }: SearchOptions,
  rung: readonly TrialRecord[],
  size: number,
): Params[] {
  const order = [
    ...ranked(rung),
    ...rung.filter(({ loss }) => loss === null),
  ].map(({ params }) => params);
  const others = order.filter((params) => !isSame(params, given));
  return [given, ...others, ...order].slice(0, size);
}

function isSame(a: Params, b: Params): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
