/**
 * Why a model was not trained.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";

/** A dataset from which nothing should be learnt; the reason names the fix. */
export function unfit(model: string, reason: string): EngineError {
  return new EngineError(
    "dataset_invalid",
    `Cannot train model "${model}": ${reason}`,
  );
}
