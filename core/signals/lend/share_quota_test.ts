/**
 * Processes that share their budgets, in one process and at the pace of a test.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { QuotaStore } from "../../ports/quota.ts";
import { keepBudgetsInMemory } from "./budget_memory.ts";
import type { QuotaCall } from "./budget_keys.ts";
import { createQuota, type Quota } from "./quota.ts";
import type { Timeline } from "./timeline_test.ts";

const YIELD_MS = 16;

/** A quota whose calls go by several processes in turn. */
export interface SharedQuota {
  readonly quota: Quota;
  readonly processes: readonly Quota[];
  /** By which process a call goes. */
  processOf(call: QuotaCall): number;
}

/**
 * Opens processes that share their budgets.
 *
 * @param time The time of all.
 * @param ways How far each is from the store, milliseconds there and as many back.
 * @returns The processes, as one quota.
 */
export function shareQuota(
  time: Timeline,
  ways: readonly number[],
): SharedQuota {
  const store = keepBudgetsInMemory(time.clock);
  const processes = ways.map((wayMs) =>
    createQuota({ ...time, store: away(store, wayMs, time), yieldMs: YIELD_MS })
  );
  const places = new WeakMap<QuotaCall, number>();
  let calls = 0;
  const processOf = (call: QuotaCall) => places.get(call) ?? 0;
  const quotaOf = (call: QuotaCall) => {
    const process = processes[processOf(call)];
    assert(process);
    return process;
  };
  return {
    processes,
    processOf,
    quota: {
      admit(call, maxWaitMs) {
        places.set(call, calls++ % ways.length);
        return quotaOf(call).admit(call, maxWaitMs);
      },
      learn: (call, hints) => quotaOf(call).learn(call, hints),
      refused: (call, ...told) => quotaOf(call).refused(call, ...told),
      settle: async () => {
        await Promise.all(processes.map((quota) => quota.settle()));
      },
      usage: () => processes.flatMap((quota) => quota.usage()),
    },
  };
}

function away(store: QuotaStore, wayMs: number, time: Timeline): QuotaStore {
  if (wayMs === 0) return store;
  return {
    async change(...asked) {
      await time.sleep(wayMs);
      const change = await store.change(...asked);
      await time.sleep(wayMs);
      return change;
    },
  };
}
