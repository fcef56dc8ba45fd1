/**
 * Limits in decisions: what is counted, read and refused, and that each such decision
 * replays bit for bit.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../domain/error.ts";
import type { LimitCounts } from "../ports/limits.ts";
import { createDecisions } from "./decisions.ts";
import { createLimits } from "./limits/limits.ts";
import { createMemoryLimits } from "./limits/memory_limits_test.ts";
import {
  AT,
  policyOf,
  REQUEST,
  type World,
  worldOf,
} from "./memory_ports_test.ts";
import { actions, bidder, decide, mailer } from "./replaying_test.ts";

const daily = policyOf({
  ...{ id: "daily", effect: "limit", reason: "Enough" },
  ...{ most: 2, within: "24h", per: ["subject"] },
}, ["action"]);

const spend = policyOf({
  ...{ id: "spend", effect: "limit", of: "micros", reason: "Spent" },
  ...{ most: 2500, within: "1h", per: ["channel"] },
}, ["bid"]);

/** Bids that are recommended, one after the other. */
async function bids(world: World, times: number): Promise<number[]> {
  const found: number[] = [];
  for (let time = 0; time < times; time++) {
    const { recommendation } = await decide(world);
    found.push(recommendation.kind === "bid" ? recommendation.bidMicros : NaN);
  }
  return found;
}

Deno.test("a limit lets so many decisions through, and then nothing is done", async () => {
  const world = worldOf({ scores: mailer, documents: [daily] });
  assert.deepEqual(await actions(world, 4), ["mens", "mens", "none", "none"]);
  const { counts, countsTowards, applied } = await decide(world);
  assert.deepEqual([counts, countsTowards], [{ "daily.daily": 2 }, undefined]);
  assert.deepEqual(applied.map(({ effect }) => effect), ["limit"]);
  const other = { ...REQUEST, entities: { subject: "u-2", channel: "email" } };
  const first = await decide(world, other);
  assert.deepEqual(first.countsTowards, ["daily.daily"]);
});

Deno.test("a limit of one action leaves the next best", async () => {
  const mens = { "==": [{ var: "context.action" }, "mens"] };
  const [rule] = daily.rules;
  assert(rule);
  const documents = [policyOf({ ...rule, when: mens }, ["action"])];
  const world = worldOf({ scores: mailer, documents });
  assert.deepEqual(await actions(world, 3), ["mens", "mens", "womens"]);
});

Deno.test("a limit of micros lowers the last bid to what is left", async () => {
  const world = worldOf({ scores: bidder, documents: [spend] });
  assert.deepEqual(await bids(world, 4), [1000, 1000, 500, 0]);
});

Deno.test("a limit leaves the window behind", async () => {
  let now = Date.parse(AT);
  const world = worldOf({
    ...{ scores: mailer, documents: [daily] },
    clock: { now: () => new Date(now).toISOString() },
  });
  assert.deepEqual(await actions(world, 3), ["mens", "mens", "none"]);
  now += 24 * 3_600_000;
  assert.deepEqual(await actions(world, 1), ["none"]);
  now += 60_000;
  assert.deepEqual(await actions(world, 3), ["mens", "mens", "none"]);
});

Deno.test("what the request does not tell apart is in doubt, and denied", async () => {
  const world = worldOf({ scores: mailer, documents: [daily] });
  const decision = await decide(world, { ...REQUEST, entities: {} });
  assert.deepEqual(decision.recommendation, { kind: "action", action: "none" });
  assert.match(decision.applied[0]?.reason ?? "", /missing counts.daily.daily/);
  assert.equal(decision.counts, undefined);
});

const dead: LimitCounts = {
  read: () => Promise.reject(new EngineError("store_unavailable", "Gone")),
  claim: () => Promise.reject(new EngineError("store_unavailable", "Gone")),
  release: () => Promise.reject(new EngineError("store_unavailable", "Gone")),
};

Deno.test.each([
  { note: "read", limits: dead },
  { note: "claimed", limits: { ...createMemoryLimits(), claim: dead.claim } },
])(
  "where counts cannot be $note the answer comes, and says so",
  async ({ limits }) => {
    const world = worldOf({
      ...{ scores: mailer, documents: [daily] },
      limits: createLimits(limits),
    });
    const { recommendation, falls, rung } = await decide(world);
    assert.deepEqual(recommendation, { kind: "action", action: "none" });
    assert.equal(rung, "champion");
    assert.deepEqual(falls, [
      { from: "champion", cause: "limits: store_unavailable" },
    ]);
    const [rule] = daily.rules;
    assert(rule);
    const lenient = worldOf({
      ...{ scores: mailer, limits: createLimits(limits) },
      documents: [policyOf({ ...rule, onMissing: "skip" }, ["action"])],
    });
    const mens = { kind: "action", action: "mens" };
    assert.deepEqual((await decide(lenient)).recommendation, mens);
  },
);

Deno.test("who comes second to the last place is settled again, and denied", async () => {
  const store = createMemoryLimits();
  const world = () =>
    worldOf({
      ...{ scores: mailer, documents: [daily] },
      limits: createLimits(store),
    });
  const taken = await Promise.all(
    Array.from({ length: 5 }, () => decide(world())),
  );
  const sent = taken.filter(({ countsTowards }) => countsTowards);
  assert.equal(sent.length, 2);
});

Deno.test("who is refused once is settled again on what is counted by then", async () => {
  const store = createMemoryLimits();
  let refusals = 1;
  const limits = createLimits({
    ...store,
    claim: (claims, now) =>
      refusals-- > 0
        ? Promise.resolve(claims.map(() => null))
        : store.claim(claims, now),
  });
  const world = worldOf({ scores: mailer, documents: [daily], limits });
  const { counts, countsTowards } = await decide(world);
  assert.deepEqual([counts, countsTowards], [
    { "daily.daily": 0 },
    ["daily.daily"],
  ]);
});

Deno.test("a limit that is full whatever was read denies in the end", async () => {
  let claims = 0;
  const full: LimitCounts = {
    ...createMemoryLimits(),
    claim: (asked) => (claims++, Promise.resolve(asked.map(() => null))),
  };
  for (const documents of [[daily], [spend]]) {
    const world = worldOf({
      ...{ documents, limits: createLimits(full) },
      scores: documents[0] === spend ? bidder : mailer,
    });
    const { recommendation, counts } = await decide(world);
    assert.deepEqual(
      recommendation,
      documents[0] === spend
        ? { kind: "bid", bidMicros: 0, currency: "EUR" }
        : { kind: "action", action: "none" },
    );
    assert.deepEqual(Object.values(counts ?? {}), [
      documents[0]?.rules[0]?.most,
    ]);
  }
  assert.ok(claims < 20);
});

const options = (key: string | null) => ({
  ...{ by: "tester", render: ({ id }: { id: string }) => id },
  idempotent: key === null ? null : { route: "r", key, requestHash: "h" },
});

Deno.test("one key counts once, also where two nodes answer it", async () => {
  const store = createMemoryLimits();
  const one = worldOf({
    ...{ scores: mailer, documents: [daily], limits: createLimits(store) },
    idempotency: { find: () => Promise.resolve(null) },
  });
  const other = { ...one, limits: createLimits(store) };
  for (const world of [one, other, other]) {
    await createDecisions(world).decide("acme", REQUEST, options("k"));
  }
  assert.equal(one.log.rows.length, 1);
  const fresh = worldOf({
    ...{ scores: mailer, documents: [daily], limits: createLimits(store) },
  });
  assert.deepEqual(await actions(fresh, 2), ["mens", "none"]);
});

Deno.test("what is not kept is not counted, unless a key could still find it", async () => {
  const world = worldOf({ scores: mailer, documents: [daily] });
  const decisions = createDecisions(world);
  world.log.failure = new EngineError("store_unavailable", "Cannot");
  for (const key of [null, null, null, "k"]) {
    await assert.rejects(decisions.decide("acme", REQUEST, options(key)));
  }
  world.log.failure = null;
  assert.deepEqual(await actions(world, 2), ["mens", "none"]);
});

Deno.test("an explanation says which limit was reached, and where counts were not known", async () => {
  const world = worldOf({ scores: mailer, documents: [daily] });
  await actions(world, 2);
  const { id } = await decide(world);
  const { summary } = await createDecisions(world).explain("acme", id);
  assert.match(summary, /daily@1\/daily limited: Enough\.$/);
  const blind = worldOf({
    ...{ scores: mailer, documents: [daily], limits: createLimits(dead) },
  });
  const unknown = await decide(blind);
  const why = await createDecisions(blind).explain("acme", unknown.id);
  assert.match(why.summary, /What limits have counted was not known/);
});

Deno.test("a batch of bids is judged by what was counted, and counts nothing", async () => {
  const world = worldOf({ scores: bidder, documents: [spend] });
  await bids(world, 2);
  const request = { ...REQUEST, model: "email_visit" };
  const options = { spreadPermille: 200, stepPermille: 1000 };
  for (let twice = 0; twice < 2; twice++) {
    const [made] = await createDecisions(world).recommend("acme", {
      ...{ asks: [{ request, todayMicros: null }], options },
    });
    assert.deepEqual([made?.bidMicros, made?.limitedBy], [500, "policy"]);
  }
  assert.deepEqual(await bids(world, 2), [500, 0]);
});
