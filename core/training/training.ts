/**
 * What the stage does: trains and registers, makes a version again, measures one again.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { ModelRecord } from "../domain/score.ts";
import {
  type EvaluateJob,
  type Remeasured,
  remeasureModel,
  type Scored,
} from "./remeasure.ts";
import {
  type ReproduceJob,
  reproduceModel,
  type Reproduction,
} from "./reproduce.ts";
import { type RetrainJob, retrainModel } from "./retrain.ts";
import { type TrainJob, trainModel, type TrainScope } from "./train.ts";

/** Training, as its operator sees it. */
export interface Training {
  /** Trains a model and registers it as pending. */
  train(job: TrainJob): Promise<ModelRecord>;
  /** Trains a version anew on what is known now, and registers it as pending. */
  retrain(job: RetrainJob): Promise<ModelRecord>;
  /** Rows of the last days that labels are complete for, unseen in training; null for too few. */
  labelledLately(
    tenant: string,
    record: ModelRecord,
    days: number,
  ): Promise<Pick<Remeasured, "metrics" | "intervals"> & Scored | null>;
  /** Makes a version again and compares the bytes. */
  reproduce(job: ReproduceJob): Promise<Reproduction>;
  /** Measures a version on labels that came about since. */
  evaluate(job: EvaluateJob): Promise<Remeasured>;
}

/** Opens the stage. */
export function createTraining(scope: TrainScope): Training {
  return {
    train: (job) => trainModel(scope, job),
    retrain: (job) => retrainModel(scope, job),
    labelledLately: async (tenant, record, days) => {
      const job = { tenant, ref: record, asOf: null, days, report: () => {} };
      try {
        const { scored, metrics, intervals } = await remeasureModel(scope, job);
        return { ...scored, metrics, intervals };
      } catch (error) {
        if (isTooEarly(error)) return null;
        throw error;
      }
    },
    reproduce: (job) => reproduceModel(scope, job),
    evaluate: (job) => remeasureModel(scope, job),
  };
}

/** There are too few labels yet, or the version is none that could have any. */
function isTooEarly(error: unknown): boolean {
  return error instanceof EngineError &&
    ["dataset_invalid", "request_invalid"].includes(error.code);
}
