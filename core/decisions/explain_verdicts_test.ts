/**
 * Which condition failed, read off the record of a decision.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { DecisionRequest } from "../domain/decision.ts";
import { createDecisions } from "./decisions.ts";
import {
  ACTION,
  BID,
  decideIn,
  policyOf,
  REQUEST,
  scorerOf,
  scoresOf,
  worldOf,
} from "./memory_ports_test.ts";

async function explain(
  given: Parameters<typeof worldOf>[0],
  request: DecisionRequest,
) {
  const world = worldOf(given);
  const { id } = await decideIn(world, request);
  const why = await createDecisions(world).explain("acme", id);
  assert.equal(why.same, true);
  return why;
}

function requestWith(
  constraints: Partial<DecisionRequest["constraints"]>,
): DecisionRequest {
  const { constraints: none } = REQUEST;
  return { ...REQUEST, constraints: { ...none, ...constraints } };
}

const consent = policyOf({
  id: "consent",
  effect: "deny",
  when: {
    and: [
      { "!": { var: ["context.isControl", false] } },
      { "!": { var: "compliance.consent_email" } },
    ],
  },
  reason: "No consent to e-mail",
}, ["action"]);

Deno.test("an action that was denied shows each condition, its value and what would turn it", async () => {
  const given = {
    scores: scoresOf(scorerOf(ACTION)),
    documents: [consent],
  };
  const request = requestWith({ compliance: { ["consent_email"]: false } });
  const { verdicts } = await explain(given, request);
  assert.deepEqual(
    verdicts.map(({ action, passes }) => [action, passes]),
    [["mens", false], ["womens", false], ["none", true]],
  );
  const [mens] = verdicts;
  assert.deepEqual(
    mens?.rules.map(({ rule, conditions }) => [rule, conditions]),
    [[
      "consent@1/consent",
      [
        {
          text: "(context.isControl or false if missing)",
          holds: false,
          facts: { "context.isControl": false },
        },
        {
          text: "compliance.consent_email",
          holds: false,
          facts: { "compliance.consent_email": false },
        },
      ],
    ]],
  );
  assert.deepEqual(mens?.nearest?.changes, [
    { path: "compliance.consent_email", from: false, to: true },
  ]);
});

Deno.test("a consent that is not stated is named as missing", async () => {
  const given = { scores: scoresOf(scorerOf(ACTION)), documents: [consent] };
  const { verdicts } = await explain(given, REQUEST);
  assert.deepEqual(verdicts[0]?.rules[0]?.missing, [
    "compliance.consent_email",
  ]);
});

Deno.test("a bid that was capped names the largest that passes unchanged", async () => {
  const cap = policyOf({
    id: "low",
    effect: "cap",
    to: 100_000,
    reason: "Bids stay low",
  });
  const given = { scores: scoresOf(scorerOf(BID)), documents: [cap] };
  const { verdicts: [bid] } = await explain(given, REQUEST);
  assert.deepEqual(
    [bid?.action, bid?.passes, bid?.largestMicros, bid?.nearest],
    ["bid", true, 100_000, null],
  );
});

Deno.test("a bid that was denied is turned by its amount", async () => {
  const deny = policyOf({
    id: "high",
    effect: "deny",
    when: { ">": [{ var: "amount.micros" }, 40_000] },
    reason: "Too high",
  });
  const given = { scores: scoresOf(scorerOf(BID)), documents: [deny] };
  const { verdicts: [bid] } = await explain(given, REQUEST);
  assert.equal(bid?.passes, false);
  assert.equal(bid?.largestMicros, 40_000);
  assert.deepEqual(bid?.nearest?.changes.map(({ to }) => to), [40_000]);
});
