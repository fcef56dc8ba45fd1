/**
 * Every job, over an engine that is open.
 *
 * @module
 */
import type { Job } from "../../jobs/job.ts";
import type { Configuration } from "../configuration.ts";
import type { NightlyPlan } from "../nightly_plans.ts";
import type { Opened } from "../open.ts";
import { keepRetentionJob } from "./keep_retention.ts";
import { makePlansJob } from "./make_plans.ts";
import { materializeJob } from "./materialize.ts";
import { nameRecordsJob } from "./name_records.ts";
import { retrainModelsJob, watchModelsJob } from "./models.ts";
import { watchPlansJob } from "./watch_plans.ts";
import { watchSourcesJob } from "./watch_sources.ts";

/**
 * Makes all jobs.
 *
 * @param opened The engine that they work on.
 * @param options When they are due, what is planned at night, and where they log.
 */
export function everyJob(
  { engine, stores, clock, ids }: Pick<
    Opened,
    "engine" | "stores" | "clock" | "ids"
  >,
  { configuration, nightly, log }: {
    readonly configuration: Configuration;
    readonly nightly: readonly NightlyPlan[];
    log(entry: unknown): void;
  },
): readonly Job[] {
  const { features, trust, plans } = engine;
  const { signals, watches } = stores;
  const { materializeMinutes, retrainAt, planAt } = configuration;
  const kept = { features, signals, clock, log };
  const models = {
    ...{ ...kept, watches, retrainAt },
    ...{ models: engine.models, look: engine.lookAt },
    retrain: (tenant, record, options) =>
      engine.retrain({ tenant, record, ...options }),
  } satisfies Parameters<typeof watchModelsJob>[0];
  return [
    materializeJob({ ...kept, materializeMinutes }),
    makePlansJob({ ...kept, plans, planAt, nightly }),
    watchPlansJob({ ...kept, plans }),
    watchModelsJob(models),
    retrainModelsJob(models),
    watchSourcesJob({ ...kept, trust }),
    keepRetentionJob({ stores, configuration, clock, ids, log }),
    nameRecordsJob({ stores, clock }),
  ];
}
