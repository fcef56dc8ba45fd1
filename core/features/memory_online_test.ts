/**
 * Online features in memory, for tests.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import type { FeatureVector } from "../domain/feature.ts";
import type { OnlineFeatures, VectorKey } from "../ports/features.ts";
import { keepRecent } from "./recent_vectors.ts";

export const KEY: VectorKey = {
  view: "audience",
  version: 1,
  entity: "subject:s-1",
};
export const VIEW = { name: "audience", version: 1 };
export const AT = "2026-03-01T00:00:00.000Z";

export function vector(value: number, key = KEY): FeatureVector {
  return { ...key, at: AT, values: [value] };
}

export function turn(): Promise<void> {
  return new Promise((turn) => setImmediate(turn));
}

/**
 * A store in memory that answers some turns later with what it held some turns after
 * it was asked.
 *
 * @param delays Turns before and after each operation, over and over.
 */
export function openMemory(delays: readonly number[] = [0, 1]) {
  const held = new Map<string, FeatureVector>();
  const throughs = new Map<string, string>();
  const changed: VectorKey[] = [];
  const reads: number[] = [];
  const failures: Error[] = [];
  const name = (tenant: string, { view, version, entity }: VectorKey) =>
    JSON.stringify([tenant, view, version, entity]);
  let operations = 0;
  async function later<T>(work: () => T): Promise<T> {
    const place = 2 * operations++;
    const [before = 0, after = 0] = [place, place + 1].map((at) =>
      delays[at % delays.length]
    );
    for (let turns = 0; turns < before; turns++) await turn();
    const result = work();
    for (let turns = 0; turns < after; turns++) await turn();
    return result;
  }
  const online: OnlineFeatures = {
    read: async (tenant, keys) => {
      reads.push(keys.length);
      const failure = failures.pop();
      const found = await later(() =>
        keys.map((key) => held.get(name(tenant, key)) ?? null)
      );
      if (failure) throw failure;
      return found;
    },
    write: (tenant, vectors) =>
      later(() => {
        for (const one of vectors) held.set(name(tenant, one), one);
        changed.push(...vectors);
      }),
    remove: (tenant, keys) =>
      later(() => {
        for (const key of keys) held.delete(name(tenant, key));
        changed.push(...keys);
      }),
    async *all(tenant) {
      for (const [key, one] of held) {
        if (JSON.parse(key)[0] === tenant) yield [one];
      }
    },
    through: (tenant) => later(() => throughs.get(tenant) ?? null),
    setThrough: (tenant, _view, at) =>
      later(() => {
        if ((throughs.get(tenant) ?? "") < at) throughs.set(tenant, at);
      }),
    changesAfter: (_tenant, place) =>
      later(() => {
        const far = place < 0 || changed.length - place > 5;
        return {
          keys: far ? null : changed.slice(place),
          place: changed.length,
        };
      }),
    identity: () => Promise.resolve("memory"),
  };
  return { online, reads, failures, held, throughs, changed };
}

export type Recent = ReturnType<typeof keepRecent>;

export async function valueOf(recent: Recent, tenant = "acme", key = KEY) {
  const [found] = await recent.read(tenant, [key]);
  return found?.vector?.values[0];
}
