/**
 * How a change comes into force, and what the canary of a model is measured by, as given
 * on the command line.
 *
 * @module
 */
import { AT_ONCE, type Rollout } from "../../domain/change.ts";
import type { TrialMeasure } from "../../domain/model_trial.ts";
import { type Options, textOption } from "../command.ts";
import { instantOption, wholeNumberOption } from "../option.ts";

const HOURS = { otherwise: 0, least: 0, most: 2160 };
const PERMILLE = { otherwise: 0, least: 0, most: 1000 };
const WINDOW = { otherwise: 168, least: 1, most: 2160 };
const MOST = { otherwise: 1, least: 1, most: 1_000_000_000_000 };
const ALPHA = { otherwise: 50, least: 1, most: 200 };

/** Options of every command by which a change is given its stages. */
export const ROLLOUT = {
  start: "moment from which on, with its zone; at once unless given",
  "shadow-hours":
    "hours beside what is in force, without effect; 0 unless given",
  "canary-permille": "thousandths of decisions that it decides at first",
  "canary-hours": "hours for which it decides for that share; 0 unless given",
} as const;

/** Options by which the canary of a model is measured. */
export const MEASURE = {
  outcome:
    "kind of outcome that its canary must be found better by, such as conversion; by time alone unless given",
  "money!": "count the money of outcomes, in micros, and not how many",
  "window-hours":
    "hours from a person's first decision in which outcomes count; 168 unless given",
  most: "the most that a person counts for; 1 unless given",
  "alpha-permille":
    "chance of being wrong however often one looks, thousandths; 50 unless given",
  "promote!": "go on by itself when it was found better",
} as const;

/** Reads {@link ROLLOUT}. */
export function rolloutOption(options: Options): Rollout {
  return {
    ...AT_ONCE,
    startAt: options.start === undefined
      ? null
      : instantOption(options, "start", ""),
    shadowHours: wholeNumberOption(options, "shadow-hours", HOURS),
    canaryPermille: wholeNumberOption(options, "canary-permille", PERMILLE),
    canaryHours: wholeNumberOption(options, "canary-hours", HOURS),
  };
}

/** Reads {@link ROLLOUT} with {@link MEASURE}. */
export function measuredRolloutOption(options: Options): Rollout {
  const rollout = rolloutOption(options);
  const measure = measureOption(options);
  return measure === null ? rollout : { ...rollout, measure };
}

function measureOption(options: Options): TrialMeasure | null {
  if (options.outcome === undefined) return null;
  return {
    outcome: textOption(options, "outcome", ""),
    unit: options.money === true ? "money" : "count",
    windowHours: wholeNumberOption(options, "window-hours", WINDOW),
    most: wholeNumberOption(options, "most", MOST),
    alphaPermille: wholeNumberOption(options, "alpha-permille", ALPHA),
    promote: options.promote === true,
  };
}
