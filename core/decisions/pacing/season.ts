/**
 * A rate that repeats with the hour, learnt as it goes: opportunities per hour, or
 * micros per opportunity.
 *
 *     rate(now + u) = season(hour) · [slow + (fast − slow)·2^(−u/2h)]
 *
 * The season is what each hour brought on its latest visits. How far the present is from
 * it is measured twice: over hours, which is believed to stay, and over minutes, which is
 * believed to pass. A surge moves the forecast at once and the season hardly.
 *
 * @module
 */
import type { FadingRate, SeasonState } from "../../ports/budgets.ts";

/** What was seen since it was last told. */
export interface Sighting {
  /** When, milliseconds. */
  readonly at: number;
  /** How long it was watched, milliseconds: time without bidding tells nothing. */
  readonly watchedMs: number;
  readonly seen: number;
  readonly exposure: number;
  /** Opportunities that it rests on. */
  readonly count: number;
}

/** An hour in milliseconds. */
export const HOUR_MS = 3_600_000;
const SLOW_HALF_LIFE_MS = 6 * HOUR_MS;
const FAST_HALF_LIFE_MS = HOUR_MS / 2;
const PASSES_MS = 2 * HOUR_MS;
/** Opportunities that the slower measure counts for in the faster. */
const PRIOR_COUNT = 400;
/** What an hour's earlier visits keep of their weight at a new one. */
const VISIT_KEEPS = 0.6;
/** An hour that was far from its season moves it by this factor at most. */
const MOST_SURPRISE = 2;
const NOTHING: FadingRate = { seen: 0, exposure: 0, count: 0 };

/**
 * A season of which nothing is known yet, or what another has learnt of it.
 *
 * @param hours Hours of it: 24 for a day, 168 for a week.
 */
export function openSeason(hours: number, learnt?: SeasonState): SeasonState {
  return {
    seen: learnt?.seen ?? new Array(hours).fill(0),
    exposure: learnt?.exposure ?? new Array(hours).fill(0),
    slow: NOTHING,
    fast: NOTHING,
    hour: { place: -1, seen: 0, exposure: 0, count: 0 },
  };
}

/** Takes in what was seen; exposure in the unit of the rate, such as hours. */
export function watch(season: SeasonState, sighting: Sighting): SeasonState {
  const { at, watchedMs, seen, exposure, count } = sighting;
  const place = Math.floor(at / HOUR_MS);
  const turned = place === season.hour.place ? season : turn(season, place);
  const expected = exposure * seasonal(turned, place);
  const add = (rate: FadingRate, halfLifeMs: number): FadingRate => {
    const kept = 2 ** (-watchedMs / halfLifeMs);
    return {
      seen: Math.max(0, rate.seen * kept + seen),
      exposure: rate.exposure * kept + expected,
      count: rate.count * kept + count,
    };
  };
  const { hour } = turned;
  return {
    ...turned,
    slow: add(turned.slow, SLOW_HALF_LIFE_MS),
    fast: add(turned.fast, FAST_HALF_LIFE_MS),
    hour: {
      place,
      seen: hour.seen + seen,
      exposure: hour.exposure + exposure,
      count: hour.count + count,
    },
  };
}

/** Learns of the hour that ended. */
function turn(season: SeasonState, place: number): SeasonState {
  const { hour } = season;
  const empty = { place, seen: 0, exposure: 0, count: 0 };
  if (hour.exposure <= 0) return { ...season, hour: empty };
  const at = slotOf(season, hour.place);
  const known = season.exposure[at] ?? 0;
  const usual = (season.seen[at] ?? 0) / known;
  const seen = Math.max(0, hour.seen);
  const believed = usual > 0
    ? clamp(seen, usual * hour.exposure, MOST_SURPRISE)
    : seen;
  const first = season.exposure.every((exposure) => exposure === 0);
  const scale = first && seen > 0 ? seen / hour.exposure : 1;
  const rescale = (rate: FadingRate) => ({
    ...rate,
    exposure: rate.exposure * scale,
  });
  return {
    ...season,
    seen: season.seen.with(
      at,
      (season.seen[at] ?? 0) * VISIT_KEEPS + believed,
    ),
    exposure: season.exposure.with(at, known * VISIT_KEEPS + hour.exposure),
    slow: rescale(season.slow),
    fast: rescale(season.fast),
    hour: empty,
  };
}

function clamp(value: number, around: number, factor: number): number {
  return Math.min(Math.max(value, around / factor), around * factor);
}

/**
 * The rate that the season alone expects; of an hour never visited, the mean of the
 * others; 1 before the first.
 *
 * @param place Hours since 1970.
 */
export function seasonal(season: SeasonState, place: number): number {
  const at = slotOf(season, place);
  const exposure = season.exposure[at] ?? 0;
  if (exposure > 0) return (season.seen[at] ?? 0) / exposure;
  const all = sum(season.exposure);
  return all > 0 ? sum(season.seen) / all : 1;
}

/** How far the present is from the season, and how far from it that will be later. */
export function levelOf(season: SeasonState): (aheadMs: number) => number {
  const visited = season.exposure.some((exposure) => exposure > 0);
  const { slow: { seen, exposure } } = season;
  const slow = ratioOf(season.slow, visited ? 1 : seen / exposure);
  const fast = ratioOf(season.fast, slow);
  return (aheadMs) => slow + (fast - slow) * 2 ** (-aheadMs / PASSES_MS);
}

function ratioOf({ seen, exposure, count }: FadingRate, prior: number): number {
  if (!(exposure > 0)) return prior;
  const trust = count / (count + PRIOR_COUNT);
  return prior + (seen / exposure - prior) * trust;
}

function slotOf({ seen }: SeasonState, place: number): number {
  return ((place % seen.length) + seen.length) % seen.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
