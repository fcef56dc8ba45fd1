/**
 * A rule explains itself by its conditions and the values they saw.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Facts, PolicyDocument } from "../../domain/verdict.ts";
import { checkRules } from "../document/document.ts";
import { policy } from "../judge/sketch_test.ts";
import {
  compileExplanations,
  explainRule,
  printExplanation,
} from "./explain.ts";

/** Explains a policy's rules, the same way one by one and all in one run. */
function explainPolicy(document: PolicyDocument, facts: Facts) {
  const rules = checkRules("sketch.json", document);
  const single = rules.map((rule) => explainRule(document, rule, facts));
  const all = compileExplanations(rules.map(({ when, to }, index) => ({
    ...{ rule: `sketch@2/r${index}`, when, to },
  })));
  assert.deepEqual(all(facts), single);
  assert.deepEqual(all({}), all({}));
  assert.deepEqual(all(facts), single);
  return single;
}

Deno.test("an explanation says of each condition what it saw", () => {
  const [explanation] = explainPolicy(
    policy([{
      effect: "cap",
      when: {
        and: [
          { "!": [{ in: [{ var: "context.channel" }, ["email", "sms"]] }] },
          {
            or: [{ var: "compliance.x" }, {
              "<": [0, { var: "score.ppm" }, 9],
            }],
          },
        ],
      },
      to: { "-": [{ var: "constraints.maxBidMicros" }, 1] },
    }]),
    { context: { channel: "email" }, score: { ppm: 12 } },
  );
  assert.deepEqual(explanation, {
    rule: "sketch@2/r0",
    holds: false,
    conditions: [
      {
        text: 'context.channel in ["email","sms"]',
        holds: true,
        facts: { "context.channel": "email" },
      },
      { text: "compliance.x", holds: null, facts: { "compliance.x": null } },
      {
        text: "0 < score.ppm < 9",
        holds: false,
        facts: { "score.ppm": 12 },
      },
    ],
    missing: ["constraints.maxBidMicros"],
  });
});

Deno.test("an explanation names only the facts that matter", () => {
  const [explanation] = explainPolicy(
    policy([{
      effect: "deny",
      when: {
        or: [
          { ">": [{ var: ["score.ppm", 0] }, 5] },
          {
            if: [{ missing: ["context.action"] }, { var: "compliance.a" }, {
              var: "compliance.b",
            }],
          },
        ],
      },
    }]),
    {},
  );
  assert.deepEqual(explanation?.missing, ["compliance.a"]);
});

Deno.test("an explanation does not look past a condition that is unknown", () => {
  const when = {
    if: [{ var: "compliance.a" }, { var: "compliance.b" }, {
      var: "compliance.c",
    }],
  };
  const [explanation] = explainPolicy(policy([{ effect: "deny", when }]), {});
  assert.deepEqual(explanation?.missing, ["compliance.a"]);
});

Deno.test("printExplanation() is one line for a person", () => {
  const [explanation] = explainPolicy(
    policy([{
      effect: "deny",
      when: {
        ">": [{ "/": [{ var: "amount.micros" }, 2] }, {
          min: [{ var: "score.ppm" }, 3],
        }],
      },
    }]),
    { amount: { micros: 10 } },
  );
  assert.equal(
    explanation && printExplanation(explanation),
    "sketch@2/r0: (amount.micros / 2) > min(score.ppm, 3) is unknown " +
      "(amount.micros: 10, score.ppm: missing)",
  );
});
