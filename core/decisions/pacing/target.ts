/**
 * Holds a return: target ROAS, or target CPA as its inverse, with outcomes that come days
 * after the click.
 *
 * What a win is expected to bring counts at once. As outcomes mature, expectation is
 * corrected by what they brought against what should have come by their age:
 *
 *     calibration = (Σ observed + n₀·v) ÷ (Σ expected·matured(age) + n₀·v)
 *     return      = calibration · Σ expected ÷ Σ charged
 *
 * so that few outcomes correct little. The multiplier moves from the one that was bid
 * with, and holds no sum of errors that could wind up while the budget is what binds.
 *
 * @see Chapelle (2014), Modeling Delayed Feedback in Display Advertising, KDD
 * @module
 */
import type {
  NewWins,
  OutcomeCohort,
  TargetState,
} from "../../ports/budgets.ts";

/** A return that is wanted. */
export interface TargetRules {
  /** Value wanted per micro charged: target ROAS, or 1 ÷ target CPA in micros. */
  readonly leastReturn: number;
  /**
   * Share of outcomes that have come by an age, ascending in both; straight between, 0 at
   * age 0, the last share beyond. Shape [points] of [milliseconds, share].
   */
  readonly maturity: readonly (readonly [ageMs: number, share: number])[];
  /** Over which time the return is to be met on average, milliseconds. */
  readonly windowMs: number;
  /** Value of one outcome on average, in units of value. */
  readonly outcomeValue: number;
  /** Outcomes that the model's own expectation counts for. */
  readonly priorOutcomes: number;
  /** Wins before which, and steps between which, little is moved. */
  readonly leastWins: number;
  /** Factor by which one step moves the multiplier at most, above 1. */
  readonly maxStep: number;
}

/** How a target stands. */
export interface TargetStanding {
  /** Value that outcomes bring, over what was expected of them. */
  readonly calibration: number;
  /** Value per micro over the window; null before the first charge. */
  readonly returned: number | null;
}

const COHORT_MS = 3_600_000;
/** Share of `recent` that a step keeps, by time. */
const RECENT_HALF_LIFE_MS = 4 * COHORT_MS;
/** Debts and credits of the window are paid back within this factor of the return. */
const MOST_CATCH_UP = 1.25;
/** The multiplier stays within this factor of the wanted return. */
const MOST_REACH = 5;

/** A target of which nothing is known: each bid on its own brings the return. */
export function openTarget({ leastReturn }: TargetRules): TargetState {
  return {
    multiplier: leastReturn,
    cohorts: [],
    recent: { chargedMicros: 0, expectedValue: 0, logMultiplier: 0, wins: 0 },
  };
}

/**
 * Takes in outcomes.
 *
 * @param wonAt When the wins were won that brought them.
 * @param observedValue What they brought, in units of value; negative if taken back.
 * @returns The state as it was, if those wins are older than the window.
 */
export function observeOutcome(
  state: TargetState,
  wonAt: number,
  observedValue: number,
): TargetState {
  const start = Math.floor(wonAt / COHORT_MS) * COHORT_MS;
  return {
    ...state,
    cohorts: state.cohorts.map((cohort) =>
      cohort.at === start
        ? { ...cohort, observedValue: cohort.observedValue + observedValue }
        : cohort
    ),
  };
}

/** What outcomes so far say. */
export function assess(
  { cohorts }: TargetState,
  now: number,
  { maturity, outcomeValue, priorOutcomes }: TargetRules,
): TargetStanding {
  const prior = priorOutcomes * outcomeValue;
  let [observed, due, expected, charged] = [prior, prior, 0, 0];
  for (const cohort of cohorts) {
    const age = now - cohort.at - COHORT_MS / 2;
    observed += cohort.observedValue;
    due += cohort.expectedValue * maturedShare(maturity, age);
    expected += cohort.expectedValue;
    charged += cohort.chargedMicros;
  }
  const calibration = due > 0 ? Math.max(0, observed) / due : 1;
  const returned = charged > 0 ? calibration * expected / charged : null;
  return { calibration, returned };
}

/** Share of outcomes that have come by an age. */
export function maturedShare(
  maturity: TargetRules["maturity"],
  ageMs: number,
): number {
  let [age, share] = [0, 0];
  for (const [nextAge, nextShare] of maturity) {
    if (ageMs < nextAge) {
      const part = Math.max(0, ageMs - age) / (nextAge - age);
      return share + (nextShare - share) * part;
    }
    [age, share] = [nextAge, nextShare];
  }
  return share;
}

/**
 * Moves the multiplier.
 *
 * @param told When; what was won since the last step, and with which multiplier; for how long.
 */
export function stepTarget(
  state: TargetState,
  told: {
    readonly now: number;
    readonly sinceMs: number;
    readonly applied: number;
    readonly wins: NewWins;
  },
  rules: TargetRules,
): TargetState {
  const cohorts = addWins(state.cohorts, told.now, told.wins)
    .filter(({ at }) => at > told.now - rules.windowMs);
  const recent = fade(state.recent, told);
  const next = { ...state, cohorts, recent };
  const { calibration, returned } = assess(next, told.now, rules);
  if (!(recent.chargedMicros > 0) || returned === null) return next;
  const wanted = clampAround(
    2 * rules.leastReturn - returned,
    rules.leastReturn,
    MOST_CATCH_UP,
  );
  const now = calibration * recent.expectedValue / recent.chargedMicros;
  const bidWith = Math.exp(recent.logMultiplier / recent.chargedMicros);
  const solved = now > 0 ? bidWith * wanted / now : Infinity;
  const trust = recent.wins / (recent.wins + rules.leastWins);
  const step = clampAround(solved / state.multiplier, 1, rules.maxStep);
  const multiplier = clampAround(
    state.multiplier * step ** trust,
    rules.leastReturn,
    MOST_REACH,
  );
  return { ...next, multiplier };
}

function addWins(
  cohorts: readonly OutcomeCohort[],
  now: number,
  { count, chargedMicros, expectedValue }: NewWins,
): readonly OutcomeCohort[] {
  if (count === 0) return cohorts;
  const at = Math.floor(now / COHORT_MS) * COHORT_MS;
  const last = cohorts.at(-1);
  const open = last?.at === at ? last : {
    at,
    chargedMicros: 0,
    expectedValue: 0,
    observedValue: 0,
  };
  const added = {
    ...open,
    chargedMicros: open.chargedMicros + chargedMicros,
    expectedValue: open.expectedValue + expectedValue,
  };
  return [...(open === last ? cohorts.slice(0, -1) : cohorts), added];
}

function fade(
  recent: TargetState["recent"],
  { sinceMs, applied, wins }: {
    readonly sinceMs: number;
    readonly applied: number;
    readonly wins: NewWins;
  },
): TargetState["recent"] {
  const kept = 2 ** (-sinceMs / RECENT_HALF_LIFE_MS);
  return {
    chargedMicros: recent.chargedMicros * kept + wins.chargedMicros,
    expectedValue: recent.expectedValue * kept + wins.expectedValue,
    logMultiplier: recent.logMultiplier * kept +
      wins.chargedMicros * Math.log(applied),
    wins: recent.wins * kept + wins.count,
  };
}

function clampAround(value: number, around: number, factor: number): number {
  return Math.min(Math.max(value, around / factor), around * factor);
}
