/**
 * Features by key in Deno KV: one key for an entity's vector of one view version.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { FeatureValue, FeatureVector } from "../domain/feature.ts";
import type { OnlineFeatures } from "../ports/features.ts";
import { EngineError } from "../domain/error.ts";
import { chunks } from "./chunks.ts";

/** Keys that one read may name. */
const READ_KEYS = 10;
/** Keys that one commit may check, and so vectors that it may write. */
const CHECKS = 100;
/** Bytes that one commit may write, with room for the encoding of keys and values. */
const COMMIT_BYTES = 819_200 / 2;
const ATTEMPTS = 20;
const PAUSE_MS = 25;

interface Kept {
  readonly at: Instant;
  readonly values: readonly FeatureValue[];
}

type Key = Pick<FeatureVector, "view" | "version" | "entity">;

/** Keeps features in a key-value store. */
export function createOnlineFeatures(kv: Deno.Kv): OnlineFeatures {
  return {
    read: async (tenant, keys) => {
      const entries = await readEntries(kv, tenant, keys);
      return keys.map((key, place) => {
        const kept = entries[place]?.value ?? null;
        return kept === null ? null : { ...key, ...kept };
      });
    },
    write: async (tenant, vectors) => {
      for (const commit of commits(vectors)) {
        await persist(() => replaceOlder(kv, tenant, commit));
      }
    },
  };
}

async function readEntries(
  kv: Deno.Kv,
  tenant: string,
  keys: readonly Key[],
): Promise<Deno.KvEntryMaybe<Kept>[]> {
  const pages = [...chunks(keys, READ_KEYS)].map((page) =>
    persist(() => kv.getMany<Kept[]>(page.map((key) => kvKey(tenant, key))))
  );
  return (await Promise.all(pages)).flat();
}

function kvKey(tenant: string, { view, version, entity }: Key): Deno.KvKey {
  return ["feature", tenant, view, version, entity];
}

/** Cuts a list into commits; the last of equal keys and greatest moment is enough. */
function* commits(
  vectors: readonly FeatureVector[],
): Generator<readonly FeatureVector[]> {
  const newest = new Map<string, FeatureVector>();
  for (const vector of vectors) {
    const name = JSON.stringify(kvKey("", vector));
    if (vector.at >= (newest.get(name)?.at ?? "")) newest.set(name, vector);
  }
  let commit: FeatureVector[] = [];
  let bytes = 0;
  for (const vector of newest.values()) {
    const size = JSON.stringify(vector).length * 2;
    if (commit.length === CHECKS || bytes + size > COMMIT_BYTES) {
      if (commit.length > 0) yield commit;
      commit = [];
      bytes = 0;
    }
    commit.push(vector);
    bytes += size;
  }
  if (commit.length > 0) yield commit;
}

/** Replaces what is older; says false if another writer came between. */
async function replaceOlder(
  kv: Deno.Kv,
  tenant: string,
  vectors: readonly FeatureVector[],
): Promise<boolean> {
  const entries = await readEntries(kv, tenant, vectors);
  const commit = kv.atomic();
  let changes = 0;
  vectors.forEach(({ at, values, ...key }, place) => {
    const entry = entries[place];
    if (entry === undefined || !isOlder(entry.value, { at, values })) return;
    commit.check(entry).set(kvKey(tenant, key), { at, values });
    changes++;
  });
  return changes === 0 || (await commit.commit()).ok;
}

function isOlder(kept: Kept | null, { at, values }: Kept): boolean {
  if (kept === null || kept.at < at) return true;
  return kept.at === at &&
    JSON.stringify(kept.values) !== JSON.stringify(values);
}

/** Tries again while another process holds the file or changes the same keys. */
async function persist<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      const result = await work();
      if (result !== false) return result;
    } catch (cause) {
      if (!/locked/.test(String(cause)) || attempt === ATTEMPTS) {
        throw unavailable(cause);
      }
    }
    await new Promise((wake) => setTimeout(wake, PAUSE_MS * attempt));
  }
  throw unavailable(null);
}

function unavailable(cause: unknown): EngineError {
  return new EngineError(
    "store_unavailable",
    "Cannot use the online feature store: it does not answer, or others keep changing the same features",
    { cause },
  );
}
