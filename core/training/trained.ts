/**
 * A model before it is registered.
 *
 * @module
 */
import type { ModelLineage, ModelRecord } from "../domain/score.ts";

/** What training made, and from what. */
export interface Trained
  extends
    Pick<ModelRecord, "schema" | "metrics" | "unit" | "use" | "artifactKind">,
    Pick<ModelLineage, "rows" | "datasetHash" | "views"> {
  readonly artifact: Uint8Array;
}
