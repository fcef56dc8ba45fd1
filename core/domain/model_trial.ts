/**
 * Models on trial: how a version decides for a share of all people, beside the one in
 * charge; what is counted of both, and what ends a trial or carries it on.
 *
 * @module
 */
import type { Trial } from "./change.ts";

/** Sides of a trial: the version in charge, and the one on trial. */
export const TRIAL_ARMS = ["champion", "challenger"] as const;

/** A side of a trial. */
export type TrialArm = (typeof TRIAL_ARMS)[number];

/**
 * What the trial is won by: what came of decisions, by person.
 *
 * A person counts once: for all that came of the decisions of the window that begins with
 * their first on trial, when that window is over. That is the same window on both sides,
 * and one person's decisions are no independent witnesses.
 */
export interface TrialMeasure {
  /** Kind of outcome, such as `conversion`. */
  readonly outcome: string;
  /** `count`: its value, 1 unless told; `money`: its micros. */
  readonly unit: "count" | "money";
  /** Hours from a person's first decision, in which its outcomes must happen and be told. */
  readonly windowHours: number;
  /** The most that a person counts for, in units or micros: what is above is cut. */
  readonly most: number;
  /** Chance of being wrong, however often one looks, thousandths. */
  readonly alphaPermille: number;
  /** Whether it goes on by itself when its time is over and it was found better. */
  readonly promote: boolean;
}

/** What ends a trial by itself; shares are thousandths. */
export interface TrialGuardrails {
  /** Answers that the version owes, as it fails or says no number, more than the one in charge. */
  readonly unscoredPermille: number;
  /** From so many milliseconds on a score is slow. */
  readonly slowMs: number;
  /** Scores that are slow, more than those of the version in charge. */
  readonly slowPermille: number;
  /** Decisions that policies deny, more than those of the version in charge. */
  readonly deniedPermille: number;
  /** What a decision may cost on average, more than those of the version in charge, in thousandths of that. */
  readonly spendPermille: number;
}

/** Guardrails of a trial that names none. */
export const GUARDRAILS: TrialGuardrails = {
  unscoredPermille: 20,
  slowMs: 20,
  slowPermille: 50,
  deniedPermille: 100,
  spendPermille: 250,
};

/** One stage of a trial of a tenant's model. */
export interface TrialStage {
  /** Whose. */
  readonly tenant: string;
  /** Name of the model. */
  readonly name: string;
  /** The change. */
  readonly change: string;
  /** Round of review: what is tried again is counted anew. */
  readonly cycle: number;
  /** Which stage. */
  readonly stage: Trial["stage"];
}

/** The trial that a decision is part of, and the side that was drawn, whoever answered in the end. */
export interface DecisionTrial {
  /** The change. */
  readonly change: string;
  /** Round of review that agreed with it. */
  readonly cycle: number;
  /** The side. */
  readonly arm: TrialArm;
}

/** What was seen of one side of a stage. */
export interface ArmCounts {
  /** Decisions. */
  readonly decisions: number;
  /** Those that a policy denied something of. */
  readonly denied: number;
  /** What they bid or cost, micros. */
  readonly spend: number;
  /** Sum of the squares of that. */
  readonly spendSquares: number;
  /** Answers that were asked of the version. */
  readonly asked: number;
  /** Those that it owes. */
  readonly unscored: number;
  /** Answers that were timed. */
  readonly timed: number;
  /** Those that were slow. */
  readonly slow: number;
  /** Rows that it scored. */
  readonly rows: number;
  /** Lowest score; null before the first. */
  readonly low: number | null;
  /** Highest score. */
  readonly high: number | null;
}

/** What was seen of both sides. */
export type TrialCounts = Readonly<Record<TrialArm, ArmCounts>>;

/** Nothing was seen of a side. */
export const NOTHING_SEEN: ArmCounts = {
  ...{ decisions: 0, denied: 0, spend: 0, spendSquares: 0 },
  ...{ asked: 0, unscored: 0, timed: 0, slow: 0 },
  ...{ rows: 0, low: null, high: null },
};

/**
 * Adds what was seen of a side twice.
 *
 * @param one What was seen.
 * @param more What else was seen.
 * @returns Both.
 */
export function addCounts(one: ArmCounts, more: ArmCounts): ArmCounts {
  return {
    decisions: one.decisions + more.decisions,
    denied: one.denied + more.denied,
    spend: one.spend + more.spend,
    spendSquares: one.spendSquares + more.spendSquares,
    asked: one.asked + more.asked,
    unscored: one.unscored + more.unscored,
    timed: one.timed + more.timed,
    slow: one.slow + more.slow,
    rows: one.rows + more.rows,
    low: pick(Math.min, one.low, more.low),
    high: pick(Math.max, one.high, more.high),
  };
}

function pick(
  choose: (one: number, other: number) => number,
  ...[one, other]: [one: number | null, other: number | null]
): number | null {
  return one === null || other === null ? one ?? other : choose(one, other);
}

/** What may be asked of a canary. */
export interface MeasuredRollout {
  /** Its hours. */
  readonly canaryHours: number;
  /** Its share, thousandths. */
  readonly canaryPermille: number;
  /** What it must be found better by; nothing if absent. */
  readonly measure?: TrialMeasure;
  /** What ends it by itself; the shipped ones if absent. */
  readonly guardrails?: TrialGuardrails;
}

/**
 * Whether a trial can be judged as asked.
 *
 * @param rollout How a change comes into force.
 * @returns Why not, or null.
 */
export function refuseTrial(rollout: MeasuredRollout): string | null {
  const { measure, guardrails } = rollout;
  const limits = Object.values(guardrails ?? {});
  if (limits.some((limit) => !(limit >= 0 && Number.isFinite(limit)))) {
    return "guardrails are numbers from 0";
  }
  return measure === undefined ? null : refuseMeasure(measure, rollout);
}

function refuseMeasure(
  { outcome, unit, windowHours, most, alphaPermille }: TrialMeasure,
  { canaryHours, canaryPermille }: MeasuredRollout,
): string | null {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(outcome)) {
    return "an outcome is a snake_case name of at most 63 characters";
  }
  if (unit !== "count" && unit !== "money") {
    return "outcomes are counted or money";
  }
  if (!(most > 0 && Number.isFinite(most))) {
    return "the most that a person counts for is above 0";
  }
  if (!(alphaPermille >= 1 && alphaPermille <= 200)) {
    return "the chance of being wrong is 1 to 200 thousandths";
  }
  if (canaryPermille >= 1000) {
    return "a canary that is measured leaves somebody to the version in charge";
  }
  return windowHours > 0 && windowHours < canaryHours
    ? null
    : "a canary that is measured is longer than the window of its outcomes";
}
