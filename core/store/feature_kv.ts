/**
 * Features by key in Deno KV: one key for an entity's vector of one view version.
 *
 * A read belongs to a decision, which must be answered: it fails early rather than
 * wait. A write belongs to a batch and waits while another process writes.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { FeatureValue, FeatureVector } from "../domain/feature.ts";
import type { OnlineFeatures } from "../ports/features.ts";
import { EngineError } from "../domain/error.ts";
import { chunks } from "./chunks.ts";
import { AGAIN, untilUnlocked } from "./locked.ts";

/** Keys that one read may name. */
const READ_KEYS = 10;
/** Keys that one commit may check, and so vectors that it may write. */
const CHECKS = 100;
/** Bytes that one commit may write, with room for the encoding of keys and values. */
const COMMIT_BYTES = 819_200 / 2;
/** Longest that a read may take. */
const READ_MS = 250;
/** Longest that one commit is tried. */
const WRITE_MS = 15_000;

interface Kept {
  readonly at: Instant;
  readonly values: readonly FeatureValue[];
}

type Key = Pick<FeatureVector, "view" | "version" | "entity">;

/** Keeps features in a key-value store, which is opened when it is first used. */
export function createOnlineFeatures(
  open: () => Promise<Deno.Kv>,
  { readMs = READ_MS, writeMs = WRITE_MS } = {},
): OnlineFeatures {
  return {
    read: async (tenant, keys) => {
      const entries = await answered(
        async () =>
          await within(
            untilUnlocked(
              async () => await readEntries(await open(), tenant, keys),
              readMs,
            ),
            readMs,
          ),
      );
      return keys.map((key, place) => {
        const kept = entries[place]?.value ?? null;
        return kept === null ? null : { ...key, ...kept };
      });
    },
    write: async (tenant, vectors) => {
      for (const commit of commits(vectors)) {
        await answered(async () =>
          await untilUnlocked(
            async () => await replaceOlder(await open(), tenant, commit),
            writeMs,
          )
        );
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
    kv.getMany<Kept[]>(page.map((key) => kvKey(tenant, key)))
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

/** Replaces what is older, unless another writer came between. */
async function replaceOlder(
  kv: Deno.Kv,
  tenant: string,
  vectors: readonly FeatureVector[],
): Promise<null | typeof AGAIN> {
  const entries = await readEntries(kv, tenant, vectors);
  const commit = kv.atomic();
  let changes = 0;
  vectors.forEach(({ at, values, ...key }, place) => {
    const entry = entries[place];
    if (entry === undefined || !isOlder(entry.value, { at, values })) return;
    commit.check(entry).set(kvKey(tenant, key), { at, values });
    changes++;
  });
  if (changes === 0) return null;
  return (await commit.commit()).ok ? null : AGAIN;
}

function isOlder(kept: Kept | null, { at, values }: Kept): boolean {
  if (kept === null || kept.at < at) return true;
  return kept.at === at &&
    JSON.stringify(kept.values) !== JSON.stringify(values);
}

/** Gives up on what takes too long; it may still end, unheard. */
async function within<T>(work: Promise<T>, longestMs: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new TypeError(`No answer within ${longestMs} ms`)),
    longestMs,
  );
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw new EngineError(
      "store_unavailable",
      "Cannot use the online feature store: it does not answer in time, or others keep writing to it",
      { cause },
    );
  }
}
