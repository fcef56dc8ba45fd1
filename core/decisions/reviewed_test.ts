/**
 * What a person must agree to, what goes first, and what lists and switches stop.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { PolicyDocument } from "../domain/verdict.ts";
import { compilePolicySet } from "../verdicts/judge/policy_set.ts";
import { policyOf, REQUEST, worldOf } from "./memory_ports_test.ts";
import { actions, bidder, decide, mailer } from "./replaying_test.ts";

Deno.test("an action that a person must agree to is reported, and not recommended", async () => {
  const review = policyOf({
    ...{ id: "mens_review", effect: "review", reason: "Ask legal" },
    when: {
      and: [
        { in: [{ var: "context.action" }, ["mens", "none"]] },
        { "!": { var: ["compliance.approved", false] } },
      ],
    },
  });
  const world = worldOf({ scores: mailer, documents: [review] });
  const decision = await decide(world);
  assert.deepEqual(decision.recommendation, {
    kind: "action",
    action: "womens",
  });
  assert.deepEqual(decision.reviews, [{
    action: "mens",
    rule: "mens_review@1/mens_review",
    reason: "Ask legal",
  }]);
  const allowed = decision.actions.map(({ action, allowed }) => [
    action,
    allowed,
  ]);
  assert.deepEqual(allowed, [["mens", false], ["womens", true], [
    "none",
    true,
  ]]);
  const compliance = { approved: true };
  const constraints = { ...REQUEST.constraints, compliance };
  const agreed = await decide(world, { ...REQUEST, constraints });
  assert.deepEqual(agreed.recommendation, { kind: "action", action: "mens" });
  assert.equal(agreed.reviews, undefined);
});

Deno.test("a bid that a person must agree to is 0", async () => {
  const review = policyOf({
    ...{ id: "big", effect: "review", reason: "Ask finance" },
    when: { ">": [{ var: "amount.micros" }, 900] },
  });
  const world = worldOf({ scores: bidder, documents: [review] });
  const { recommendation, reviews, applied } = await decide(world);
  assert.equal(recommendation.kind === "bid" && recommendation.bidMicros, 0);
  assert.deepEqual(reviews?.map(({ action }) => action), ["bid"]);
  assert.deepEqual(applied.map(({ rule }) => rule), [
    ...["big@1/big", "engine@1/review"],
  ]);
});

Deno.test("a priority goes before worth, among what is allowed", async () => {
  const first = (action: string, by: number) =>
    policyOf({
      ...{ id: `first_${action}`, effect: "prioritise", by, reason: "Season" },
      when: { "==": [{ var: "context.action" }, action] },
    }, ["action"]);
  const documents: PolicyDocument[] = [first("none", 5), first("womens", 9)];
  const world = worldOf({ scores: mailer, documents });
  const decision = await decide(world);
  assert.deepEqual(
    decision.actions.map(({ action, priority }) => [action, priority]),
    [["womens", 9], ["none", 5], ["mens", undefined]],
  );
  assert.deepEqual(decision.recommendation, {
    kind: "action",
    action: "womens",
  });
  const denied = policyOf({
    ...{ id: "no_womens", effect: "deny", reason: "No" },
    when: { "==": [{ var: "context.action" }, "womens"] },
  });
  const without = worldOf({
    ...{ scores: mailer, documents: [...documents, denied] },
  });
  assert.deepEqual(await actions(without, 1), ["none"]);
});

Deno.test("lists and switches stop what they name, and replay from the archive", async () => {
  const excluded = policyOf({
    ...{ id: "excluded", effect: "deny", reason: "Excluded" },
    when: { in: [{ var: "context.campaign" }, { list: "blocked" }] },
  });
  const policies = compilePolicySet([excluded], {
    lists: [{
      ...{ list: "blocked", version: 1, owner: "tests", about: "Blocked." },
      items: ["c-1"],
    }],
    switches: [
      { id: "halt_sms", stops: { channel: "sms" }, reason: "Halted" },
    ],
  });
  const world = worldOf({ scores: mailer, policies: () => policies });
  const about = (campaign: string, channel: string) =>
    decide(world, { ...REQUEST, entities: { campaign, channel } });
  const told = async (campaign: string, channel: string) => {
    const { recommendation, applied } = await about(campaign, channel);
    return [
      recommendation.kind === "action" && recommendation.action,
      ...applied.map(({ rule }) => rule),
    ];
  };
  assert.deepEqual(await told("c-2", "email"), ["mens"]);
  assert.deepEqual(await told("c-1", "email"), [
    ...["none", "excluded@1/excluded"],
  ]);
  assert.deepEqual(await told("c-2", "sms"), ["none", "switch@1/halt_sms"]);
});
