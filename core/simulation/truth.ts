/**
 * How far what was learnt is from what is true.
 *
 * @module
 */
import type { FittedCurve, ResponseCurve } from "../domain/score.ts";
import { respond } from "../domain/response.ts";
import { type Arm, ARMS, type Subject } from "./email.ts";
import type { Campaign } from "./company.ts";

/** Relative error of a curve over the spend that was seen. */
export interface CurveError {
  readonly campaign: string;
  readonly median: number;
  readonly worst: number;
}

const POINTS = 20;

/**
 * Compares a fitted curve with the truth between the tenth and ninetieth
 * percentile of the days on which the campaign spent.
 *
 * @param campaign The campaign and its truth.
 * @param fitted What was learnt.
 * @returns |fitted − true| ÷ true at evenly spaced spends: median and worst.
 */
export function curveError(
  campaign: Campaign,
  fitted: FittedCurve,
): CurveError {
  const spent = campaign.spend.filter((micros) => micros > 0).sort();
  const low = spent[Math.floor(spent.length * 0.1)] ?? 0;
  const high = spent[Math.floor(spent.length * 0.9)] ?? 0;
  const errors = Float64Array.from({ length: POINTS }, (_, index) => {
    const spend = low + (high - low) * index / (POINTS - 1);
    return relativeError(campaign.curve, fitted.curve, spend);
  }).sort();
  return {
    campaign: campaign.id,
    median: errors[POINTS >> 1] ?? NaN,
    worst: errors[POINTS - 1] ?? NaN,
  };
}

function relativeError(
  truth: ResponseCurve,
  fitted: ResponseCurve,
  spend: number,
): number {
  const actual = respond(truth, spend);
  return Math.abs(respond(fitted, spend) - actual) / actual;
}

/**
 * Values a choice of arms: visits expected per thousand people.
 *
 * @param subjects People with their true chances.
 * @param choose The arm for each.
 * @returns Visits per thousand.
 */
export function visitsPerThousand(
  subjects: readonly Subject[],
  choose: (subject: Subject) => Arm,
): number {
  const visits = subjects.reduce(
    (sum, subject) => sum + subject.visitChance[choose(subject)],
    0,
  );
  return 1000 * visits / subjects.length;
}

/**
 * The arm that is truly best for a person.
 *
 * @param subject The person.
 * @returns The arm with the highest chance of a visit.
 */
export function bestArm({ visitChance }: Subject): Arm {
  return ARMS.reduce((best, arm) =>
    visitChance[arm] > visitChance[best] ? arm : best
  );
}
