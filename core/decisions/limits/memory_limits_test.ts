/**
 * The counters of limits in memory, for tests.
 *
 * @module
 */
import type {
  CountClaim,
  CounterKey,
  CountRead,
  LimitCounts,
} from "../../ports/limits.ts";

/** Counters in memory, as a store keeps them. */
export function createMemoryLimits(): LimitCounts {
  const rows = new Map<string, Map<number, number>>();
  const nameOf = ({ tenant, counter, key }: CounterKey) =>
    JSON.stringify([tenant, counter, key]);
  function sum(one: CountRead): number {
    return [...rows.get(nameOf(one)) ?? []]
      .filter(([ends]) => ends > one.since)
      .reduce((total, [, count]) => total + count, 0);
  }
  function add({ slotEnds, count, ...one }: CountClaim): void {
    const row = rows.get(nameOf(one)) ?? new Map<number, number>();
    row.set(slotEnds, (row.get(slotEnds) ?? 0) + count);
    rows.set(nameOf(one), row);
  }
  return {
    read: (reads) => Promise.resolve(reads.map(sum)),
    claim(claims) {
      return Promise.resolve(claims.map((one) => {
        const total = sum(one) + one.count;
        if (total > one.most) return null;
        add(one);
        return total;
      }));
    },
    release(claims) {
      for (const one of claims) add({ ...one, count: -one.count });
      return Promise.resolve();
    },
  };
}
