/**
 * One effect and one answer for a caller's key. Within the process a second
 * request waits for nobody: it is told that the first is under way. Across nodes
 * the log keeps the key in the transaction of its entry.
 *
 * @module
 */
import { keyInFlight, keyReused } from "../domain/idempotency.ts";
import type { IdempotencyStore, IdempotentAnswer } from "../ports/decisions.ts";

/** A caller's key, bound to one request. */
export interface Idempotent {
  readonly route: string;
  readonly key: string;
  readonly requestHash: string;
}

/** What a keyed request came to. */
export interface KeyedAnswer<T> {
  /** Null when an earlier request with the key had been answered. */
  readonly made: T | null;
  readonly answer: string;
}

/** What a request comes to: made now, or the first answer, met on writing. */
export type Outcome<T> =
  | { readonly made: T; readonly answer: string }
  | { readonly first: IdempotentAnswer };

/** Keys whose requests are under way in this process. */
export interface Keys {
  /**
   * Runs a request once for its key.
   *
   * @throws {EngineError} `idempotency_key_reused`, `idempotency_key_in_flight`.
   */
  once<T>(
    tenant: string,
    idempotent: Idempotent,
    run: () => Promise<Outcome<T>>,
  ): Promise<KeyedAnswer<T>>;
}

/** Opens the keys over the store of first answers. */
export function createKeys(store: IdempotencyStore): Keys {
  const underWay = new Map<string, string>();
  return {
    async once(tenant, idempotent, run) {
      const { route, key, requestHash } = idempotent;
      const name = JSON.stringify([tenant, route, key]);
      const running = underWay.get(name);
      if (running !== undefined) {
        throw running === requestHash ? keyInFlight() : keyReused();
      }
      underWay.set(name, requestHash);
      try {
        const first = await store.find(tenant, route, key);
        return met(first === null ? await run() : { first }, idempotent);
      } finally {
        underWay.delete(name);
      }
    },
  };
}

/**
 * What a request is answered with.
 *
 * @param outcome What it came to.
 * @param idempotent The caller's key, or null.
 * @returns What was made, or the first answer.
 * @throws {EngineError} `idempotency_key_reused` if the first was another request's.
 */
export function met<T>(
  outcome: Outcome<T>,
  idempotent: Idempotent | null,
): KeyedAnswer<T> {
  if ("made" in outcome) return outcome;
  const { first } = outcome;
  if (first.requestHash !== idempotent?.requestHash) throw keyReused();
  return { made: null, answer: first.answer };
}
