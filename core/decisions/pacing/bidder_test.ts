/**
 * Nodes on one budget: what each may bid when answers are lost, leases end, days turn and
 * promises are broken.
 *
 * @module
 */
import assert from "node:assert/strict";
import { DAY_MS } from "../../domain/day.ts";
import type { BudgetStore } from "../../ports/budgets.ts";
import { memoryBudgets } from "../../../tests/pacing/memory_budgets.ts";
import { reclaimSlice } from "./account.ts";
import { type Bidder, createBidder } from "./bidder.ts";
import type { Proposal } from "./proposal.ts";
import type { Silence } from "./held_slice.ts";
import { FLIGHT, RULES } from "./pacing_cases_test.ts";

const LEASE_MS = 100;
const MAX_BID_MICROS = 10;

/** Joins a budget of 1,000 micros with a multiplier of 2. */
function join(
  store: BudgetStore,
  session: string,
  given: {
    silence?: Silence;
    dayCapMicros?: number;
    mode?: "scale" | "throttle";
  } = {},
): Bidder {
  const { silence = null, dayCapMicros = null, mode = "scale" } = given;
  return createBidder({
    store,
    budget: "b",
    session,
    flight: { ...FLIGHT, dayCapMicros },
    rules: { ...RULES, mode },
    leaseMs: LEASE_MS,
    leastGrantMicros: MAX_BID_MICROS,
    maxBidMicros: MAX_BID_MICROS,
    shade: null,
    silence,
  });
}

function propose(bidder: Bidder, at = 0): Proposal {
  return bidder.propose({ value: 20, at, draw: 0.5 });
}

/** Bids until there is no more; returns the bids. */
function exhaust(bidder: Bidder, at = 0) {
  const bids = [];
  for (;;) {
    const proposal = propose(bidder, at);
    if (!("slice" in proposal)) return { bids, reason: proposal.reason };
    bids.push(proposal);
  }
}

/** A store that keeps what it is told, and then fails, while it is told to. */
function mute(store: BudgetStore) {
  const muted = { isMute: false };
  return Object.assign(muted, {
    async change<A>(...call: Parameters<typeof store.change<A>>): Promise<A> {
      const answer = await store.change(...call);
      if (muted.isMute) throw new Error("no answer");
      return answer;
    },
  });
}

Deno.test("nothing is bid before the first sync, and what was lent after it", async () => {
  const bidder = join(memoryBudgets(), "a");
  assert.deepEqual(propose(bidder), { bidMicros: 0, reason: "lease" });
  assert.equal(await bidder.sync(0), "pacing");
  const { bids, reason } = exhaust(bidder);
  assert.equal(bids.length, 25, "a quarter of 1,000");
  assert.equal(reason, "budget");
});

Deno.test("a node whose answers are lost does not bid what the account took back", async () => {
  const store = memoryBudgets();
  const [deaf, line] = [mute(store), null];
  const first = join(deaf, "a");
  await first.sync(0);
  deaf.isMute = true;
  for (let time = 0; time < 9; time++) {
    await first.sync(1).catch(() => line);
  }
  const second = join(store, "b");
  let count = 0;
  for (let time = 0; time < 200; time++) {
    await second.sync(2);
    count += exhaust(second, 2).bids.length;
  }
  count += exhaust(first, 2).bids.length;
  assert.ok(count <= 100, `${count} bids of 10 exceed 1,000`);
  assert.ok(count >= 75, `${count}`);
});

Deno.test("a slice that was not renewed ends on its node first, and may be reclaimed", async () => {
  const store = memoryBudgets();
  const bidder = join(store, "a");
  await bidder.sync(0);
  assert.ok("slice" in propose(bidder, LEASE_MS - 1));
  assert.deepEqual(propose(bidder, LEASE_MS), {
    bidMicros: 0,
    reason: "lease",
  });
  await store.change("b", (kept) => {
    assert.ok(kept !== null);
    const report = { id: "a-0", chargedMicros: 10, whole: LEASE_MS };
    return { kept: reclaimSlice(kept, report, 0), answer: null };
  });
  await bidder.sync(LEASE_MS);
  assert.equal(exhaust(bidder, LEASE_MS).bids.length, 0, "it is gone");
  assert.deepEqual(bidder.slices(), []);
  await bidder.sync(LEASE_MS);
  assert.deepEqual(bidder.slices(), ["a-1"]);
  assert.equal(exhaust(bidder, LEASE_MS).bids.length, 24, "a quarter of 990");
});

Deno.test("days have slices of their own; a settled one closes", async () => {
  const store = memoryBudgets();
  const bidder = join(store, "a", { dayCapMicros: 40 });
  await bidder.sync(DAY_MS - 50);
  const [first, ...others] = exhaust(bidder, DAY_MS - 50).bids;
  assert.ok(first !== undefined && others.length === 0);
  let more = 0;
  for (let time = 0; time < 9; time++) {
    await bidder.sync(DAY_MS - 50);
    more += exhaust(bidder, DAY_MS - 50).bids.length;
  }
  assert.equal(more, 3, "the day's cap");
  assert.equal(exhaust(bidder, DAY_MS).reason, "lease");
  store.now = DAY_MS;
  await bidder.sync(DAY_MS);
  assert.ok("slice" in propose(bidder, DAY_MS));
  assert.deepEqual(bidder.slices(), ["a-0", "a-1"]);
  assert.ok(bidder.win("a-0", first.bid, 7));
  for (const bid of [1, 2, 3]) bidder.lose("a-0", bid);
  await bidder.sync(DAY_MS);
  assert.deepEqual(bidder.slices(), ["a-1"]);
  assert.equal(store.read("b")?.closedMicros, 7);
  assert.equal(bidder.win("a-0", first.bid, 7), false);
});

Deno.test("a charge above its reservation stops this node at once, and others as they sync", async () => {
  const store = memoryBudgets();
  const [first, second] = [join(store, "a"), join(store, "b")];
  await first.sync(0);
  await second.sync(0);
  const proposal = propose(first);
  assert.ok("slice" in proposal);
  first.win(proposal.slice, proposal.bid, 11);
  assert.equal(exhaust(first).reason, "stopped");
  assert.equal(await first.sync(1), "stopped");
  assert.equal(await second.sync(1), "stopped");
  assert.equal(exhaust(second, 1).reason, "stopped");
});

Deno.test("silence frees what was reserved where the exchange promises to tell", async () => {
  const silence = { lostAfterMs: 20, forgottenAfterMs: 40 };
  for (const [given, free] of [[{ silence }, 25], [{}, 0]] as const) {
    const bidder = join(memoryBudgets(), "a", given);
    await bidder.sync(0);
    const before = exhaust(bidder).bids.length;
    await bidder.sync(30);
    const after = exhaust(bidder, 30).bids.length;
    assert.equal(before, 25);
    assert.ok(after >= free && after <= free + 25, `${after}`);
  }
});

Deno.test("statuses tell what holds a budget back", async () => {
  const store = memoryBudgets();
  const bidder = join(store, "a");
  for (let time = 0; time < 60; time++) {
    await bidder.sync(1);
    for (const { slice, bid } of exhaust(bidder, 1).bids) {
      bidder.win(slice, bid, 10);
    }
  }
  assert.equal(await bidder.sync(1), "spent");
  store.now = FLIGHT.until;
  assert.equal(await bidder.sync(FLIGHT.until), "ended");
  const early = createFutureBidder();
  assert.equal(await early.sync(0), "waiting");
  assert.equal(exhaust(early).reason, "budget");
});

function createFutureBidder(): Bidder {
  return createBidder({
    store: memoryBudgets(),
    budget: "b",
    session: "a",
    flight: { ...FLIGHT, from: DAY_MS / 2 },
    rules: RULES,
    leaseMs: LEASE_MS,
    leastGrantMicros: MAX_BID_MICROS,
    maxBidMicros: MAX_BID_MICROS,
    shade: null,
    silence: null,
  });
}

Deno.test("a flight that cannot be is refused", () => {
  for (const dayCapMicros of [-1, 0.5, NaN, 2 ** 53]) {
    assert.throws(
      () => join(memoryBudgets(), "a", { dayCapMicros }),
      /Cannot pace budget/,
    );
  }
});
