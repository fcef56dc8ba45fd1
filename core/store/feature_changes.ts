/**
 * The order of changes in Deno KV: each commit notes which vectors it changed under
 * the next place, and forgets the place that lies too far back.
 *
 * Places begin at the time of the first change, microseconds since 1970, so that one
 * in a store that was made anew is far beyond those of the store before.
 *
 * @module
 */
import type { EntityKey } from "../domain/entity.ts";
import type { VectorKey } from "../ports/features.ts";
import { chunks } from "./chunks.ts";

/** Commits that are remembered. */
const KEPT_PLACES = 128;
/** Keys that one read may name. */
const READ_KEYS = 10;

type Noted = readonly [view: string, version: number, entity: EntityKey];

/** Adds to a commit what it changes. */
export async function noteChanges(
  { kv, commit }: {
    readonly kv: Deno.Kv;
    readonly commit: Deno.AtomicOperation;
  },
  tenant: string,
  keys: readonly VectorKey[],
): Promise<void> {
  const last = await kv.get<number>(lastKey(tenant));
  const place = last.value === null ? Date.now() * 1000 : last.value + 1;
  const noted = keys.map(({ view, version, entity }): Noted => [
    view,
    version,
    entity,
  ]);
  commit.check(last)
    .set(lastKey(tenant), place)
    .set(placeKey(tenant, place), noted)
    .delete(placeKey(tenant, place - KEPT_PLACES));
}

/** Which vectors were changed after a place; null if not all of them are known. */
export async function changesAfter(
  kv: Deno.Kv,
  tenant: string,
  place: number,
): Promise<{ readonly keys: VectorKey[] | null; readonly place: number }> {
  const last = (await kv.get<number>(lastKey(tenant))).value ?? 0;
  if (last === place) return { keys: [], place };
  const missed = last - place;
  if (missed < 0 || missed > KEPT_PLACES) return { keys: null, place: last };
  const places = Array.from({ length: missed }, (_, at) => place + 1 + at);
  const pages = [...chunks(places, READ_KEYS)].map((page) =>
    kv.getMany<Noted[][]>(page.map((one) => placeKey(tenant, one)))
  );
  const noted = (await Promise.all(pages)).flat().map(({ value }) => value);
  const known = noted.filter((one) => one !== null);
  const keys = known.flat().map(([view, version, entity]) => ({
    view,
    version,
    entity,
  }));
  return { keys: known.length === missed ? keys : null, place: last };
}

function lastKey(tenant: string): Deno.KvKey {
  return ["changed", tenant];
}

function placeKey(tenant: string, place: number): Deno.KvKey {
  return ["changed", tenant, place];
}
