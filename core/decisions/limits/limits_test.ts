/**
 * Nodes that count towards one limit: never more than its most in any window, whoever is
 * first, and no less than there is room for.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { LimitCounts } from "../../ports/limits.ts";
import type { Limit } from "../../verdicts/judge/policy_set.ts";
import type { LimitKey } from "../../domain/verdict.ts";
import { REQUEST } from "../memory_ports_test.ts";
import { type Counter, findCounters, slotAt } from "./counters.ts";
import { createLimits, type LimitDesk } from "./limits.ts";
import { createMemoryLimits } from "./memory_limits_test.ts";

const START = Date.parse("2026-01-31T09:00:30.000Z");
const WINDOW_SECONDS = 10;

function limitOf(most: number, per: readonly LimitKey[]): Limit {
  return {
    ...{ name: "contacts.daily", rule: "contacts@1/daily", of: "decisions" },
    ...{ per, most, windowSeconds: WINDOW_SECONDS },
    ...{ tenants: null, channels: null },
  };
}

function counterOf(limit: Limit): Counter {
  const [counter] = findCounters([limit], "acme", REQUEST);
  assert(counter);
  return counter;
}

/** Something that a node wants to count at a moment. */
interface Wish {
  readonly node: number;
  readonly now: number;
  readonly count: number;
}

/** Wishes in bursts: those of a burst are under way at once. */
const bursts = fc.array(
  fc.record({
    pauseMs: fc.integer({ min: 0, max: 2500 }),
    wishes: fc.array(
      fc.record({
        node: fc.nat(1),
        count: fc.integer({ min: 1, max: 3 }),
        behindMs: fc.nat(1500),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  }),
  { minLength: 1, maxLength: 12 },
);

type Bursts = typeof bursts extends fc.Arbitrary<infer T> ? T : never;

interface Told extends Wish {
  readonly isCounted: boolean;
}

/** Lets nodes count what they wish, in the order that the scheduler picks. */
async function count(
  nodes: readonly LimitDesk[],
  counter: Counter,
  { given, scheduler }: {
    readonly given: Bursts;
    readonly scheduler: fc.Scheduler;
  },
): Promise<readonly Told[]> {
  const told: Told[] = [];
  let at = START;
  for (const { pauseMs, wishes } of given) {
    at += pauseMs;
    const under = wishes.map(async ({ node, count, behindMs }) => {
      const now = at - behindMs;
      const full = await nodes[node]?.claim([{ counter, count }], now);
      told.push({ node, count, now, isCounted: full?.size === 0 });
    });
    await scheduler.waitFor(Promise.all(under));
  }
  return told;
}

/** A store whose answers come when the scheduler says so. */
function scheduled(store: LimitCounts, scheduler: fc.Scheduler): LimitCounts {
  return {
    read: scheduler.scheduleFunction(store.read),
    claim: scheduler.scheduleFunction(store.claim),
    release: scheduler.scheduleFunction(store.release),
  };
}

/** The fullest window that ends with something counted. */
function fullest(told: readonly Told[]): number {
  const counted = told.filter(({ isCounted }) => isCounted);
  return Math.max(
    0,
    ...counted.map(({ now: end }) =>
      counted.filter(({ now }) =>
        now <= end && now > end - WINDOW_SECONDS * 1000
      ).reduce((sum, one) => sum + one.count, 0)
    ),
  );
}

Deno.test.each<{ per: LimitKey[] }>([
  { per: ["subject"] },
  { per: ["tenant"] },
  { per: [] },
])(
  "two nodes never count more than the most in any window, apart for $per",
  async ({ per }) => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        bursts,
        fc.integer({ min: 0, max: 40 }),
        async (scheduler, given, most) => {
          const store = scheduled(createMemoryLimits(), scheduler);
          const nodes = [createLimits(store), createLimits(store)];
          const counter = counterOf(limitOf(most, per));
          const told = await count(nodes, counter, { given, scheduler });
          assert.ok(fullest(told) <= most);
        },
      ),
      { numRuns: 300 },
    );
  },
);

Deno.test("what is counted apart for a person is refused only where there is no room", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      bursts,
      fc.integer({ min: 1, max: 12 }),
      async (scheduler, given, most) => {
        const limit = limitOf(most, ["subject"]);
        const store = scheduled(createMemoryLimits(), scheduler);
        const nodes = [createLimits(store), createLimits(store)];
        const told = await count(nodes, counterOf(limit), {
          given,
          scheduler,
        });
        for (const refused of told.filter(({ isCounted }) => !isCounted)) {
          const { since } = slotAt(limit, refused.now);
          const there = told.filter(({ isCounted, now }) =>
            isCounted && slotAt(limit, now).ends > since
          ).reduce((sum, one) => sum + one.count, 0);
          assert.ok(there + refused.count > most);
        }
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("a node that closes gives back what it held and did not use", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 1000 }),
      async (times, most) => {
        const store = createMemoryLimits();
        const desk = createLimits(store);
        const counter = counterOf(limitOf(most, ["channel"]));
        let counted = 0;
        for (let time = 0; time < times; time++) {
          const full = await desk.claim([{ counter, count: 1 }], START);
          if (full.size === 0) counted += 1;
        }
        assert.equal(counted, Math.min(times, most));
        await desk.close();
        const { since } = slotAt(counter.limit, START);
        assert.deepEqual(await store.read([{ ...counter, since }]), [counted]);
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("counters of many are claimed by slices, those of a person one by one", async () => {
  for (const [per, most] of [["channel", 100], ["subject", 512]] as const) {
    const store = createMemoryLimits();
    let claims = 0;
    const desk = createLimits({
      ...store,
      claim: (...asked) => (claims++, store.claim(...asked)),
    });
    const counter = counterOf(limitOf(100_000, [per]));
    for (let time = 0; time < 512; time++) {
      await desk.claim([{ counter, count: 1 }], START);
    }
    assert.ok(claims <= most && claims >= most / 12, `${claims} claims`);
  }
});

Deno.test("what one node holds is not counted by it, but by others", async () => {
  const store = createMemoryLimits();
  const [one, other] = [createLimits(store), createLimits(store)];
  const counter = counterOf(limitOf(1000, ["channel"]));
  for (let time = 0; time < 4; time++) {
    await one.claim([{ counter, count: 1 }], START);
  }
  assert.deepEqual(await one.read([counter], START), { "contacts.daily": 4 });
  const seen = (await other.read([counter], START))["contacts.daily"] ?? 0;
  assert.ok(seen > 4);
});

Deno.test("no decision waits for what slices of past slots give back", async () => {
  const store = createMemoryLimits();
  const given = Promise.withResolvers<void>();
  const desk = createLimits({
    ...store,
    release: (claims) => given.promise.then(() => store.release(claims)),
  });
  const one = counterOf(limitOf(1000, ["channel"]));
  const keys = Array.from({ length: 1100 }, (_, k) => `${k}`);
  const many = keys.map((key) => ({ ...one, key }));
  for (const counter of [many, many, many, many].flat()) {
    await desk.claim([{ counter, count: 1 }], START);
  }
  assert.deepEqual(await desk.read([one], START + 2000), { [one.counter]: 0 });
  given.resolve();
  await desk.close();
  const left = await store.read(many.map((of) => ({ ...of, since: START })));
  assert.deepEqual(new Set(left), new Set([4]));
});

Deno.test("a refused claim of several counts nothing", async () => {
  const store = createMemoryLimits();
  const desk = createLimits(store);
  const shared = counterOf({ ...limitOf(9, ["channel"]), name: "a.shared" });
  const own = counterOf({ ...limitOf(1, ["subject"]), name: "a.own" });
  const wanted = [{ counter: shared, count: 1 }, { counter: own, count: 1 }];
  assert.deepEqual(await desk.claim(wanted, START), new Set());
  assert.deepEqual(await desk.claim(wanted, START), new Set(["a.own"]));
  assert.deepEqual(await desk.read([shared, own], START), {
    "a.shared": 1,
    "a.own": 1,
  });
});

Deno.test("released is as if it had not been counted", async () => {
  for (const per of ["channel", "subject"] as const) {
    const desk = createLimits(createMemoryLimits());
    const counter = counterOf(limitOf(1, [per]));
    const wanted = [{ counter, count: 1 }];
    assert.equal((await desk.claim(wanted, START)).size, 0);
    assert.equal((await desk.claim(wanted, START)).size, 1);
    await desk.release(wanted.map((one) => ({ ...one, at: START })));
    assert.equal((await desk.claim(wanted, START)).size, 0);
  }
});

Deno.test("a limit has a counter for whom and what it is kept apart", () => {
  const limit = limitOf(1, []);
  const request = {
    ...REQUEST,
    entities: { subject: "u-1", channel: "email", campaign: "c-1" },
  };
  const keyOf = (limit: Limit, tenant = "acme") => {
    const [counter] = findCounters([limit], tenant, request);
    return counter && [counter.tenant, counter.key, counter.subject];
  };
  assert.deepEqual(keyOf(limit), ["*", '["decisions"]', null]);
  assert.deepEqual(keyOf({ ...limit, per: ["tenant"] }), [
    ...["acme", '["decisions","tenant","acme"]', null],
  ]);
  assert.deepEqual(keyOf({ ...limit, per: ["subject", "channel"] }), [
    ...["acme", '["decisions","subject","channel","u-1","email"]', "u-1"],
  ]);
  assert.equal(keyOf({ ...limit, per: ["placement"] }), undefined);
  assert.equal(keyOf({ ...limit, tenants: new Set(["other"]) }), undefined);
  assert.equal(keyOf({ ...limit, channels: new Set(["search"]) }), undefined);
});

Deno.test("a slot counts until all of it has left the window", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 40 * 86_400 }),
    fc.nat(1e9),
    fc.nat(1e9),
    (windowSeconds, at, later) => {
      const limit = { ...limitOf(1, []), windowSeconds };
      const then = START + at;
      const now = then + later;
      const { ends } = slotAt(limit, then);
      const { since, idleAt } = slotAt(limit, now);
      const windowMs = windowSeconds * 1000;
      const slotMs = Math.max(1000, Math.ceil(windowMs / 1440));
      if (now - then < windowMs) assert.ok(ends > since);
      if (now - then >= windowMs + slotMs) assert.ok(ends <= since);
      assert.ok(idleAt >= now + windowMs);
      assert.ok(ends > then && ends - then <= slotMs);
    },
  ));
});
