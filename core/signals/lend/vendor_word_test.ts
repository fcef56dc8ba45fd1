/**
 * What a vendor says of its quota, and who keeps to it.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { QuotaHint, QuotaScope } from "../../domain/source.ts";
import { answer, call, HOUR_MS, keys, open } from "./ask_quota_test.ts";
import type { QuotaCall } from "./budget_keys.ts";
import { createQuota } from "./quota.ts";
import { createTimeline } from "./timeline_test.ts";

Deno.test.each<{
  note: string;
  scope: QuotaScope;
  stopped: readonly Partial<QuotaCall>[];
  free: readonly Partial<QuotaCall>[];
}>([
  {
    note: "of the developer stops every account",
    scope: "developer",
    stopped: [{}, keys("b"), { path: "/other" }],
    free: [{ keys: { developer: "other" } }, { connector: "other_ads" }],
  },
  {
    note: "of an account stops that account",
    scope: "account",
    stopped: [{}, { path: "/other" }],
    free: [keys("b"), { connector: "other_ads" }],
  },
  {
    note: "of an endpoint stops the same path",
    scope: "endpoint",
    stopped: [{}],
    free: [{ path: "/v1/report/2" }, { path: "/v1" }, keys("b")],
  },
])("a refusal $note", async ({ scope, stopped, free }) => {
  const { clock, quota, waits } = open();
  const refused = call();
  await quota.admit(refused, 0);
  quota.refused(refused, scope, 30);
  for (const one of stopped) assert.equal(await waits(call(one)), 30);
  for (const one of free) assert.equal(await waits(call(one)), 0);
  clock.advance(29_999);
  for (const one of stopped) assert.equal(await waits(call(one)), 1);
  clock.advance(1);
  for (const one of stopped) assert.equal(await waits(call(one)), 0);
});

Deno.test("a refusal of a declared endpoint stops all its paths", async () => {
  const { quota, waits } = open();
  const limits = [
    { scope: "endpoint", calls: 100, perSeconds: 1, path: "/report" },
    { scope: "endpoint", calls: 100, perSeconds: 1 },
  ] as const;
  const refused = call({ limits });
  await quota.admit(refused, 0);
  quota.refused(refused, "endpoint", 30);
  assert.equal(await waits(call({ limits, path: "/v2/report/7" })), 30);
  assert.equal(await waits(call({ limits, path: "/v2/campaigns" })), 0);
});

Deno.test("a refusal without a time doubles while it is of no use", async () => {
  const { clock, quota, waits } = open();
  async function refuse(): Promise<number> {
    const asked = call();
    await quota.admit(asked, HOUR_MS);
    quota.learn(asked, []);
    quota.refused(asked, "account", null);
    return await waits(call());
  }
  const waited = [await refuse(), await refuse(), await refuse()];
  assert.deepEqual(waited, [1, 2, 4]);
  clock.advance(8001);
  assert.equal(await refuse(), 1);
  for (let time = 0; time < 10; time++) await refuse();
  assert.equal(await refuse(), 60);
});

Deno.test("calls that were out together are refused once", async () => {
  const { clock, quota } = open();
  const asked = Array.from({ length: 4 }, () => call());
  for (const one of asked) await quota.admit(one, 0);
  const until: (string | null | undefined)[] = [];
  for (const one of asked) {
    clock.advance(100);
    quota.refused(one, "account", null);
    await quota.settle();
    until.push(quota.usage()[0]?.pausedUntil);
  }
  assert.deepEqual(until, Array(4).fill("2026-08-01T00:00:01.100Z"));
});

Deno.test.each<{ note: string; hint: Partial<QuotaHint>; want: number[] }>([
  { note: "0 left", hint: { remaining: 0, resetSeconds: 7 }, want: [7, 7] },
  { note: "0 left, no reset told", hint: { remaining: 0 }, want: [60, 60] },
  { note: "1 left", hint: { remaining: 1, resetSeconds: 7 }, want: [0, 1] },
  { note: "all used", hint: { usedShare: 1, resetSeconds: 9 }, want: [9, 9] },
  { note: "all used, no reset", hint: { usedShare: 1.2 }, want: [60, 60] },
  { note: "nine tenths used", hint: { usedShare: 0.9 }, want: [0, 0] },
  {
    note: "a moment for a time",
    hint: { remaining: 0, resetSeconds: 1.8e9 },
    want: [60, 60],
  },
])("a hint of $note", async ({ hint, want }) => {
  const { quota, waits } = open();
  await answer(quota, [{ scope: "account", ...hint }]);
  assert.deepEqual([await waits(call()), await waits(call())], want);
  assert.equal(await waits(call(keys("b"))), 0);
});

Deno.test.each([
  { share: 0.7, want: [0, 0] },
  { share: 0.75, want: [0, 5] },
  { share: 0.92, want: [0, 40] },
])("a share of $share used slows the past alone", async ({ share, want }) => {
  const { quota, waits } = open();
  const hint = { usedShare: share, resetSeconds: 40 };
  await answer(quota, [{ scope: "account", ...hint }]);
  const past = await waits(call({ priority: "backfill" }));
  assert.deepEqual([await waits(call()), past], want);
  await answer(quota, [{ scope: "account", usedShare: 0.1 }]);
  assert.equal(await waits(call({ priority: "backfill" })), 0);
});

Deno.test("who waits for an answer goes on with it, and gives up at last", async () => {
  const time = createTimeline();
  const quota = createQuota(time);
  await answer(quota, [{ scope: "account", remaining: 1, resetSeconds: 99 }]);
  const out = call();
  await quota.admit(out, 0);
  const waits = quota.admit(call(), 10_000);
  const learnt = time.sleep(3000).then(() =>
    quota.learn(out, [{ scope: "account", remaining: 8, resetSeconds: 99 }])
  );
  await time.run([learnt, waits]);
  assert.equal(time.ms(), 3000);

  await answer(quota, [{ scope: "account", remaining: 1, resetSeconds: 99 }]);
  const inVain = quota.admit(call(), 10_000);
  await time.run([assert.rejects(inVain, { code: "source_throttled" })]);
  assert.equal(time.ms(), 13_000);
});

Deno.test("answers that overlap are believed at their worst", async () => {
  const { quota, waits } = open();
  const [first, second, third] = [call(), call(), call()];
  for (const one of [first, second, third]) await quota.admit(one, 0);
  const hint = { scope: "account", remaining: 5, resetSeconds: 99 } as const;
  quota.learn(second, [hint]);
  quota.learn(third, [{ ...hint, remaining: 0, resetSeconds: 1 }]);
  assert.equal(await waits(call()), 99);
  quota.learn(first, [{ ...hint, remaining: 6 }]);
  assert.equal(await waits(call()), 99);
});
