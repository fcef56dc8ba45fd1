/**
 * Answers under callers' keys, sealed as their effects are; those of effects that are
 * kept in clear are in clear.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { IdempotencyStore, IdempotentAnswer } from "../ports/decisions.ts";
import type { DataKeys, SealingKey } from "./data_keys.ts";
import { openText, parseSealedText, sealText } from "./sealed_text.ts";

/** Opens answers where they are found. */
export function openAnswers(
  store: IdempotencyStore,
  keys: DataKeys,
): IdempotencyStore {
  return {
    ...store,
    async find(tenant, route, key) {
      const first = await store.find(tenant, route, key);
      return first && await openAnswer(keys, tenant, first);
    },
  };
}

/** Seals an answer. */
export function sealAnswer(
  key: SealingKey,
  tenant: string,
  first: IdempotentAnswer,
): IdempotentAnswer {
  const answer = sealText(key, placeOf(tenant, first), first.answer);
  return { ...first, answer };
}

/**
 * Opens an answer; one in clear is as it is.
 *
 * @throws {EngineError} `record_erased` if its key was destroyed; `log_tampered` if it is
 * not what was sealed.
 */
export async function openAnswer(
  keys: DataKeys,
  tenant: string,
  first: IdempotentAnswer,
): Promise<IdempotentAnswer> {
  const sealed = parseSealedText(first.answer);
  if (sealed === null) return first;
  const key = (await keys.forOpening(tenant, [sealed.key])).get(sealed.key);
  if (key === null) throw erased();
  const answer = key && openText(key, placeOf(tenant, first), sealed);
  if (answer === undefined || answer === null) throw changed();
  return { ...first, answer };
}

function placeOf(tenant: string, { route, key }: IdempotentAnswer) {
  return [tenant, "answer", route, key];
}

function erased(): EngineError {
  return new EngineError(
    "record_erased",
    "Cannot answer again: what the first answer under this idempotency key was about was erased",
  );
}

function changed(): EngineError {
  return new EngineError(
    "log_tampered",
    "Cannot answer again: the first answer under this idempotency key is not what was kept",
  );
}
