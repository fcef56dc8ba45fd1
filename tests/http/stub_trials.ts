/**
 * A trial of the stub's model.
 *
 * @module
 */
import { EngineError } from "../../core/domain/error.ts";
import { GUARDRAILS, NOTHING_SEEN } from "../../core/domain/model_trial.ts";
import type { Engine } from "../../core/engine.ts";
import type { ModelTrialReport } from "../../core/engine/trial_report.ts";

const SINCE = "2026-01-30T09:00:00.000Z";
const SEEN = { ...NOTHING_SEEN, decisions: 9, asked: 9, low: 0.1, high: 0.9 };
const COUNTS = { champion: SEEN, challenger: SEEN };
const LIFT = { difference: 0.02, low: -0.01, high: 0.05 };

/** The trial of `email_visit` of tenant `acme`. */
export const TRIAL: ModelTrialReport = {
  ...{ name: "email_visit", change: "chg_9", state: "canary", since: SINCE },
  until: "2026-02-02T09:00:00.000Z",
  ...{ champion: "email_visit@1", challenger: "email_visit@2", permille: 100 },
  measure: {
    ...{ outcome: "conversion", unit: "count", windowHours: 24, most: 1 },
    ...{ alphaPermille: 50, promote: true },
  },
  guardrails: GUARDRAILS,
  ...{ shadow: COUNTS, canary: COUNTS },
  outcomes: {
    arms: {
      champion: { people: 90, total: 9 },
      challenger: { people: 10, total: 2 },
    },
    points: [{ at: SINCE, people: 100, ...LIFT }],
  },
  ...{ lift: LIFT, isBetter: false, next: "It goes on" },
};

/** Trials of the stub. */
export const TRIALS: Engine["trials"] = {
  report: (tenant, name) =>
    tenant === "acme" && name === TRIAL.name
      ? Promise.resolve(TRIAL)
      : Promise.reject(
        new EngineError("not_found", `Cannot find trial of model "${name}"`),
      ),
  seen: () => [{
    stage: {
      ...{ tenant: "acme", name: TRIAL.name, change: TRIAL.change },
      ...{ cycle: 1, stage: "canary" },
    },
    ...{ counts: COUNTS, guardrails: GUARDRAILS, stopped: "it owes answers" },
  }],
  stopped: () => [{
    ...{ tenant: "acme", name: TRIAL.name, change: TRIAL.change },
    ...{ cycle: 1, at: SINCE },
  }],
  found: () => [{
    stage: {
      ...{ tenant: "acme", name: TRIAL.name, change: TRIAL.change },
      ...{ cycle: 1, stage: "canary" },
    },
    ...{ people: 100, ...LIFT },
  }],
};
