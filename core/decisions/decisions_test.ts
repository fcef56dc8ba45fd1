/**
 * What the decisions rest on, how long they hold, and how they are kept.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createDecisions } from "./decisions.ts";
import {
  ACTION,
  AT,
  BID,
  decideIn,
  policyOf,
  readingsOf,
  REQUEST,
  scorerOf,
  scoresOf,
  worldOf,
} from "./memory_ports_test.ts";

const bidder = worldOf({
  scores: scoresOf(scorerOf(BID, { score: () => 0.1 })),
});

const worths: Record<string, number> = { mens: 0.3, womens: 0.2, none: 0.1 };
const mailer = scoresOf(
  scorerOf(ACTION, { score: ({ action }) => worths[action ?? ""] ?? 0 }),
);

const noMens = policyOf({
  id: "no_mens",
  effect: "deny",
  when: { "==": [{ var: "context.action" }, "mens"] },
  reason: "No",
});

Deno.test("the caller's features override the store's and reach model and policies", async () => {
  const read: unknown[] = [];
  const asked: string[] = [];
  const scorer = scorerOf(BID, {
    score: ({ values }) => (read.push(...values), 0.1),
  });
  const world = worldOf({
    scores: scoresOf(scorer),
    features: {
      read: (_tenant, { ids }) => {
        asked.push(...ids);
        return Promise.resolve(readingsOf(ids));
      },
      rebuilding: () => false,
    },
    documents: [
      policyOf({
        id: "odd",
        effect: "deny",
        when: { "==": [{ var: "features.request.shape" }, "odd"] },
        reason: "Odd",
      }),
      policyOf({
        id: "seen",
        effect: "deny",
        when: { "==": [{ var: "features.audience.zip" }, 99] },
        reason: "X",
      }),
    ],
  });
  const features = { ["request.hour"]: 9, ["request.shape"]: "odd" };
  const decision = await decideIn(world, { ...REQUEST, features });
  assert.deepEqual(asked.sort(), ["audience.recency", "audience.zip"]);
  assert.deepEqual(read, [3, 9]);
  assert.equal(decision.features["request.hour"]?.status, "given");
  assert.deepEqual(decision.applied.map(({ rule }) => rule), ["odd@1/odd"]);
});

Deno.test("text in place of a number is refused by name, for a model would read it as missing", async () => {
  const features = { ["audience.recency"]: "nine" };
  await assert.rejects(decideIn(bidder, { ...REQUEST, features }), {
    code: "request_invalid",
    message: /"audience\.recency".* must be a number/,
  });
});

Deno.test("a decision ends before a minute in which the policies would refuse it", async () => {
  const quiet = policyOf({
    id: "quiet",
    effect: "deny",
    when: { ">=": [{ var: "time.localMinute" }, 541] },
    reason: "Quiet",
  });
  const world = worldOf({ scores: bidder.scores, documents: [quiet] });
  const { validUntil } = await decideIn(world, REQUEST);
  assert.equal(validUntil, "2026-01-31T09:01:00.000Z");
  const free = await decideIn(bidder, REQUEST);
  assert.equal(free.validUntil, "2026-01-31T09:01:30.000Z");
});

Deno.test.each([
  { zone: null, minute: 540, weekday: 6, dayOfMonth: 31 },
  { zone: "UTC", minute: 540, weekday: 6, dayOfMonth: 31 },
  { zone: "Asia/Kolkata", minute: 870, weekday: 6, dayOfMonth: 31 },
  { zone: "Pacific/Kiritimati", minute: 1380, weekday: 6, dayOfMonth: 31 },
  { zone: "Pacific/Auckland", minute: 1320, weekday: 6, dayOfMonth: 31 },
])("policies see the wall clock of $zone", async ({ zone, ...want }) => {
  const { minute, weekday, dayOfMonth } = want;
  const local = policyOf({
    id: "local",
    effect: "deny",
    when: {
      and: [
        { "==": [{ var: "time.localMinute" }, minute] },
        { "==": [{ var: "time.weekday" }, weekday] },
        { "==": [{ var: "time.dayOfMonth" }, dayOfMonth] },
      ],
    },
    reason: "Local",
  });
  const world = worldOf({ scores: bidder.scores, documents: [local] });
  for (let twice = 0; twice < 2; twice++) {
    const { applied } = await decideIn(world, { ...REQUEST, zone });
    assert.deepEqual(applied.map(({ rule }) => rule), ["local@1/local"]);
  }
});

Deno.test("stale features shorten a decision's life", async () => {
  const world = worldOf({
    features: {
      read: (_tenant, { ids }) => Promise.resolve(readingsOf(ids, 3, "stale")),
      rebuilding: () => false,
    },
  });
  const { validUntil } = await decideIn(world, REQUEST);
  assert.equal(validUntil, "2026-01-31T09:00:45.000Z");
});

Deno.test("the policies in force are archived before the first decision that cites them", async () => {
  const world = worldOf({ documents: [noMens] });
  const { save } = world.archive;
  world.archive.save = async (...set) => {
    await new Promise((wake) => setTimeout(wake));
    await save(...set);
  };
  const append = world.log.append;
  let archived = -1;
  world.log.append = (entries) => {
    archived = world.archived.size;
    return append(entries);
  };
  const { policySet } = await decideIn(world, REQUEST);
  assert.equal(archived, 1);
  assert.deepEqual([...world.archived.keys()], [policySet]);
});

Deno.test("find() reads the record back exactly", async () => {
  const world = worldOf({ scores: mailer });
  const decision = await decideIn(world, REQUEST);
  const found = await createDecisions(world).find("acme", decision.id);
  assert.deepEqual(found?.record.decision, decision);
  assert.deepEqual(found?.record.request, REQUEST);
  assert.equal(await createDecisions(world).find("acme", "dec_9"), null);
  assert.equal(found?.record.decision.at, AT);
});
