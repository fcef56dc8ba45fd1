/**
 * Trains a version anew: as its record says, on what is known now.
 *
 * @module
 */
import type { ModelRecord } from "../domain/score.ts";
import type { Report } from "../../plugins/contract.ts";
import { specOf } from "./reproduce.ts";
import { trainModel, type TrainScope } from "./train.ts";

/** Which version to train anew, and who does. */
export interface RetrainJob {
  readonly tenant: string;
  readonly record: ModelRecord;
  /** May not review what comes out. */
  readonly by: string;
  readonly report: Report;
}

/**
 * Trains anew and registers, pending.
 *
 * @throws {EngineError} `request_invalid` if it was not trained here; what training throws.
 */
export async function retrainModel(
  scope: TrainScope,
  { tenant, record, by, report }: RetrainJob,
): Promise<ModelRecord> {
  specOf(record);
  const spec = { ...JSON.parse(record.lineage.spec), asOf: null };
  return await trainModel(scope, { tenant, spec, by, report });
}
