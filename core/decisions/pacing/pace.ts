/**
 * The multiplier at which a budget lasts to its end and no longer: the dual price of the
 * budget, solved anew each minute from what the rest of the time is expected to cost.
 *
 *     cost(m) = Σ over hours left of traffic · cost per opportunity · m^(−ε)
 *     m       = (cost(1) ÷ what is left)^(1 ÷ ε)
 *
 * As what is left is divided anew each time, an outage is caught up over the hours that
 * remain, and no error is summed that could wind up. A wrong ε slows this down and does
 * not bias it, as the cost is measured at the multiplier in force. Steps are bounded.
 *
 * @see Balseiro, Besbes and Pizarro (2024), Survey of Dynamic Resource-Constrained Reward
 * Collection Problems, Operations Research 72(5), on re-solving; Balseiro, Lu and
 * Mirrokni (2023), The Best of Many Worlds: Dual Mirror Descent for Online Allocation
 * Problems, Operations Research 71(1); Kumar, Balseiro and Kroer (2023), Robust Budget
 * Pacing with a Single Sample, ICML, on spending plans from few samples
 * @module
 */
import type { PacingState } from "../../ports/budgets.ts";
import type { Expected } from "./account.ts";
import type { Flight, Span } from "./flight.ts";
import { HOUR_MS, levelOf, openSeason, seasonal, watch } from "./season.ts";
import { openTarget, stepTarget, type TargetRules } from "./target.ts";

/** How a budget is paced. */
export interface PaceRules {
  /**
   * `scale`: all bids are made lower, which buys the best value. `throttle`: some
   * opportunities are left out, where bids must stay as they are.
   */
  readonly mode: "scale" | "throttle";
  /** Multiplier to begin with: the plan's shadow price of the budget, or yesterday's. */
  readonly startMultiplier: number;
  /** Value wanted per micro however much is left: 1 for profit. */
  readonly floorMultiplier: number;
  readonly ceilingMultiplier: number;
  /** Percent that spend falls when the multiplier rises by one: 2 if nothing is known. */
  readonly elasticity: number;
  /** Time between steps, milliseconds. */
  readonly stepMs: number;
  /** Factor by which one step moves the multiplier at most, above 1. */
  readonly maxStep: number;
  /** Opportunities before which it does not move. */
  readonly leastOpportunities: number;
  /** Hours of the season: 24, or 168 with some weeks of history. */
  readonly seasonHours: number;
  /**
   * Seasons that a like budget has learnt in the same mode with the same elasticity; null
   * to learn from nothing.
   */
  readonly seasons: Pick<PacingState, "traffic" | "cost"> | null;
  /** Least share of the spend due by now; below it the target waits. 0 for none. */
  readonly leastPacePermille: number;
  /** Null if no return is wanted. */
  readonly target: TargetRules | null;
}

/** What happened until now. */
export interface PaceStep {
  readonly now: number;
  readonly flight: Flight;
  readonly expected: Expected;
}

const NO_WINS = { count: 0, chargedMicros: 0, expectedValue: 0 };

/** A pacing of which nothing is known. */
export function openPacing(rules: PaceRules, now: number): PacingState {
  const { startMultiplier, seasonHours, seasons, target } = rules;
  return applyTarget({
    multiplier: startMultiplier,
    applied: startMultiplier,
    steppedAt: now,
    expectedMicros: 0,
    opportunities: 0,
    wins: NO_WINS,
    traffic: openSeason(seasonHours, seasons?.traffic),
    cost: openSeason(seasonHours, seasons?.cost),
    target: target === null ? null : openTarget(target),
  }, { rules, behind: false });
}

/** Share of opportunities that is bid on. */
export function participation(
  { multiplier, applied }: PacingState,
  { mode }: PaceRules,
): number {
  return mode === "throttle" ? Math.min(1, applied / multiplier) : 1;
}

/** Learns from what happened since the last step, and moves the multipliers. */
export function stepPace(
  pacing: PacingState,
  step: PaceStep,
  rules: PaceRules,
): PacingState {
  const sinceMs = Math.max(0, step.now - pacing.steppedAt);
  const seen = learn(pacing, step, rules);
  const isNewDay = step.flight.dayOf(pacing.steppedAt).from !==
    step.flight.dayOf(step.now).from;
  const target = rules.target === null || seen.target === null
    ? seen.target
    : stepTarget(
      seen.target,
      { now: step.now, sinceMs, applied: pacing.applied, wins: pacing.wins },
      rules.target,
    );
  const multiplier = seen.traffic.slow.count < rules.leastOpportunities
    ? seen.multiplier
    : moveMultiplier(seen, step, { rules, free: isNewDay });
  const moved = {
    ...seen,
    multiplier,
    target,
    steppedAt: step.now,
    expectedMicros: step.expected.totalMicros,
    opportunities: 0,
    wins: NO_WINS,
  };
  return applyTarget(moved, { rules, behind: isBehind(moved, step, rules) });
}

function learn(
  pacing: PacingState,
  { now, expected }: PaceStep,
  rules: PaceRules,
): PacingState {
  const watchedMs = Math.min(now - pacing.steppedAt, 3 * rules.stepMs);
  if (!(watchedMs > 0)) return pacing;
  const { opportunities: count } = pacing;
  const at = now - watchedMs;
  return {
    ...pacing,
    traffic: watch(pacing.traffic, {
      at,
      watchedMs,
      seen: count,
      exposure: watchedMs / HOUR_MS,
      count,
    }),
    cost: watch(pacing.cost, {
      at,
      watchedMs,
      seen: expected.totalMicros - pacing.expectedMicros,
      exposure: count * response(pacing, rules),
      count,
    }),
  };
}

/** Cost at the multiplier in force, over that at 1 or without throttling. */
function response(pacing: PacingState, rules: PaceRules): number {
  return rules.mode === "throttle"
    ? participation(pacing, rules)
    : pacing.applied ** -rules.elasticity;
}

function moveMultiplier(
  pacing: PacingState,
  { now, flight, expected }: PaceStep,
  { rules, free }: { readonly rules: PaceRules; readonly free: boolean },
): number {
  const { dayCapMicros } = flight;
  const left = flight.capMicros - expected.totalMicros;
  const spans = dayCapMicros === null
    ? [{ from: now, until: flight.until }]
    : daysLeft(flight, now);
  const forecast = forecastCost(pacing, now);
  const days = spans.map((span, place) => ({
    cost: forecast(span),
    most: dayCapMicros === null
      ? left
      : dayCapMicros - (place === 0 ? expected.dayMicros : 0),
  }));
  const wanted = multiplierAt(lastingPace(days, left), pacing, rules);
  if (!(wanted >= 0 && wanted < Infinity)) return pacing.multiplier;
  const most = free ? Infinity : rules.maxStep;
  const stepped = Math.min(
    Math.max(wanted, pacing.multiplier / most),
    pacing.multiplier * most,
  );
  return Math.min(
    Math.max(stepped, rules.floorMultiplier),
    rules.ceilingMultiplier,
  );
}

function daysLeft({ dayOf, until }: Flight, now: number): Span[] {
  const days: Span[] = [];
  for (let from = now; from < until;) {
    const end = Math.min(dayOf(from).until, until);
    days.push({ from, until: end });
    from = end;
  }
  return days;
}

/**
 * The most of its cost at a multiplier of 1 that each day may have, so that today keeps
 * its cap, and all days, each within its own, what is left: Σ min(most, pace · cost) = left.
 */
function lastingPace(
  days: readonly { readonly cost: number; readonly most: number }[],
  leftMicros: number,
): number {
  const [today] = days;
  if (today === undefined || !(today.most > 0 && leftMicros > 0)) return 0;
  let left = leftMicros;
  let cost = days.reduce((sum, day) => sum + day.cost, 0);
  const ownPace = today.most / today.cost;
  const byPace = [...days].sort((a, b) => a.most / a.cost - b.most / b.cost);
  for (const day of byPace) {
    if (left <= cost * day.most / day.cost) {
      return Math.min(ownPace, left / cost);
    }
    left -= day.most;
    cost -= day.cost;
  }
  return ownPace;
}

/** The multiplier that costs a share of what 1 would; infinite for none. */
function multiplierAt(
  pace: number,
  { applied }: PacingState,
  { mode, elasticity }: PaceRules,
): number {
  return mode === "throttle" ? applied / pace : pace ** (-1 / elasticity);
}

/** What spans are expected to cost at a multiplier of 1, micros. */
function forecastCost({ traffic, cost }: PacingState, now: number) {
  const [trafficLevel, costLevel] = [levelOf(traffic), levelOf(cost)];
  return ({ from, until }: Span) =>
    sumHours(
      { from, until },
      (place, at) =>
        seasonal(traffic, place) * trafficLevel(at - now) *
        seasonal(cost, place) * costLevel(at - now),
    );
}

/** Sums a rate per hour over a span. */
function sumHours(
  { from, until }: Span,
  rate: (place: number, at: number) => number,
): number {
  let total = 0;
  for (let at = from; at < until;) {
    const place = Math.floor(at / HOUR_MS);
    const end = Math.min((place + 1) * HOUR_MS, until);
    total += (end - at) / HOUR_MS * rate(place, (at + end) / 2);
    at = end;
  }
  return total;
}

/** Whether less was spent than the minimum pace wants. */
export function isBehind(
  { traffic, cost }: PacingState,
  { now, flight, expected }: PaceStep,
  { leastPacePermille }: PaceRules,
): boolean {
  if (leastPacePermille === 0) return false;
  const rate = (place: number) =>
    seasonal(traffic, place) * seasonal(cost, place);
  const due = (cap: number, { from, until }: Span) =>
    cap * sumHours({ from, until: now }, rate) /
    sumHours({ from, until }, rate);
  const day = flight.dayOf(now);
  const isShort = flight.dayCapMicros === null
    ? expected.totalMicros * 1000 < leastPacePermille *
        due(flight.capMicros, flight)
    : expected.dayMicros * 1000 < leastPacePermille *
        due(flight.dayCapMicros, day);
  return now > flight.from && isShort;
}

/** Bids with what the budget or the target wants, whichever is more. */
function applyTarget(
  pacing: PacingState,
  { rules, behind }: { readonly rules: PaceRules; readonly behind: boolean },
): PacingState {
  const wanted = behind ? 0 : pacing.target?.multiplier ?? 0;
  const least = Math.max(wanted, rules.floorMultiplier);
  return {
    ...pacing,
    applied: rules.mode === "throttle"
      ? least
      : Math.max(pacing.multiplier, least),
  };
}
