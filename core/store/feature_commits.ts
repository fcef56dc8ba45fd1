/**
 * Vectors as Deno KV keeps them, and lists of them cut to what one commit may hold.
 *
 * @module
 */
import type { FeatureValue, FeatureVector } from "../domain/feature.ts";
import type { VectorKey } from "../ports/features.ts";

/** Keys that one commit may check, less one for the order of changes. */
const COMMIT_KEYS = 99;
/** Bytes that one commit may write, with room for keys and their encoding. */
const COMMIT_BYTES = 819_200 / 2;
/** Bytes that one value may have, with room for the names of its members. */
const VALUE_BYTES = 65_536 - 256;

/** A vector without its key. */
export type Kept = Omit<FeatureVector, keyof VectorKey>;

/**
 * Where a vector is kept: not where earlier releases did, which nothing would bring up to
 * date for whoever has no signals in the windows any more.
 */
export function vectorKey(
  tenant: string,
  { view, version, entity }: VectorKey,
): Deno.KvKey {
  return ["vector", tenant, view, version, entity];
}

/** Where all vectors of a tenant are kept. */
export function vectorsOf(tenant: string): Deno.KvListSelector {
  return { prefix: ["vector", tenant] };
}

/** The other way round of {@link vectorKey}. */
export function readVectorKey(key: Deno.KvKey): VectorKey {
  const [, , view, version, entity] = key;
  return {
    view: String(view),
    version: Number(version),
    entity: String(entity) as VectorKey["entity"],
  };
}

/**
 * What is kept of a vector; null if it is larger than one value may be, so that the
 * entity has none rather than an old one.
 */
export function keptOf(vector: FeatureVector): Kept | null {
  if (sizeOf(vector) > VALUE_BYTES) return null;
  const { at, values, withheld } = vector;
  return { at, values, ...withheld === undefined ? {} : { withheld } };
}

/** Cuts a list into commits; of vectors of one entity the newest is enough. */
export function* commits<T extends VectorKey>(
  all: readonly T[],
): Generator<readonly T[]> {
  let commit: T[] = [];
  let bytes = 0;
  for (const one of newest(all)) {
    const size = sizeOf(one);
    if (commit.length === COMMIT_KEYS || bytes + size > COMMIT_BYTES) {
      if (commit.length > 0) yield commit;
      commit = [];
      bytes = 0;
    }
    commit.push(one);
    bytes += size;
  }
  if (commit.length > 0) yield commit;
}

/** The last of those of the greatest moment, of each key. */
function newest<T extends VectorKey & Partial<FeatureVector>>(
  all: readonly T[],
): Iterable<T> {
  const byKey = new Map<string, T>();
  for (const one of all) {
    const name = `${one.view}\n${one.version}\n${one.entity}`;
    const known = byKey.get(name);
    if ((one.at ?? "") >= (known?.at ?? "")) byKey.set(name, one);
  }
  return byKey.values();
}

/** Most bytes that the values take, as V8 serializes them. */
function sizeOf({ values = [] }: Partial<FeatureVector>): number {
  return values.reduce<number>((sum, value) => sum + bytesOf(value), 0);
}

function bytesOf(value: FeatureValue): number {
  if (typeof value !== "string") return 9;
  return 6 + value.length * (BEYOND_LATIN.test(value) ? 2 : 1);
}

/** Text with any such character takes two bytes for each. */
const BEYOND_LATIN = /[^\0-\xff]/;
