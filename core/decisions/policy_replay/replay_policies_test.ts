/**
 * A replay of policies says what would have been done, had they been in force: compared
 * with decisions that were really taken under them.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Decision, DecisionRequest } from "../../domain/decision.ts";
import type { PolicyDocument, PolicyRule } from "../../domain/verdict.ts";
import { compilePolicySet } from "../../verdicts/judge/policy_set.ts";
import { createDecisions } from "../decisions.ts";
import {
  AT,
  policyOf,
  REQUEST,
  type World,
  worldOf,
} from "../memory_ports_test.ts";
import { bidder, mailer } from "../replaying_test.ts";
import type { Impact } from "./impact.ts";
import { readRecordsSince, replayPolicies } from "./replay_policies.ts";

const CHANNELS = ["email", "sms"] as const;

const RULES: readonly Omit<PolicyRule, "id" | "reason">[] = [
  { effect: "deny", when: { "==": [{ var: "context.channel" }, "sms"] } },
  { effect: "deny", when: { ">": [{ var: "amount.micros" }, 900] } },
  { effect: "cap", to: 600 },
  { effect: "floor", to: 1200 },
  { effect: "adjust", byPermille: 500 },
  {
    effect: "review",
    when: { "==": [{ var: "context.action" }, "mens"] },
    onMissing: "skip",
  },
  {
    effect: "prioritise",
    by: 5,
    when: { "==": [{ var: "context.action" }, "womens"] },
  },
  { effect: "limit", most: 2, within: "24h", per: ["subject"] },
  { effect: "limit", most: 1, within: "1h", per: ["channel", "subject"] },
];

const anySet = fc.subarray(RULES.map((_, at) => at)).map((picked) =>
  picked.map((at) => {
    const rule = { id: `rule_${at}`, reason: "Because", ...RULES[at] };
    const actionOnly = rule.effect === "prioritise";
    const on = actionOnly ? ["action" as const] : ["bid", "action"] as const;
    return policyOf(rule as PolicyRule, [...on]);
  })
);

const anyAsk = fc.record({
  channel: fc.constantFrom(...CHANNELS),
  subject: fc.constantFrom("u-1", "u-2"),
  segment: fc.constantFrom("vip", "new"),
  afterMinutes: fc.integer({ min: 0, max: 90 }),
});

Deno.test("replayPolicies() finds what other policies would have decided", async () => {
  await fc.assert(
    fc.asyncProperty(
      ...[anySet, anySet, fc.constantFrom(mailer, bidder)] as const,
      fc.array(anyAsk, { minLength: 1, maxLength: 12 }),
      async (before, after, scores, asks) => {
        const was = await takeAll({ documents: before, scores }, asks);
        const is = await takeAll({ documents: after, scores }, asks);
        const expected = was.decisions.filter((one, at) =>
          said(one) !== said(is.decisions[at])
        ).map(({ id }) => id);
        const impact = await replay(was.world, after);
        assert.equal(impact.decisions, asks.length);
        assert.deepEqual(
          impact.samples.map(({ decisionId }) => decisionId),
          [
            ...expected,
          ].sort(),
        );
        assert.equal(impact.flips, expected.length);
        for (const flip of impact.samples) {
          const at = was.decisions.findIndex(({ id }) =>
            id === flip.decisionId
          );
          const { action, bidMicros } = flip.after;
          assert.equal(action ?? bidMicros, said(is.decisions[at]));
        }
        const rows = impact.by.channel.reduce((n, row) => n + row.flips, 0);
        assert.equal(rows, impact.flips, "every flip has its channel");
        assert.deepEqual(
          await replay(was.world, after, before),
          impact,
          "the set that decided, named",
        );
      },
    ),
    { numRuns: 100 },
  );
});

Deno.test("replayPolicies() tells a tighter set from a looser one, by rule and money", async () => {
  const cap = policyOf({ id: "most", effect: "cap", to: 400, reason: "Most" });
  const asks = CHANNELS.map((channel) => ({
    ...{ channel, subject: "u-1", segment: "vip", afterMinutes: 1 },
  }));
  const { world } = await takeAll({ documents: [], scores: bidder }, asks);
  const tighter = await replay(world, [cap]);
  assert.deepEqual(
    [tighter.flips, tighter.tighter, tighter.looser],
    [2, 2, 0],
  );
  assert.deepEqual(tighter.by.rule, [
    { key: "+most/most", decisions: 2, flips: 2, tighter: 2, looser: 0 },
  ]);
  const [money] = tighter.money;
  assert.deepEqual([money?.bidsBefore, money?.bidsAfter], [2000, 800]);
  assert.deepEqual(
    tighter.by.audience,
    [{ key: "vip", decisions: 2, flips: 2, tighter: 2, looser: 0 }],
  );
  const capped = await takeAll({ documents: [cap], scores: bidder }, asks);
  const looser = await replay(capped.world, []);
  assert.deepEqual([looser.tighter, looser.looser], [0, 2]);
  assert.deepEqual(looser.by.rule[0]?.key, "-most/most");
});

Deno.test("replayPolicies() says which decisions it cannot settle again", async () => {
  const { world } = await takeAll({ documents: [], scores: bidder }, [
    { channel: "sms", subject: "u-1", segment: "vip", afterMinutes: 1 },
  ]);
  const impact = await replayPolicies(
    { find: () => Promise.resolve(null) },
    {
      ...{ tenant: "acme", samples: 9, before: null },
      after: compilePolicySet([]),
    },
    readRecordsSince(world.log, { tenant: "acme", since: AT }),
  );
  assert.deepEqual([impact.decisions, impact.skipped], [0, {
    ["model_unknown"]: 1,
  }]);
});

interface Ask {
  readonly channel: (typeof CHANNELS)[number];
  readonly subject: string;
  readonly segment: string;
  readonly afterMinutes: number;
}

async function takeAll(
  given: Pick<World, "scores"> & { documents: PolicyDocument[] },
  asks: readonly Ask[],
) {
  let now = Date.parse(AT);
  const world = worldOf({
    ...given,
    clock: { now: () => new Date(now).toISOString() },
  });
  const decisions: Decision[] = [];
  for (const { afterMinutes, ...entities } of asks) {
    now += afterMinutes * 60_000;
    const request: DecisionRequest = { ...REQUEST, entities };
    const { decision } = await createDecisions(world).decide("acme", request, {
      ...{ by: "tester", idempotent: null },
      render: ({ id }) => id,
    });
    if (decision) decisions.push(decision);
  }
  return { world, decisions };
}

function replay(
  world: World,
  after: PolicyDocument[],
  before?: PolicyDocument[],
): Promise<Impact> {
  return replayPolicies(
    {
      find: async (tenant, ref) =>
        (await world.scores.version(tenant, ref)).record,
    },
    {
      ...{ tenant: "acme", samples: 99 },
      after: compilePolicySet(after),
      before: before ? compilePolicySet(before) : null,
    },
    readRecordsSince(world.log, { tenant: "acme", since: AT }),
  );
}

function said(decision: Decision | undefined): string | number | undefined {
  const told = decision?.recommendation;
  return told?.kind === "bid" ? told.bidMicros : told?.action;
}

Deno.test("readRecordsSince() leaves out what is older", async () => {
  const asks = Array.from({ length: 30 }, () => ({
    ...{ channel: "sms" as const, subject: "u-1", segment: "vip" },
    afterMinutes: 60,
  }));
  const { world, decisions } = await takeAll(
    { documents: [], scores: bidder },
    asks,
  );
  const since = decisions[20]?.at ?? "";
  const pages = await Array.fromAsync(
    readRecordsSince(world.log, { tenant: "acme", since }),
  );
  assert.deepEqual(
    pages.flat().map(({ decision }) => decision.id),
    decisions.slice(20).map(({ id }) => id),
  );
});
