/**
 * What Prometheus reads of models on trial: what this node saw of both sides, and, on the
 * node that judges, the difference that they make. One trial at a time of a model, so that
 * labels are few.
 *
 * @module
 */
import { Counter, Gauge, type Registry } from "prom-client";
import type { Instant } from "../../domain/day.ts";
import {
  TRIAL_ARMS,
  type TrialCounts,
  type TrialStage,
} from "../../domain/model_trial.ts";

/** What is asked of trials when they are printed. */
export interface WatchedTrials {
  /** What this node saw since it started. */
  seen(): readonly {
    /** Which stage. */
    readonly stage: TrialStage;
    /** What was seen. */
    readonly counts: TrialCounts;
  }[];
  /** When the last version of each model that went ill was stopped, where this node stopped it. */
  stopped(): readonly {
    /** Whose. */
    readonly tenant: string;
    /** Name of the model. */
    readonly name: string;
    /** When. */
    readonly at: Instant;
  }[];
  /** What was found last, on the node that judges. */
  found(): readonly {
    /** Which stage. */
    readonly stage: TrialStage;
    /** People who are counted. */
    readonly people: number;
    /** In the unit of the measure. */
    readonly difference: number;
    /** Lower end of its interval. */
    readonly low: number;
    /** Upper end. */
    readonly high: number;
  }[];
}

const COUNTS = [
  {
    name: "moe_model_trial_decisions_total",
    help: "Decisions of a canary of a model on this node, by the side drawn",
    of: "decisions",
  },
  {
    name: "moe_model_trial_unscored_total",
    help: "Answers that the version of a side owes",
    of: "unscored",
  },
  {
    name: "moe_model_trial_slow_total",
    help: "Answers of a side that were slow",
    of: "slow",
  },
  {
    name: "moe_model_trial_denied_total",
    help: "Decisions of a side that a policy denied something of",
    of: "denied",
  },
] as const;

const FINDINGS = [
  {
    name: "moe_model_trial_people",
    help: "People whose outcomes are counted; told by the node that judges",
    of: "people",
  },
  {
    name: "moe_model_trial_value_difference",
    help: "Mean of what came of the challenger's people less the champion's",
    of: "difference",
  },
  {
    name: "moe_model_trial_value_difference_low",
    help: "Lower end of its interval, which holds at every look at once",
    of: "low",
  },
  {
    name: "moe_model_trial_value_difference_high",
    help: "Upper end of its interval",
    of: "high",
  },
] as const;

/**
 * Makes the metrics of models on trial.
 *
 * @param registry Where they are printed.
 * @param trials What is asked when they are.
 */
export function registerTrials(
  registry: Registry,
  trials: WatchedTrials,
): void {
  const registers = [registry];
  for (const { name, help, of } of COUNTS) {
    new Counter({
      ...{ name, help, registers },
      labelNames: ["tenant", "model", "stage", "arm"],
      collect() {
        this.reset();
        for (const { stage, counts } of trials.seen()) {
          for (const arm of TRIAL_ARMS) {
            this.labels(stage.tenant, stage.name, stage.stage, arm)
              .inc(counts[arm][of]);
          }
        }
      },
    });
  }
  for (const { name, help, of } of FINDINGS) {
    new Gauge({
      ...{ name, help, registers },
      labelNames: ["tenant", "model"],
      collect() {
        this.reset();
        for (const { stage, ...found } of trials.found()) {
          this.labels(stage.tenant, stage.name).set(found[of]);
        }
      },
    });
  }
  registerStopped(registry, trials);
}

function registerStopped(registry: Registry, trials: WatchedTrials): void {
  new Gauge({
    name: "moe_model_trial_stopped_timestamp_seconds",
    help: "When this node last stopped a version on trial, as it went ill",
    labelNames: ["tenant", "model"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { tenant, name, at } of trials.stopped()) {
        this.labels(tenant, name).set(Date.parse(at) / 1000);
      }
    },
  });
}
