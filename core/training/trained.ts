/**
 * A model before it is registered.
 *
 * @module
 */
import type { ModelEvidence } from "../domain/evidence.ts";
import type { ModelLineage, ModelRecord } from "../domain/score.ts";
import type { TrialStore } from "../ports/models.ts";
import type { ReadScope } from "./dataset.ts";
import type { Fitter } from "./fit.ts";

/** What training made, and from what. */
export interface Trained
  extends
    Pick<ModelRecord, "schema" | "metrics" | "unit" | "use" | "artifactKind">,
    Pick<ModelLineage, "rows" | "datasetHash" | "views"> {
  readonly artifact: Uint8Array;
  readonly evidence: ModelEvidence;
  /** Parameters it was fitted with, as they would be written. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** What making a model is lent. */
export interface MakeScope extends ReadScope {
  readonly fitter: Fitter;
  readonly trials: TrialStore;
  /** Version of the engine's code and of the family's. */
  readonly code: string;
}
