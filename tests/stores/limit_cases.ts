/**
 * Counters of limits: full when they are full, whoever asks.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { CountClaim } from "../../core/ports/limits.ts";
import type { Case } from "./cases.ts";

const SECOND_MS = 1000;
const WINDOW_MS = 10 * SECOND_MS;
const NOW = Date.UTC(2026, 2, 1);

/** One more of a person's, at a moment. */
export function claimAt(
  tenant: string,
  now: number,
  also: Partial<CountClaim> = {},
): CountClaim {
  return {
    ...{ tenant, counter: "contacts.daily", key: "u-1", subject: "u-1" },
    since: now - WINDOW_MS,
    slotEnds: now + SECOND_MS,
    ...{ count: 1, most: 2, idleAt: now + 2 * WINDOW_MS },
    ...also,
  };
}

/** Cases about counters of limits. */
export const limitCases: readonly Case[] = [
  {
    name: "a counter takes no more than its most within a window",
    run: async ({ limits }, tenant) => {
      const at = (now: number) => limits.claim([claimAt(tenant, now)], now);
      assert.deepEqual(await at(NOW), [1]);
      assert.deepEqual(await at(NOW + 5 * SECOND_MS), [2]);
      assert.deepEqual(await at(NOW + 5 * SECOND_MS), [null]);
      assert.deepEqual(await at(NOW + WINDOW_MS), [null]);
      assert.deepEqual(await at(NOW + 11 * SECOND_MS), [2]);
      const read = (now: number) => limits.read([claimAt(tenant, now)]);
      assert.deepEqual(await read(NOW + 11 * SECOND_MS), [2]);
      assert.deepEqual(await read(NOW + 16 * SECOND_MS), [1]);
      assert.deepEqual(await read(NOW + 60 * SECOND_MS), [0]);
    },
  },
  {
    name: "a node whose clock is behind counts what others counted",
    run: async ({ limits }, tenant) => {
      const ahead = NOW + 30 * SECOND_MS;
      const at = (now: number) => limits.claim([claimAt(tenant, now)], now);
      assert.deepEqual(await at(NOW), [1]);
      assert.deepEqual(await at(NOW), [2]);
      assert.deepEqual(await at(ahead), [1]);
      assert.deepEqual(await at(NOW + SECOND_MS), [null]);
    },
  },
  {
    name: "several counters count each for itself",
    run: async ({ limits }, tenant) => {
      const own = claimAt(tenant, NOW, { most: 1 });
      const other = claimAt(tenant, NOW, { counter: "contacts.all", most: 9 });
      assert.deepEqual(await limits.claim([other, own], NOW), [1, 1]);
      assert.deepEqual(await limits.claim([other, own], NOW), [2, null]);
      assert.deepEqual(await limits.read([own, other]), [1, 2]);
      const large = claimAt(tenant, NOW, { key: "u-2", count: 10, most: 9 });
      assert.deepEqual(await limits.claim([large], NOW), [null]);
      assert.deepEqual(await limits.read([large]), [0]);
    },
  },
  {
    name: "claims at once take turns, and none is let go beyond the most",
    run: async ({ limits }, tenant) => {
      const one = claimAt(tenant, NOW, { most: 7 });
      const other = claimAt(tenant, NOW, { most: 99, counter: "contacts.all" });
      const counts = await Promise.all(
        Array.from(
          { length: 20 },
          (_, place) =>
            limits.claim(place % 2 ? [one, other] : [other, one], NOW),
        ),
      );
      const taken = counts.flat().filter((count) => count !== null);
      assert.equal(taken.length, 7 + 20);
      assert.deepEqual(await limits.read([one, other]), [7, 20]);
    },
  },
  {
    name: "what is released may be counted again, and no more than was counted",
    run: async ({ limits }, tenant) => {
      const one = claimAt(tenant, NOW, { count: 2, most: 3 });
      assert.deepEqual(await limits.claim([one], NOW), [2]);
      assert.deepEqual(await limits.claim([one], NOW), [null]);
      await limits.release([{ ...one, count: 1 }]);
      assert.deepEqual(await limits.claim([one], NOW), [3]);
      await limits.release([{ ...one, count: 9 }]);
      await limits.release([claimAt(tenant, NOW, { key: "nobody" })]);
      assert.deepEqual(await limits.read([one]), [0]);
    },
  },
];
