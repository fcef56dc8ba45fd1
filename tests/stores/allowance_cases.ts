/**
 * What is used of allowances: never more than a window's most, whoever takes.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { AllowanceWindow } from "../../core/ports/allowances.ts";
import type { Case } from "./cases.ts";

/** A window that no test outlasts, were it not for the turn of a year. */
function windowOf(tenant: string, most: number): AllowanceWindow {
  const seconds = 100 * 365 * 86_400;
  return { tenant, allowance: "tenant-requests", most, seconds };
}

/** Cases about allowances. */
export const allowanceCases: readonly Case[] = [
  {
    name: "an allowance grants what is left of it, and no more than is wanted",
    run: async ({ allowances }, tenant) => {
      const window = windowOf(tenant, 10);
      const first = await allowances.take(window, 7);
      assert.deepEqual([first.count, first.used], [7, 7]);
      const second = await allowances.take(window, 7);
      assert.deepEqual([second.count, second.used], [3, 10]);
      const third = await allowances.take(window, 1);
      assert.deepEqual([third.count, third.used], [0, 10]);
      assert.equal(third.window, first.window);
      await allowances.giveBack(window, { window: first.window, count: 2 });
      const fourth = await allowances.take(window, 7);
      assert.deepEqual([fourth.count, fourth.used], [2, 10]);
      const other = await allowances.take(
        { ...window, allowance: "tenant-burst" },
        4,
      );
      assert.deepEqual([other.count, other.used], [4, 4]);
    },
  },
  {
    name: "an allowance that was made smaller grants nothing beyond it",
    run: async ({ allowances }, tenant) => {
      await allowances.take(windowOf(tenant, 10), 8);
      const less = await allowances.take(windowOf(tenant, 5), 3);
      assert.deepEqual([less.count, less.used], [0, 8]);
    },
  },
  {
    name: "takers at once share an allowance",
    run: async ({ allowances }, tenant) => {
      const window = windowOf(tenant, 50);
      const taken = await Promise.all(
        Array.from({ length: 40 }, () => allowances.take(window, 3)),
      );
      const count = taken.reduce((sum, one) => sum + one.count, 0);
      assert.equal(count, 50);
    },
  },
  {
    name: "windows follow each other by the store's clock",
    run: async ({ allowances }, tenant) => {
      const window = { ...windowOf(tenant, 1), seconds: 1 };
      const first = await allowances.take(window, 1);
      assert.equal(first.count, 1);
      assert.ok(first.endsInMs > 0 && first.endsInMs <= 1000);
      await new Promise((wake) => setTimeout(wake, first.endsInMs + 5));
      const next = await allowances.take(window, 1);
      assert.equal(next.count, 1);
      assert.ok(next.window > first.window);
    },
  },
];
