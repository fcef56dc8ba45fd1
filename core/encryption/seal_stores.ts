/**
 * What is sealed of all that is kept.
 *
 * @module
 */
import type { Stores } from "../ports/stores.ts";
import type { DataKeys } from "./data_keys.ts";
import { openAnswers } from "./seal_answers.ts";
import { sealLog } from "./seal_log.ts";
import { sealModels } from "./seal_models.ts";
import { sealNaming } from "./seal_naming.ts";

/** Seals decisions with their answers, and the artifacts of models. */
export function sealStores(stores: Stores, keys: DataKeys): Stores {
  return {
    ...stores,
    log: sealLog(stores.log, keys),
    naming: sealNaming(stores.naming, keys),
    idempotency: openAnswers(stores.idempotency, keys),
    models: sealModels(stores.models, keys),
  };
}
