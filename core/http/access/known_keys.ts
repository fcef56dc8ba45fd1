/**
 * Keys on record, and those that were found lately.
 *
 * While the store answers, a record found is believed for a few seconds, so a key that
 * another node revoked works at most that much longer. While it does not, a key that was
 * found before is believed for some minutes, so that what it calls goes on; keys that are
 * not on record are never kept.
 *
 * @module
 */
import { createInstantReader } from "../../domain/day.ts";
import { EngineError } from "../../domain/error.ts";
import type { Soon } from "../../domain/soon.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ApiKey, KeyStore } from "../../ports/access.ts";

/** How long a found record is believed while the store answers. */
export const KEY_CACHE_SECONDS = 5;

/** How long a found record is believed while the store does not answer. */
export const KEY_OUTAGE_SECONDS = 300;

/** How long somebody known waits for a store that may be down. */
const PATIENCE_MS = 100;
/** Pause before a store that did not answer is asked for a known key again. */
const RETRY_MS = 1000;
const MAX_KEPT_KEYS = 1000;
const HOUR_MS = 3_600_000;

/** Finds keys. */
export interface KnownKeys {
  /**
   * A key by its id.
   *
   * @param id What names it.
   * @returns The record, or null if there is none; at hand if it is believed.
   * @throws {EngineError} `store_unavailable` while the store does not answer, unless it
   * told of the key within {@link KEY_OUTAGE_SECONDS}.
   */
  find(id: string): Soon<ApiKey | null>;
  /**
   * Notes that a key was used, at most once an hour for each.
   *
   * @param key The key.
   */
  used(key: ApiKey): void;
  /**
   * Lets go of what is known of a key, which this node has just changed.
   *
   * @param id What names it.
   */
  forget(id: string): void;
}

interface Kept {
  record: ApiKey;
  readMs: number;
  failedMs: number;
}

/**
 * Opens what is known of keys.
 *
 * @param keys Where they are on record.
 * @param clock For the age of what is kept.
 * @returns Keys, nothing known yet.
 */
export function createKnownKeys(
  keys: Pick<KeyStore, "find" | "touch">,
  clock: Clock,
): KnownKeys {
  const millisOf = createInstantReader();
  const nowMs = () => millisOf(clock.now());
  const { kept, ask, giveUp, forget } = createReading(keys, nowMs);

  return {
    find(id) {
      const now = nowMs();
      const known = kept.get(id);
      if (known === undefined) return ask(id);
      const age = Math.abs(now - known.readMs);
      if (age < KEY_CACHE_SECONDS * 1000) return known.record;
      if (age >= KEY_OUTAGE_SECONDS * 1000) return ask(id);
      if (Math.abs(now - known.failedMs) < RETRY_MS) return known.record;
      return orBelieve(ask(id), () => {
        giveUp(id);
        known.failedMs = nowMs();
        return known.record;
      });
    },
    used(key) {
      const { tenant, id, usedAt } = key;
      if (usedAt !== null && nowMs() - Date.parse(usedAt) < HOUR_MS) return;
      const at = clock.now();
      const known = kept.get(id);
      if (known) known.record = { ...key, usedAt: at };
      keys.touch(tenant, id, at).catch(() => {});
    },
    forget,
  };
}

/** Keeps what the store says, however many ask for it at once. */
function createReading(
  keys: Pick<KeyStore, "find">,
  nowMs: () => number,
) {
  const kept = new Map<string, Kept>();
  const asked = new Map<string, Promise<ApiKey | null>>();
  let changes = 0;
  function ask(id: string): Promise<ApiKey | null> {
    const known = asked.get(id);
    if (known !== undefined) return known;
    const begunMs = nowMs();
    const before = changes;
    const asking = keys.find(id).then((record) => {
      const { readMs = -Infinity } = kept.get(id) ?? {};
      if (readMs > begunMs || before !== changes) return record;
      kept.delete(id);
      if (record !== null) keep(kept, record, begunMs);
      return record;
    }).finally(() => asked.get(id) === asking && asked.delete(id));
    asked.set(id, asking);
    return asking;
  }
  return {
    ...{ kept, ask },
    /** Asks again at the next use; what is said late counts all the same. */
    giveUp: (id: string) => void asked.delete(id),
    /** What is being read now may be of before, and is not kept. */
    forget(id: string): void {
      changes++;
      kept.delete(id);
      asked.delete(id);
    },
  };
}

/** What the store says, or what is believed if it says nothing now. */
async function orBelieve(
  asking: Promise<ApiKey | null>,
  believe: () => ApiKey,
): Promise<ApiKey | null> {
  const { promise: late, resolve } = Promise.withResolvers<ApiKey>();
  const timer = setTimeout(() => resolve(believe()), PATIENCE_MS);
  const told = asking.catch((error) => {
    if (error instanceof EngineError && error.retryable) return believe();
    throw error;
  });
  return await Promise.race([told, late]).finally(() => clearTimeout(timer));
}

function keep(kept: Map<string, Kept>, record: ApiKey, readMs: number): void {
  const [oldest] = kept.keys();
  if (kept.size >= MAX_KEPT_KEYS && oldest !== undefined) kept.delete(oldest);
  kept.set(record.id, { record, readMs, failedMs: -Infinity });
}
