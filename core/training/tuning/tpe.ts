/**
 * Tree-structured Parzen estimator: parameters are drawn from where the good trials
 * lie, and the draw is taken that the bad ones make least likely. Each parameter is
 * looked at by itself, on its scale from 0 to 1.
 *
 * @see Bergstra, Bardenet, Bengio and Kégl (2011), Algorithms for Hyper-Parameter
 * Optimization, NeurIPS
 * @module
 */
import type { TunableRange } from "../../../plugins/contract.ts";
import type { TrialRecord } from "../../domain/evidence.ts";
import type { Random } from "../../domain/random.ts";
import { ranked, type Search, type SearchOptions } from "./search.ts";
import {
  chanceOf,
  drawParams,
  type Params,
  placeOf,
  valueAt,
} from "./space.ts";

/** Trials that are planned together, so that as many may run at a time. */
const ROUND = 4;
/** Trials drawn evenly before anything is concluded. */
const START = 8;
/** Share of the trials that counts as good. */
const GOOD = 0.25;
const CANDIDATES = 24;
/** Least width of a kernel, of a scale from 0 to 1. */
const LEAST_WIDTH = 0.05;

/** Plans in rounds of a few. */
export function planSuggestions(options: SearchOptions): Search {
  const { trials, given } = options;
  return {
    total: trials,
    next: (tried) => {
      const from = tried.length;
      const size = Math.min(from === 0 ? START : ROUND, trials - from);
      return Array.from({ length: size }, (_, place) => {
        const number = from + place;
        const params = number === 0 ? given : {
          ...given,
          ...suggest(options, tried, number),
        };
        return { number, params, effort: 1 };
      });
    },
  };
}

function suggest(
  { space, seed }: SearchOptions,
  tried: readonly TrialRecord[],
  number: number,
): Params {
  const random = chanceOf(seed, number);
  const order = ranked(tried);
  const good = order.slice(0, Math.max(2, Math.ceil(GOOD * order.length)));
  const bad = [
    ...order.slice(good.length),
    ...tried.filter(({ loss }) => loss === null),
  ];
  if (number < START || bad.length === 0) return drawParams(space, random);
  return Object.fromEntries(
    Object.keys(space).sort().map((name) => {
      const range = space[name] as TunableRange;
      const placesOf = (trials: readonly TrialRecord[]) =>
        trials.map(({ params }) => placeOf(range, params[name]))
          .filter((place) => place !== null);
      const kernels = {
        good: placesOf(good),
        bad: placesOf(bad),
        width: widthOf(range, good.length),
      };
      return [name, valueAt(range, drawPlace(kernels, random))];
    }),
  );
}

/** Kernels narrow as trials come; those of a choice stay within it. */
function widthOf(range: TunableRange, trials: number): number {
  return "choices" in range
    ? 0.25 / range.choices.length
    : Math.max(LEAST_WIDTH, 0.3 / Math.sqrt(trials));
}

interface Kernels {
  readonly good: readonly number[];
  readonly bad: readonly number[];
  readonly width: number;
}

function drawPlace({ good, bad, width }: Kernels, random: Random): number {
  let best = { place: 0.5, ratio: -Infinity };
  for (let candidate = 0; candidate < CANDIDATES; candidate++) {
    const kernel = Math.floor(random.next() * (good.length + 1));
    const centre = good[kernel];
    const place = centre === undefined
      ? random.next()
      : reflect(centre + width * random.normal());
    const ratio = density(good, place, width) / density(bad, place, width);
    if (ratio > best.ratio) best = { place, ratio };
  }
  return best.place;
}

/** Mean of the kernels and of one that is even. */
function density(
  centres: readonly number[],
  place: number,
  width: number,
): number {
  const peaks = centres.reduce(
    (sum, centre) =>
      sum + Math.exp(-(((place - centre) / width) ** 2) / 2) /
        (width * Math.sqrt(2 * Math.PI)),
    0,
  );
  return (peaks + 1) / (centres.length + 1);
}

/** Folds what lies outside back into [0, 1). */
function reflect(place: number): number {
  const folded = Math.abs(place) % 2;
  return Math.min(folded > 1 ? 2 - folded : folded, 1 - 1e-9);
}
