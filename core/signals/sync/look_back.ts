/**
 * Which days to ask for again. Conversions are credited to the day of the click and
 * become known later; how much later is learnt from what earlier claims of a day
 * said and what it came to. A day is asked for again when enough is expected to
 * have changed since, and once more when it is final; a final day that could not be
 * read whole is asked for again after a day, and then after twice as long each time.
 *
 * @module
 */
import {
  addDays,
  countDays,
  type Day,
  type DayRange,
} from "../../domain/day.ts";
import type { LagPoint, LatestClaim } from "../../ports/signals.ts";

/** Final days that must have been seen before the curve is believed. */
const LEAST_DAYS = 7;
/** Share of what is known that must be expected to have changed. */
const LEAST_CHANGE = 0.005;
/** Share at which a day does not wait for others to be asked for with it. */
const MOST_CHANGE = 2 * LEAST_CHANGE;
/** Days after a day for which it is asked for at every sync. */
const FRESH_DAYS = 2;
/** Longest that a day waits for others when it is final, days. */
const MOST_WAIT_DAYS = 6;

/** Most final days, not read whole, that are asked for again in a day. */
const MOST_MENDED = 7;

/** How much of a day's final total is known by age. */
export interface LagCurve {
  /** Share known so many days after, in [0, 1]. */
  known(ageDays: number): number;
}

/**
 * Learns the curve.
 *
 * @param points What was known at each age of days that are final now.
 * @returns The curve, never falling, or null while there is too little to learn from.
 */
export function learnLag(points: readonly LagPoint[]): LagCurve | null {
  const seen = points
    .filter(({ final, days }) => final > 0 && days >= LEAST_DAYS)
    .toSorted((a, b) => a.ageDays - b.ageDays);
  if (seen.length < 2) return null;
  let highest = 0;
  const curve = seen.map(({ ageDays, known, final }) => {
    highest = Math.max(highest, Math.min(1, known / final));
    return { ageDays, share: highest };
  });
  return { known: (ageDays) => interpolate(curve, ageDays) };
}

function interpolate(
  curve: readonly { readonly ageDays: number; readonly share: number }[],
  ageDays: number,
): number {
  const after = curve.findIndex((point) => point.ageDays >= ageDays);
  if (after < 0) return 1;
  const upper = curve[after];
  const lower = curve[after - 1];
  if (!upper) return 1;
  if (!lower) return upper.ageDays === ageDays ? upper.share : 0;
  const span = upper.ageDays - lower.ageDays;
  const part = (ageDays - lower.ageDays) / span;
  return lower.share + part * (upper.share - lower.share);
}

/** What is known before a sync is planned. */
export interface LookBack {
  /** The account's present local day. */
  readonly today: Day;
  /** First day that is wanted where nothing was claimed yet. */
  readonly firstDay: Day;
  /** First day that the source still keeps; null for all. */
  readonly oldest: Day | null;
  /** Days within which the source says that it changes totals. */
  readonly settlesDays: number;
  readonly claims: readonly LatestClaim[];
  readonly lag: LagCurve | null;
}

/** A day that is worth asking for. */
export interface WantedDay {
  readonly day: Day;
  /** False if it can wait until others are asked for with it. */
  readonly pressing: boolean;
}

/**
 * Picks the days that are worth asking for.
 *
 * @param lookBack What is known.
 * @returns Days in order, the present one included.
 */
export function pickDays(lookBack: LookBack): WantedDay[] {
  const { today, firstDay, oldest, claims } = lookBack;
  const latest = new Map(claims.map((claim) => [claim.day, claim]));
  const earliest = claims[0]?.day ?? firstDay;
  const asked = earliest < firstDay ? earliest : firstDay;
  const from = oldest !== null && asked < oldest ? oldest : asked;
  const mended = pickMended(lookBack, from);
  const days: WantedDay[] = [];
  for (let day = from; day <= today; day = addDays(day, 1)) {
    const claim = latest.get(day);
    const pressing = claim === undefined ? day >= firstDay : mended.has(day);
    if (pressing) days.push({ day, pressing });
    else if (claim) days.push(...wantAgain(day, claim, lookBack));
  }
  return days;
}

/**
 * Final days that were not read whole and are due, the latest of them. Each sync
 * claims the present day first: where it is claimed already, this day's were picked.
 */
function pickMended(
  { claims, today }: LookBack,
  from: Day,
): ReadonlySet<Day> {
  if ((claims.at(-1)?.day ?? "") >= today) return new Set();
  const due = claims.filter(({ day, ageDays, partialReads }) =>
    partialReads > 0 && day >= from &&
    ageOf(day, today) - ageDays >= 2 ** (partialReads - 1)
  );
  return new Set(due.slice(-MOST_MENDED).map(({ day }) => day));
}

function ageOf(day: Day, today: Day): number {
  return countDays({ from: addDays(day, 1), until: today });
}

function wantAgain(
  day: Day,
  claim: LatestClaim,
  { today, oldest, settlesDays, lag }: LookBack,
): WantedDay[] {
  if (claim.maturity === "final") return [];
  const age = ageOf(day, today);
  const fresh = claim.ageDays < FRESH_DAYS || lag === null;
  if (fresh) return [{ day, pressing: true }];
  if (age >= settlesDays) {
    const leaving = addDays(day, -MOST_WAIT_DAYS) < (oldest ?? "");
    return [{ day, pressing: leaving || age >= settlesDays + MOST_WAIT_DAYS }];
  }
  const known = lag.known(age);
  const change = known === 0
    ? Infinity
    : (known - lag.known(claim.ageDays)) / known;
  return change < LEAST_CHANGE
    ? []
    : [{ day, pressing: change >= MOST_CHANGE }];
}

/**
 * Joins days into ranges. A call for some days costs as much as a call for one, so
 * days that are not wanted are asked for along where fewer than half a range of them
 * lie between, and a range of days that can all wait is not asked for. The present
 * day, which moves while it is read, is a range of its own.
 *
 * @param days Days in order.
 * @param mostDays Longest range.
 * @param today The account's present local day.
 * @returns Half-open ranges.
 */
export function joinDays(
  days: readonly WantedDay[],
  mostDays: number,
  today: Day,
): DayRange[] {
  const ranges: { from: Day; until: Day; pressing: boolean }[] = [];
  for (const { day, pressing } of days) {
    const last = ranges.at(-1);
    const fits = last !== undefined && day < today &&
      countDays({ from: last.until, until: day }) < mostDays / 2 &&
      countDays({ from: last.from, until: day }) < mostDays;
    if (fits) {
      last.until = addDays(day, 1);
      last.pressing ||= pressing;
    } else ranges.push({ from: day, until: addDays(day, 1), pressing });
  }
  return ranges.filter(({ pressing }) => pressing)
    .map(({ from, until }) => ({ from, until }));
}
