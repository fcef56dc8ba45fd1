/**
 * Features by key in Deno KV: one key for an entity's vector of one view version.
 *
 * A read belongs to a decision, which does not wait longer than its deadline: what is
 * locked is tried again briefly, and what does not answer at all is not asked for a while.
 * A write belongs to a batch and waits while another process writes.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { FeatureVector } from "../domain/feature.ts";
import type { OnlineFeatures, VectorKey, ViewRef } from "../ports/features.ts";
import { EngineError } from "../domain/error.ts";
import { chunks } from "./chunks.ts";
import { changesAfter, noteChanges } from "./feature_changes.ts";
import {
  commits,
  type Kept,
  keptOf,
  readVectorKey,
  vectorKey,
  vectorsOf,
} from "./feature_commits.ts";
import { createGuards } from "./guard/guards.ts";
import { AGAIN, untilUnlocked } from "./locked.ts";

/** Keys that one read may name. */
const READ_KEYS = 10;
/** Vectors that are listed at a time. */
const PAGE = 1000;
/** Longest that a read is tried again which finds the file locked. */
const LOCKED_MS = 250;
/** A read that takes longer hangs: on a busy machine one may take most of it. */
const HANGING_MS = 1000;
/** Longest that one commit is tried. */
const WRITE_MS = 15_000;

const IDENTITY: Deno.KvKey = ["identity"];

/** Runs work on the store, again while others hold it. */
type Ask = <T>(
  work: (kv: Deno.Kv) => Promise<T | typeof AGAIN>,
) => Promise<T>;

/** Keeps features in a key-value store, which is opened when it is first used. */
export function createOnlineFeatures(
  open: () => Promise<Deno.Kv>,
  { hangingMs = HANGING_MS, guard = createGuards().of("kv") } = {},
): OnlineFeatures {
  const reading: Ask = (work) =>
    answered(async () => {
      const kv = await open();
      const longestMs = Math.min(LOCKED_MS, hangingMs);
      return await guard.run(
        () => untilUnlocked(() => work(kv), longestMs),
        hangingMs,
      );
    });
  const writing: Ask = (work) =>
    answered(() =>
      untilUnlocked(async () => await work(await open()), WRITE_MS)
    );
  return {
    read: async (tenant, keys) => {
      const entries = await reading((kv) => readEntries(kv, tenant, keys));
      return keys.map((key, place) => {
        const kept = entries[place]?.value ?? null;
        return kept === null ? null : { ...key, ...kept };
      });
    },
    write: async (tenant, vectors) => {
      for (const commit of commits(vectors)) {
        await writing((kv) => replaceOlder(kv, tenant, commit));
      }
    },
    remove: async (tenant, keys) => {
      for (const commit of commits(keys)) {
        await writing((kv) => remove(kv, tenant, commit));
      }
    },
    all: (tenant) => listVectors(open, tenant),
    through: (tenant, view) =>
      reading(async (kv) =>
        (await kv.get<Instant>(throughKey(tenant, view))).value
      ),
    setThrough: (tenant, view, at) =>
      writing((kv) => moveThrough(kv, throughKey(tenant, view), at)),
    changesAfter: (tenant, place) =>
      reading((kv) => changesAfter(kv, tenant, place)),
    identity: async () =>
      await reading(async (kv) => (await kv.get<string>(IDENTITY)).value) ??
        await writing(makeIdentity),
  };
}

/** Pages of what is kept; a list is cut and taken up again, so that writes come between. */
async function* listVectors(
  open: () => Promise<Deno.Kv>,
  tenant: string,
): AsyncIterable<readonly (VectorKey & Pick<Kept, "at">)[]> {
  let cursor = "";
  do {
    const page = await answered(() =>
      untilUnlocked(async () => {
        const kv = await open();
        const entries = kv.list<Kept>(vectorsOf(tenant), {
          limit: PAGE,
          cursor,
        });
        const vectors = await Array.fromAsync(
          entries,
          ({ key, value: { at } }) => ({ ...readVectorKey(key), at }),
        );
        return { vectors, cursor: entries.cursor };
      }, WRITE_MS)
    );
    if (page.vectors.length > 0) yield page.vectors;
    cursor = page.vectors.length < PAGE ? "" : page.cursor;
  } while (cursor !== "");
}

async function readEntries(
  kv: Deno.Kv,
  tenant: string,
  keys: readonly VectorKey[],
): Promise<Deno.KvEntryMaybe<Kept>[]> {
  const [only] = keys;
  if (keys.length === 1 && only !== undefined) {
    return [await kv.get<Kept>(vectorKey(tenant, only))];
  }
  const pages = [...chunks(keys, READ_KEYS)].map((page) =>
    kv.getMany<Kept[]>(page.map((key) => vectorKey(tenant, key)))
  );
  return (await Promise.all(pages)).flat();
}

/** Replaces what is older, unless another writer came between. */
async function replaceOlder(
  kv: Deno.Kv,
  tenant: string,
  vectors: readonly FeatureVector[],
): Promise<null | typeof AGAIN> {
  const entries = await readEntries(kv, tenant, vectors);
  const commit = kv.atomic();
  const changed = vectors.filter((vector, place) => {
    const entry = entries[place];
    if (entry === undefined || !isNews(entry.value, vector)) return false;
    const key = vectorKey(tenant, vector);
    const kept = keptOf(vector);
    commit.check(entry);
    if (kept === null) commit.delete(key);
    else commit.set(key, kept);
    return true;
  });
  if (changed.length === 0) return null;
  await noteChanges({ kv, commit }, tenant, changed);
  return (await commit.commit()).ok ? null : AGAIN;
}

function isNews(kept: Kept | null, vector: FeatureVector): boolean {
  if (kept === null || kept.at < vector.at) return true;
  return kept.at === vector.at &&
    (kept.withheld !== vector.withheld ||
      JSON.stringify(kept.values) !== JSON.stringify(vector.values));
}

async function remove(
  kv: Deno.Kv,
  tenant: string,
  keys: readonly VectorKey[],
): Promise<null | typeof AGAIN> {
  const commit = kv.atomic();
  for (const key of keys) commit.delete(vectorKey(tenant, key));
  await noteChanges({ kv, commit }, tenant, keys);
  return (await commit.commit()).ok ? null : AGAIN;
}

function throughKey(tenant: string, { name, version }: ViewRef): Deno.KvKey {
  return ["through", tenant, name, version];
}

/** Only ever forward: another node may have come further. */
async function moveThrough(
  kv: Deno.Kv,
  key: Deno.KvKey,
  at: Instant,
): Promise<undefined | typeof AGAIN> {
  const entry = await kv.get<Instant>(key);
  if (entry.value !== null && entry.value >= at) return;
  const { ok } = await kv.atomic().check(entry).set(key, at).commit();
  return ok ? undefined : AGAIN;
}

async function makeIdentity(kv: Deno.Kv): Promise<string | typeof AGAIN> {
  const entry = await kv.get<string>(IDENTITY);
  if (entry.value !== null) return entry.value;
  const identity = crypto.randomUUID();
  const { ok } = await kv.atomic().check(entry).set(IDENTITY, identity)
    .commit();
  return ok ? identity : AGAIN;
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
