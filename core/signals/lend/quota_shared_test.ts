/**
 * Processes that share their budgets: what one uses the others lack, nobody starves,
 * a restart forgets nothing, and without the store no call goes.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../../domain/error.ts";
import type { QuotaStore } from "../../ports/quota.ts";
import { manualClock } from "../../../tests/vendors/manual_clock.ts";
import { answer, call, HOUR_MS, keys, START } from "./ask_quota_test.ts";
import { keepBudgetsInMemory } from "./budget_memory.ts";
import { budgetKeys, type QuotaCall } from "./budget_keys.ts";
import { createQuota, type Quota } from "./quota.ts";
import { shareQuota } from "./share_quota_test.ts";
import { createTimeline } from "./timeline_test.ts";

const DAY_SECONDS = 86_400;
/** Longest that a call counts as out whose process died, milliseconds. */
const LOST_MS = 120_000;

/** A store that counts its changes, and refuses them while it is told to. */
function openStore() {
  const clock = manualClock(START);
  const kept = keepBudgetsInMemory(clock);
  const state = { changes: 0, isDown: false };
  const store: QuotaStore = {
    change(...asked) {
      state.changes++;
      if (!state.isDown) return kept.change(...asked);
      return Promise.reject(
        new EngineError("store_unavailable", "Cannot use the database"),
      );
    },
  };
  const start = () => createQuota({ clock, sleep: clock.sleep, store });
  return { clock, kept, state, start };
}

function isThrottled(quota: Quota, asked: QuotaCall): Promise<void> {
  return assert.rejects(quota.admit(asked, 0), { code: "source_throttled" });
}

Deno.test("what one process uses the others lack, and all of them leave the reserve", async () => {
  const { start } = openStore();
  const [a, b] = [start(), start()];
  const limits = [{ scope: "developer", calls: 10, perSeconds: 60 }] as const;
  const past = () => call({ limits, priority: "backfill" });
  for (let calls = 0; calls < 4; calls++) await a.admit(past(), 0);
  for (let calls = 0; calls < 3; calls++) await b.admit(past(), 0);
  for (const quota of [a, b]) await isThrottled(quota, past());
  for (const quota of [a, b, a]) await quota.admit(call({ limits }), 0);
  for (const quota of [a, b]) await isThrottled(quota, call({ limits }));
  await b.admit(call({ limits, keys: { developer: "other" } }), 0);
  assert.deepEqual(a.usage(), b.usage().filter(({ owner }) => owner === "dev"));
});

Deno.test("what a vendor told one process holds for the others", async () => {
  const { clock, start } = openStore();
  const [a, b] = [start(), start()];
  await answer(a, [{ scope: "account", remaining: 0, resetSeconds: 50 }]);
  await a.settle();
  await isThrottled(b, call());
  await b.admit(call(keys("b")), 0);
  const asked = call(keys("b"));
  await b.admit(asked, 0);
  b.refused(asked, "developer", 90);
  await b.settle();
  clock.advance(60_000);
  await isThrottled(a, call());
  clock.advance(30_000);
  await a.admit(call(), 0);
});

Deno.test("a day that was used up stays used up when the process starts again", async () => {
  const { clock, start } = openStore();
  const limits = [{
    scope: "developer",
    calls: 300,
    perSeconds: DAY_SECONDS,
  }] as const;
  for (let run = 0; run < 3; run++) {
    const quota = start();
    for (let calls = 0; calls < 100; calls++) {
      const asked = call({ limits });
      await quota.admit(asked, 0);
      quota.learn(asked, []);
    }
    await quota.settle();
    clock.advance(HOUR_MS);
  }
  await isThrottled(start(), call({ limits }));
  clock.advance(DAY_SECONDS * 1000 - 3 * HOUR_MS - 1);
  await isThrottled(start(), call({ limits }));
  clock.advance(2 * (DAY_SECONDS / 128) * 1000);
  await start().admit(call({ limits }), 0);
});

Deno.test("calls of a process that died hold others up for a while only", async () => {
  const { clock, start } = openStore();
  const died = start();
  await answer(died, [{ scope: "account", remaining: 2, resetSeconds: 999 }]);
  await died.admit(call(), 0);
  await died.admit(call(), 0);
  const quota = start();
  await isThrottled(quota, call());
  clock.advance(LOST_MS - 1);
  await isThrottled(quota, call());
  clock.advance(1);
  await quota.admit(call(), 0);
});

Deno.test("without the store no call goes, and what was learnt meanwhile is learnt", async () => {
  const { state, start } = openStore();
  const quota = start();
  const asked = call();
  await quota.admit(asked, 0);
  state.isDown = true;
  await assert.rejects(quota.admit(call(), HOUR_MS), {
    code: "store_unavailable",
  });
  quota.learn(asked, [{ scope: "account", usedShare: 0.5 }]);
  quota.refused(asked, "account", 30);
  await quota.settle();
  await assert.rejects(quota.admit(call(), HOUR_MS), {
    code: "store_unavailable",
  });
  state.isDown = false;
  await isThrottled(quota, call());
  await isThrottled(start(), call());
  assert.deepEqual(quota.usage(), [{
    connector: "example_ads",
    scope: "account",
    owner: "a",
    usedShare: 0.5,
    pausedUntil: "2026-08-01T00:00:30.000Z",
  }]);
});

Deno.test("a budget is kept while it is used or something is known of it, and no longer", async () => {
  const { clock, kept, start } = openStore();
  const quota = start();
  const limits = [{ scope: "account", calls: 9, perSeconds: 60 }] as const;
  const asked = call({ limits, path: "/v1/people/7" });
  const names = budgetKeys(asked).map(({ name }) => name);
  async function known(): Promise<string[]> {
    const { kept: budgets } = await kept.change(
      asked.connector,
      names,
      (kept, now) => ({
        kept: new Map([...kept].filter(([, { idleAt }]) => idleAt > now)),
      }),
    );
    return [...budgets.keys()];
  }
  await quota.admit(asked, 0);
  assert.deepEqual(await known(), names);
  assert(!names.some((name) => name.includes("people")), `${names}`);
  quota.learn(asked, [{ scope: "developer", remaining: 5, resetSeconds: 90 }]);
  await quota.settle();
  assert.deepEqual(await known(), ["developer dev", "account a"]);
  clock.advance(HOUR_MS);
  assert.deepEqual(await known(), ["developer dev"]);
  clock.advance(90_000);
  assert.deepEqual(await known(), []);
});

Deno.test("a crowd that waits is looked up once for each turn", async () => {
  const time = createTimeline();
  const kept = keepBudgetsInMemory(time.clock);
  let changes = 0;
  const quota = createQuota({
    ...time,
    store: {
      change: (...asked) => {
        changes++;
        return kept.change(...asked);
      },
    },
  });
  const limits = [{ scope: "developer", calls: 1, perSeconds: 10 }] as const;
  const turns = 50;
  await time.run(Array.from({ length: turns }, async (_, account) => {
    const asked = call({ limits, ...keys(`${account}`) });
    await quota.admit(asked, HOUR_MS);
    await time.sleep(100);
    quota.learn(asked, []);
  }));
  await quota.settle();
  assert(changes <= 2 * turns + 1, `${changes} changes`);
});

Deno.test("who waits for another process's answer goes on soon after it", async () => {
  const time = createTimeline();
  const { processes: [a, b] } = shareQuota(time, [0, 0]);
  assert(a && b);
  await answer(a, [{ scope: "account", remaining: 1, resetSeconds: 99 }]);
  const out = call();
  await a.admit(out, 0);
  const learnt = time.sleep(3000).then(() =>
    a.learn(out, [{ scope: "account", remaining: 8, resetSeconds: 99 }])
  );
  await time.run([learnt, b.admit(call(), 10_000)]);
  assert(time.ms() >= 3000 && time.ms() <= 3250, `${time.ms()}`);
});

Deno.test("processes that always have calls to make take turns, however far from the store", async () => {
  const time = createTimeline();
  const { processes } = shareQuota(time, [1, 5, 3]);
  const limits = [{ scope: "developer", calls: 1, perSeconds: 1 }] as const;
  const went = processes.map(() => 0);
  await time.run(
    processes.flatMap((quota, process) =>
      ["a", "b", "c", "d"].map(async (account) => {
        while (time.ms() < 90_000) {
          const asked = call({ limits, ...keys(account) });
          await quota.admit(asked, HOUR_MS);
          went[process] = (went[process] ?? 0) + 1;
          await time.sleep(100);
          quota.learn(asked, []);
        }
      })
    ),
  );
  for (const calls of went) assert(calls >= 25, `${went}`);
});
