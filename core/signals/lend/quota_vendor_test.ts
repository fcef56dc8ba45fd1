/**
 * The quota against vendors that count: none refuses a call that could have been
 * kept back, and hardly any call is kept back that could have gone; by one process and
 * by several that share their budgets.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { CallLimit, QuotaScope } from "../../domain/source.ts";
import type { Priority, QuotaCall } from "./budget_keys.ts";
import type { Quota } from "./quota.ts";
import { shareQuota } from "./share_quota_test.ts";
import { createTimeline, type Timeline } from "./timeline_test.ts";

/** A call that somebody wants to make. */
interface Wish {
  readonly account: string;
  readonly path: string;
  readonly priority: Priority;
  readonly atMs: number;
  /** From the call to the vendor, and back. */
  readonly upMs: number;
  readonly downMs: number;
}

const PATIENCE_MS = 1e9;

const priorities = fc.constantFrom<Priority>("fresh", "backfill", "write");
const wishes = fc.array(
  fc.record({
    account: fc.constantFrom("a", "b", "c"),
    path: fc.constantFrom("/v1/report/7", "/v1/campaigns", "/v1/report"),
    priority: priorities,
    atMs: fc.integer({ min: 0, max: 20_000 }),
    upMs: fc.integer({ min: 0, max: 400 }),
    downMs: fc.integer({ min: 0, max: 400 }),
  }),
  { minLength: 1, maxLength: 120, size: "max" },
);

function toCall(
  { account, path, priority }: Wish,
  limits: readonly CallLimit[],
): QuotaCall {
  const keys = { developer: "dev", account };
  return { connector: "example_ads", keys, path, limits, priority };
}

/**
 * Counts as a vendor with sliding windows does; a call is counted when it goes.
 *
 * @param reserved Part of the limits that the past leaves to others.
 */
function countCalls(limits: readonly CallLimit[], reserved = 0.3) {
  const windows = new Map<string, number[]>();
  /** Whether a call is beyond a limit, or one of the past beyond its part. */
  function isBeyond(limit: CallLimit, wish: Wish, now: number): boolean {
    if (limit.path !== undefined && !wish.path.includes(limit.path)) {
      return false;
    }
    const { scope, calls, perSeconds } = limit;
    const owner = scope === "developer" ? "dev" : wish.account;
    const name = `${limits.indexOf(limit)} ${owner}`;
    const recent = (windows.get(name) ?? [])
      .filter((moment) => moment > now - perSeconds * 1000);
    windows.set(name, [...recent, now]);
    const part = wish.priority === "backfill" ? reserved : 0;
    return recent.length >= calls - Math.floor(calls * part);
  }
  return (wish: Wish, now: number) =>
    limits.map((limit) => isBeyond(limit, wish, now)).includes(true);
}

const limits = fc.array(
  fc.record({
    scope: fc.constantFrom<QuotaScope>("developer", "account", "endpoint"),
    calls: fc.integer({ min: 1, max: 15 }),
    perSeconds: fc.integer({ min: 1, max: 20 }),
    path: fc.constantFrom("/report", "/v1/"),
  }).map(({ scope, path, ...limit }): CallLimit =>
    scope === "endpoint" ? { ...limit, scope, path } : { ...limit, scope }
  ),
  { minLength: 1, maxLength: 3 },
);

/** How far each process is from the store, milliseconds. */
const ways = fc.array(fc.integer({ min: 0, max: 4 }), {
  minLength: 1,
  maxLength: 3,
});

Deno.test("declared limits are never exceeded, and everybody's turn comes", async () => {
  await fc.assert(
    fc.asyncProperty(limits, wishes, ways, async (declared, wished, ways) => {
      const time = createTimeline();
      const { quota, processOf } = shareQuota(time, ways);
      // Calls of processes that are unlike far away go in another order than counted.
      const isOrdered = new Set(ways).size === 1;
      const isBeyond = countCalls(declared, isOrdered ? 0.3 : 0);
      const went: (Wish & { readonly process: number })[] = [];
      await time.run(wished.map(async (wish) => {
        await time.sleep(wish.atMs);
        const call = toCall(wish, declared);
        await quota.admit(call, PATIENCE_MS);
        assert(!isBeyond(wish, time.ms()), "too many calls");
        went.push({ ...wish, process: processOf(call) });
        await time.sleep(wish.upMs + wish.downMs);
        quota.learn(call, []);
      }));
      const alike = Map.groupBy(
        went,
        ({ account, path, priority, process }) =>
          `${account} ${path} ${priority} ${process}`,
      );
      for (const line of alike.values()) {
        const moments = line.map(({ atMs }) => atMs);
        assert.deepEqual(moments, moments.toSorted((a, b) => a - b), "order");
      }
    }),
    { numRuns: 150, endOnFailure: true },
  );
});

/** A vendor that declares nothing, but tells in each answer what is left. */
interface Teller {
  readonly scope: QuotaScope;
  readonly calls: number;
  readonly windowMs: number;
  /** Windows begin by the clock, or slide. */
  readonly slides: boolean;
  /** Refuses for a while at its so-manieth call. */
  readonly refusesAt: number;
  readonly refusedSeconds: number;
}

const tellers = fc.record<Teller>({
  scope: fc.constantFrom<QuotaScope>("developer", "account", "endpoint"),
  calls: fc.integer({ min: 1, max: 20 }),
  windowMs: fc.integer({ min: 1500, max: 15_000 }),
  slides: fc.boolean(),
  refusesAt: fc.integer({ min: 1, max: 60 }),
  refusedSeconds: fc.integer({ min: 1, max: 30 }),
});

/** One budget of a vendor: answers what is left, or null for a call too many. */
function countLeft({ calls, windowMs, slides }: Teller) {
  let moments: number[] = [];
  return (now: number) => {
    const begin = slides ? now - windowMs : now - (now % windowMs) - 1;
    moments = moments.filter((moment) => moment > begin);
    if (moments.length >= calls) return null;
    moments.push(now);
    const reset = slides ? windowMs : windowMs - (now % windowMs);
    return {
      remaining: calls - moments.length,
      resetSeconds: reset / 1000,
    };
  };
}

/** Makes a caller of this vendor that fails where a refusal could have been avoided. */
function createCaller(teller: Teller, time: Timeline, quota: Quota) {
  const { scope, refusesAt, refusedSeconds } = teller;
  const left = new Map<string, ReturnType<typeof countLeft>>();
  const closedUntil = new Map<string, number>();
  let calls = 0;
  function ownerOf({ account, path }: Wish): string {
    if (scope === "developer") return "";
    return scope === "account" ? account : `${account} ${path}`;
  }
  return async (wish: Wish) => {
    const call = toCall(wish, []);
    const owner = ownerOf(wish);
    const count = left.get(owner) ?? countLeft(teller);
    left.set(owner, count);
    await quota.admit(call, PATIENCE_MS);
    assert(time.ms() >= (closedUntil.get(owner) ?? 0), "called while refused");
    const refused = ++calls === refusesAt;
    await time.sleep(wish.upMs);
    const told = count(time.ms());
    assert(told !== null, "a call too many");
    await time.sleep(wish.downMs);
    quota.learn(call, [{ scope, ...told }]);
    if (!refused) return;
    closedUntil.set(owner, time.ms() + refusedSeconds * 1000);
    quota.refused(call, scope, refusedSeconds);
  };
}

/** Each budget's first call goes alone, so that something is known. */
async function probe(
  make: (wish: Wish) => Promise<void>,
  wished: readonly Wish[],
): Promise<void> {
  for (const account of ["a", "b", "c"]) {
    for (const path of new Set(wished.map((wish) => wish.path))) {
      const quick = { priority: "write", atMs: 0, upMs: 0, downMs: 0 } as const;
      await make({ ...quick, account, path });
    }
  }
}

/** One process or several, at the store: all know of a refusal at once. */
const here = fc.array(fc.constant(0), { minLength: 1, maxLength: 3 });

Deno.test("nobody calls beyond what a vendor told, or while it refuses", async () => {
  await fc.assert(
    fc.asyncProperty(tellers, wishes, here, async (teller, wished, ways) => {
      const time = createTimeline();
      const make = createCaller(teller, time, shareQuota(time, ways).quota);
      await time.run([probe(make, wished)]);
      await time.run(wished.map(async (wish) => {
        await time.sleep(wish.atMs);
        await make(wish);
      }));
    }),
    { numRuns: 300, endOnFailure: true },
  );
});

const HASTY: Wish = {
  account: "a",
  path: "/v1/report",
  priority: "fresh",
  atMs: 0,
  upMs: 40,
  downMs: 40,
};

/** Calls that five callers make in so long, each as fast as it may. */
async function hurry(
  time: Timeline,
  untilMs: number,
  make: (wish: Wish) => Promise<void>,
): Promise<number> {
  let calls = 0;
  const callers = Array.from({ length: 5 }, async () => {
    while (time.ms() < untilMs) {
      await make(HASTY);
      if (time.ms() - HASTY.upMs - HASTY.downMs < untilMs) calls++;
    }
  });
  await time.run(callers);
  return calls;
}

Deno.test.each([
  { calls: 1, perSeconds: 1, ways: [0] },
  { calls: 10, perSeconds: 1, ways: [0] },
  { calls: 100, perSeconds: 100, ways: [0] },
  { calls: 3500, perSeconds: 60, ways: [0] },
  { calls: 15_000, perSeconds: 86_400, ways: [0] },
  { calls: 1, perSeconds: 1, ways: [1, 3] },
  { calls: 10, perSeconds: 1, ways: [1, 3] },
  { calls: 100, perSeconds: 100, ways: [1, 3, 2] },
])(
  "$calls in $perSeconds s, $ways ms away: 95 percent are used",
  async (given) => {
    const { ways, ...limit } = given;
    const declared = [{ ...limit, scope: "account" }] as const;
    const time = createTimeline();
    const { quota } = shareQuota(time, ways);
    const isBeyond = countCalls(declared);
    const windows = limit.calls < 1000 ? 50 : 3;
    const seconds = limit.perSeconds * windows;
    const calls = await hurry(time, seconds * 1000, async (wish) => {
      const call = toCall(wish, declared);
      await quota.admit(call, PATIENCE_MS);
      if (limit.calls < 1000) assert(!isBeyond(wish, time.ms()));
      await time.sleep(wish.upMs + wish.downMs);
      quota.learn(call, []);
    });
    const possible = Math.min(limit.calls * windows, seconds * 1000 * 5 / 80);
    assert(calls >= 0.95 * possible, `${calls} of ${possible}`);
  },
);

Deno.test.each([
  { calls: 100, windowMs: 10_000, slides: false, ways: [0] },
  { calls: 100, windowMs: 60_000, slides: false, ways: [0] },
  { calls: 100, windowMs: 60_000, slides: true, ways: [0] },
  { calls: 100, windowMs: 10_000, slides: false, ways: [0, 0] },
  { calls: 100, windowMs: 60_000, slides: true, ways: [0, 0, 0] },
])(
  "$calls in $windowMs ms that slide ($slides), told by hints, by $ways.length: 95 percent are used",
  async ({ ways, ...told }) => {
    const time = createTimeline();
    const { quota } = shareQuota(time, ways);
    const never = { refusesAt: Infinity, refusedSeconds: 1 };
    const teller = { ...told, ...never, scope: "account" } as const;
    const make = createCaller(teller, time, quota);
    await time.run([probe(make, [HASTY])]);
    const windows = 30;
    const calls = await hurry(time, told.windowMs * windows, make);
    const possible = told.calls * windows;
    assert(calls >= 0.95 * possible, `${calls} of ${possible}`);
  },
);
