/**
 * A model's trial on the wire: both sides, what came of them, and what happens next.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { CHANGE_STATES, type Rollout } from "../../domain/change.ts";
import type { Lift } from "../../domain/confidence_sequence.ts";
import {
  type ArmCounts,
  GUARDRAILS,
  type TrialCounts,
  type TrialGuardrails,
  type TrialMeasure,
} from "../../domain/model_trial.ts";
import type { ModelTrialReport } from "../../engine/trial_report.ts";
import { instantField } from "./fields.ts";

const outcomeField = z.string().regex(
  /^[a-z][a-z0-9_]{0,62}$/,
  "expected snake_case, such as conversion",
);

/** What a canary must be found better by. */
export const measureSchema = z.strictObject({
  outcome: outcomeField.openapi({ example: "conversion" }),
  unit: z.enum(["count", "money"]).openapi({
    description: "Its value, 1 unless told; or its micros",
  }),
  window_hours: z.number().positive().openapi({
    description:
      "From a person's first decision on trial, in which outcomes happen and are told; shorter than the canary",
  }),
  most: z.number().positive().openapi({
    description:
      "The most that a person counts for, in units or micros; more is cut",
  }),
  alpha_permille: z.int().min(1).max(200).openapi({
    description: "Chance of being wrong, however often one looks, thousandths",
  }),
  promote: z.boolean().openapi({
    description: "Whether it goes on by itself when it was found better",
  }),
});

/** What ends a trial by itself. */
export const guardrailsSchema = z.strictObject({
  unscored_permille: z.number().min(0),
  slow_ms: z.number().min(0),
  slow_permille: z.number().min(0),
  denied_permille: z.number().min(0),
  spend_permille: z.number().min(0),
});

/** As callers send it: what is left out is as shipped. */
export const guardrailsBody = guardrailsSchema.partial();

const armSchema = z.object({
  decisions: z.int(),
  denied: z.int(),
  spend_micros: z.number(),
  asked: z.int(),
  unscored: z.int(),
  timed: z.int(),
  slow: z.int(),
  rows: z.int(),
  lowest_score: z.number().nullable(),
  highest_score: z.number().nullable(),
});

const countsSchema = z.object({ champion: armSchema, challenger: armSchema });

const peopleSchema = z.object({ people: z.int(), total: z.number() });

const liftSchema = z.object({
  difference: z.number().openapi({
    description: "Of the means of both sides, challenger less champion",
  }),
  low: z.number().openapi({
    description:
      "Holds at every look at once, but for the chance of the measure",
  }),
  high: z.number(),
});

/** A trial. */
export const trialSchema = z.object({
  model: z.string(),
  change_id: z.string(),
  state: z.enum(CHANGE_STATES),
  since: instantField,
  until: instantField.nullable(),
  champion: z.string().nullable(),
  challenger: z.string().nullable(),
  canary_permille: z.int(),
  measure: measureSchema.nullable(),
  guardrails: guardrailsSchema,
  shadow: countsSchema,
  canary: countsSchema,
  outcomes: z.object({
    champion: peopleSchema,
    challenger: peopleSchema,
    points: z.array(liftSchema.extend({ at: instantField, people: z.int() })),
  }).nullable().openapi({
    description:
      "People whose window is over, what came of them, and how the difference came about; null before any was read",
  }),
  lift: liftSchema.nullable(),
  better: z.boolean(),
  next: z.string(),
}).openapi("ModelTrial");

/**
 * Prints a trial.
 *
 * @param report The trial.
 * @returns JSON-like value.
 */
export function trialToJson(
  report: ModelTrialReport,
): z.input<typeof trialSchema> {
  const { name, change, state, since, until, measure, outcomes, lift } = report;
  return {
    ...{ model: name, change_id: change, state, since, until },
    champion: report.champion,
    challenger: report.challenger,
    canary_permille: report.permille,
    measure: measure && measureToJson(measure),
    guardrails: guardrailsToJson(report.guardrails),
    shadow: countsToJson(report.shadow),
    canary: countsToJson(report.canary),
    outcomes: outcomes && {
      champion: { ...outcomes.arms.champion },
      challenger: { ...outcomes.arms.challenger },
      points: outcomes.points.map(({ at, people, ...lift }) => ({
        ...{ at, people, ...liftToJson(lift) },
      })),
    },
    lift: lift && liftToJson(lift),
    better: report.isBetter,
    next: report.next,
  };
}

/**
 * Reads what a canary is measured by and what ends a trial.
 *
 * @param body As parsed.
 * @returns Members of a rollout; none where nothing was sent.
 */
export function trialTermsFromJson(body: {
  readonly measure?: z.output<typeof measureSchema> | undefined;
  readonly guardrails?: z.output<typeof guardrailsBody> | undefined;
}): Pick<Rollout, "measure" | "guardrails"> {
  const { measure, guardrails } = body;
  return {
    ...measure && {
      measure: {
        ...{ outcome: measure.outcome, unit: measure.unit, most: measure.most },
        windowHours: measure.window_hours,
        alphaPermille: measure.alpha_permille,
        promote: measure.promote,
      },
    },
    ...guardrails && {
      guardrails: {
        unscoredPermille: guardrails.unscored_permille ??
          GUARDRAILS.unscoredPermille,
        slowMs: guardrails.slow_ms ?? GUARDRAILS.slowMs,
        slowPermille: guardrails.slow_permille ?? GUARDRAILS.slowPermille,
        deniedPermille: guardrails.denied_permille ?? GUARDRAILS.deniedPermille,
        spendPermille: guardrails.spend_permille ?? GUARDRAILS.spendPermille,
      },
    },
  };
}

/**
 * Prints what a canary is measured by.
 *
 * @param measure The measure.
 * @returns JSON-like value.
 */
export function measureToJson(
  { outcome, unit, windowHours, most, alphaPermille, promote }: TrialMeasure,
): z.input<typeof measureSchema> {
  return {
    ...{ outcome, unit, most, promote },
    window_hours: windowHours,
    alpha_permille: alphaPermille,
  };
}

/**
 * Prints what ends a trial.
 *
 * @param guardrails The limits.
 * @returns JSON-like value.
 */
export function guardrailsToJson(
  guardrails: TrialGuardrails,
): z.input<typeof guardrailsSchema> {
  return {
    unscored_permille: guardrails.unscoredPermille,
    slow_ms: guardrails.slowMs,
    slow_permille: guardrails.slowPermille,
    denied_permille: guardrails.deniedPermille,
    spend_permille: guardrails.spendPermille,
  };
}

function countsToJson({ champion, challenger }: TrialCounts) {
  return { champion: armToJson(champion), challenger: armToJson(challenger) };
}

function armToJson(
  { spend, spendSquares: _, low, high, ...counts }: ArmCounts,
): z.input<typeof armSchema> {
  return {
    ...counts,
    spend_micros: spend,
    lowest_score: low,
    highest_score: high,
  };
}

function liftToJson({ difference, low, high }: Lift) {
  return { difference, low, high };
}
