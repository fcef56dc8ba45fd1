/**
 * Who waits for whom, one case at a time.
 *
 * @module
 */
import assert from "node:assert/strict";
import { answer, call, HOUR_MS, keys, open, START } from "./ask_quota_test.ts";
import type { Priority } from "./budget_keys.ts";
import { createQuota } from "./quota.ts";
import { createTimeline } from "./timeline_test.ts";

Deno.test("admit() keeps a declared limit, shared by all sources of the key", async () => {
  const { clock, quota, waits } = open();
  const limits = [{ scope: "developer", calls: 2, perSeconds: 10 }] as const;
  assert.equal(await waits(call({ limits, ...keys("a") })), 0);
  assert.equal(await waits(call({ limits, ...keys("b") })), 0);
  assert.equal(await waits(call({ limits, ...keys("c") })), 11);
  assert.equal(await waits(call({ limits, keys: { developer: "other" } })), 0);
  assert.equal(await waits(call({ limits, connector: "other_ads" })), 0);
  await quota.admit(call({ limits, ...keys("c") }), 60_000);
  assert.equal(Date.parse(clock.now()) - Date.parse(START), 10_200);
});

Deno.test("the past leaves three tenths to others", async () => {
  const limits = [{ scope: "account", calls: 10, perSeconds: 60 }] as const;
  const { quota, waits } = open();
  const past = () => waits(call({ limits, priority: "backfill" }));
  for (let calls = 0; calls < 7; calls++) assert.equal(await past(), 0);
  assert.equal(await past(), 61);
  for (let calls = 0; calls < 3; calls++) {
    assert.equal(await waits(call({ limits })), 0);
  }
  assert.equal(await waits(call({ limits, priority: "write" })), 61);

  const told = (remaining: number) =>
    answer(
      quota,
      [{ scope: "account", remaining, resetSeconds: 20 }],
      call(keys("b")),
    );
  await told(99);
  assert.equal(await waits(call({ ...keys("b"), priority: "backfill" })), 0);
  await told(29);
  assert.equal(await waits(call({ ...keys("b"), priority: "backfill" })), 20);
});

Deno.test("changes go first, the past last, each in its order", async () => {
  const time = createTimeline();
  const quota = createQuota(time);
  const limits = [{ scope: "developer", calls: 1, perSeconds: 1 }] as const;
  const went: string[] = [];
  const asked: readonly Priority[] = [
    "fresh",
    "backfill",
    "write",
    "backfill",
    "fresh",
    "write",
  ];
  await time.run(asked.map(async (priority, at) => {
    await quota.admit(call({ limits, priority }), HOUR_MS);
    went.push(`${priority} ${at}`);
  }));
  assert.deepEqual(went, [
    "write 2",
    "write 5",
    "fresh 0",
    "fresh 4",
    "backfill 1",
    "backfill 3",
  ]);
});

Deno.test("an account that waits holds up no other, and is not starved by them", async () => {
  const time = createTimeline();
  const quota = createQuota(time);
  const limits = [{ scope: "developer", calls: 1, perSeconds: 1 }] as const;
  const paused = call({ limits });
  await quota.admit(paused, 0);
  quota.refused(paused, "account", 3);
  const went: string[] = [];
  await time.run(["a", "b", "c", "d", "e", "f"].map(async (account) => {
    await quota.admit(call({ limits, ...keys(account) }), HOUR_MS);
    went.push(`${account} at ${time.ms()}`);
  }));
  assert.deepEqual(went, [
    "b at 1020",
    "c at 2040",
    "a at 3060",
    "d at 4080",
    "e at 5100",
    "f at 6120",
  ]);
});

Deno.test("a pause that grows refuses those who would wait too long", async () => {
  const time = createTimeline();
  const quota = createQuota(time);
  const first = call();
  await quota.admit(first, 0);
  quota.refused(first, "account", 5);
  const patient = quota.admit(call(), 60_000);
  const hasty = quota.admit(call(), 10_000);
  quota.refused(first, "account", 20);
  await time.run([
    assert.rejects(hasty, {
      code: "source_throttled",
      facts: { retryAfterSeconds: 20 },
    }),
    patient,
  ]);
  assert.equal(time.ms(), 20_000);
});

Deno.test("a clock that is set back holds nobody up", async () => {
  let ms = Date.parse(START);
  const sleeps: number[] = [];
  const quota = createQuota({
    clock: { now: () => new Date(ms).toISOString() },
    sleep(milliseconds) {
      sleeps.push(milliseconds);
      ms += milliseconds;
      return Promise.resolve();
    },
  });
  const limits = [{ scope: "account", calls: 1, perSeconds: 10 }] as const;
  await quota.admit(call({ limits }), 0);
  ms -= HOUR_MS;
  await quota.admit(call({ limits }), 60_000);
  assert.deepEqual(sleeps, [10_200]);
});

Deno.test("usage() tells the scarcest budget of each scope", async () => {
  const { quota } = open();
  const limits = [
    { scope: "developer", calls: 10, perSeconds: 60 },
    { scope: "account", calls: 4, perSeconds: 60 },
    { scope: "account", calls: 100, perSeconds: 3600 },
  ] as const;
  const asked = call({ limits });
  await quota.admit(asked, 0);
  quota.refused(asked, "account", 30);
  await answer(quota, [{ scope: "developer", usedShare: 0.6 }], {
    ...asked,
    ...keys("b"),
  });
  await quota.settle();
  const common = { connector: "example_ads", usedShare: 0.25 };
  const until = "2026-08-01T00:00:30.000Z";
  assert.deepEqual(quota.usage(), [
    {
      ...common,
      scope: "developer",
      owner: "dev",
      usedShare: 0.6,
      pausedUntil: null,
    },
    { ...common, scope: "account", owner: "a", pausedUntil: until },
    { ...common, scope: "account", owner: "b", pausedUntil: null },
  ]);
});
