/**
 * From a budget's terms to the rules that its nodes bid under.
 *
 * @module
 */
import { type BudgetTerms, unitOf } from "../../domain/budget.ts";
import { DAY_MS } from "../../domain/day.ts";
import type { NodeTerms } from "../pacing/bidder.ts";
import type { Flight } from "../pacing/flight.ts";
import type { PaceRules } from "../pacing/pace.ts";
import type { TargetRules } from "../pacing/target.ts";
import { zoneDays } from "../pacing/zone_day.ts";

/** For how long a node bids without being renewed: as long as a store may be away. */
export const LEASE_MS = 120_000;

const HOUR_MS = 3_600_000;
/** A notice that another node heard may be on its way for so long. */
const ROUTED_MS = 15_000;
/** Bids that silence ended are told of for as long again; then a win breaks the promise. */
const FORGOTTEN_AFTER = 2;
/** The multiplier stays within these factors of what is usual, and of where it begins. */
const [FLOOR, CEILING] = [1 / 20, 1000];
/** Where nothing says what an outcome is worth. */
const UNKNOWN_FLOOR = 1 / 1000;
const TARGET_WINDOW_MS = 7 * DAY_MS;

/** Makes the rules of a budget. */
export function paceTerms(terms: BudgetTerms): NodeTerms {
  const { bids, notices: { lifeSeconds } } = terms;
  return {
    flight: flightOf(terms),
    rules: rulesOf(terms),
    leaseMs: LEASE_MS,
    leastGrantMicros: bids.mostMicros,
    maxBidMicros: bids.mostMicros,
    silence: silenceOf(terms),
    lifetimeMs: 1000 * lifeSeconds,
  };
}

function silenceOf(
  { notices: { lostAfterSeconds, lifeSeconds } }: BudgetTerms,
): NodeTerms["silence"] {
  if (lostAfterSeconds === null) return null;
  const lostAfterMs = 1000 * lostAfterSeconds + ROUTED_MS;
  const told = Math.max(FORGOTTEN_AFTER * lostAfterMs, 1000 * lifeSeconds);
  return { lostAfterMs, forgottenAfterMs: told };
}

function flightOf(
  { from, until, closedAt, zone, capMicros, dayCapMicros }: BudgetTerms,
): Flight {
  const begins = Date.parse(from);
  const ends = Math.min(Date.parse(until), Date.parse(closedAt ?? until));
  return {
    from: begins,
    until: Math.max(begins, ends),
    capMicros,
    dayCapMicros,
    dayOf: zoneDays(zone),
  };
}

function rulesOf(terms: BudgetTerms): PaceRules {
  const target = targetOf(terms);
  const isCount = unitOf(terms) === "outcomes";
  const usual = target?.leastReturn ??
    (isCount ? 1 / terms.bids.mostMicros : 1);
  const wanted = terms.startMultiplier ?? usual;
  const floor = isCount && target === null ? UNKNOWN_FLOOR : FLOOR;
  const own = terms.objective === "profit"
    ? 1
    : Math.min(usual, wanted) * floor;
  const start = Math.max(wanted, own);
  const throttles = terms.mode === "throttle";
  return {
    mode: throttles ? "throttle" : "scale",
    startMultiplier: start,
    floorMultiplier: throttles ? start : own,
    ceilingMultiplier: Math.max(start, usual) * CEILING,
    elasticity: 2,
    stepMs: 60_000,
    maxStep: 1.15,
    leastOpportunities: 50,
    seasonHours: 24,
    seasons: null,
    leastPacePermille: 0,
    target,
  };
}

/** Of a cost per outcome the inverse is wanted: so many outcomes per micro. */
function targetOf({ target }: BudgetTerms): TargetRules | null {
  if (target === null) return null;
  const held = target.kind === "roas"
    ? {
      leastReturn: target.returnPermille / 1000,
      outcomeValue: target.outcomeValueMicros,
    }
    : { leastReturn: 1 / target.costMicros, outcomeValue: 1 };
  return {
    ...held,
    maturity: [[target.withinHours * HOUR_MS, 1]],
    windowMs: TARGET_WINDOW_MS,
    priorOutcomes: 20,
    leastWins: 50,
    maxStep: 1.02,
  };
}
