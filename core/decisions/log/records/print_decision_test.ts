/**
 * A decision's record is printed as any value is: the general printer is the oracle.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalJson } from "../../../domain/canonical.ts";
import type { DecisionRecord } from "../../../domain/decision.ts";
import { printDecision } from "./print_decision.ts";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("", '"\\\u2028\n', "\ud800", "\udc00x"),
);
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(-0, 2 ** 53, -1e300, 5e-324),
);
const maybe = { nil: null };
const textOrNull = fc.option(text, maybe);
const numberOrNull = fc.option(number, maybe);
const name = fc.oneof(
  { weight: 8, arbitrary: fc.string() },
  { weight: 1, arbitrary: fc.constantFrom("10", "9", "__proto__", "toJSON") },
);
function named<T>(member: fc.Arbitrary<T>) {
  return fc.dictionary(name, member, { noNullPrototype: false });
}
const texts = fc.array(text, { maxLength: 3 });

const action = fc.record({
  ...{ action: text, score: number, worthMicros: number },
  ...{ allowed: fc.boolean(), priority: number },
}, { requiredKeys: ["action", "score", "worthMicros", "allowed"] });
const reading = fc.record({
  value: fc.oneof(textOrNull, number),
  ...{ status: text, at: textOrNull },
});
const recommendation = fc.oneof(
  fc.record({ kind: fc.constant("action"), action: text }),
  fc.record({ kind: fc.constant("bid"), bidMicros: number, currency: text }),
);
const decision = fc.record({
  ...{ id: text, at: text, validUntil: text, score: numberOrNull },
  recommendation,
  actions: fc.array(action, { maxLength: 3 }),
  applied: fc.array(fc.record({ rule: text, beforeMicros: numberOrNull })),
  ...{ policySet: text, modelVersion: textOrNull, rung: text },
  falls: fc.array(fc.record({ from: text, cause: text })),
  features: named(reading),
  trial: fc.record({ change: text, cycle: number, arm: text }),
  shading: fc.record({ landscape: text, winChance: numberOrNull }),
  pacing: fc.record({
    unit: text,
    bounds: fc.record({ mostMicros: number, leastMicros: number }),
  }),
  reviews: fc.array(fc.record({ rule: text, action: text })),
  ...{ counts: named(number), countsTowards: texts },
}, {
  requiredKeys: [
    ...["id", "at", "validUntil", "score", "recommendation", "actions"],
    ...["applied", "policySet", "modelVersion", "rung", "falls", "features"],
  ] as never[],
});
const request = fc.record({
  model: textOrNull,
  entities: fc.record({ subject: text, channel: text }, { requiredKeys: [] }),
  zone: textOrNull,
  actions: fc.option(texts, maybe),
  features: named(fc.oneof(textOrNull, number)),
  maxFeatureAgeSeconds: number,
  constraints: fc.record({
    ...{ maxBidMicros: numberOrNull, minBidMicros: numberOrNull },
    ...{ budgetRemainingMicros: numberOrNull, contactsDay: numberOrNull },
    ...{ contactsWeek: numberOrNull, compliance: named(fc.boolean()) },
  }),
}, {
  requiredKeys: [
    ...["model", "entities", "zone", "actions", "features", "constraints"],
  ] as never[],
});
const record = fc.record({
  ...{ v: fc.constant(1), kind: fc.constant("decision"), tenant: text },
  ...{ request, decision, by: text },
  frame: fc.record({ model: textOrNull, kind: text, actions: texts }),
}, {
  requiredKeys: [
    ...["v", "kind", "tenant", "request", "decision", "by"],
  ] as never[],
}) as unknown as fc.Arbitrary<DecisionRecord>;

Deno.test("printDecision() prints what canonicalJson() prints", () => {
  fc.assert(
    fc.property(record, (record) => {
      assert.equal(printDecision(record), canonicalJson(record));
    }),
    { numRuns: 300 },
  );
});

const NUMBERS = [
  ["decision", "score"],
  ["decision", "recommendation", "bidMicros"],
  ["decision", "actions", "0", "score"],
  ["decision", "actions", "0", "worthMicros"],
  ["decision", "actions", "0", "priority"],
  ["decision", "features", "a.b", "value"],
  ["decision", "counts", "a.b"],
  ["decision", "pacing", "value"],
  ["decision", "shading", "bidMicros"],
  ["decision", "applied", "0", "beforeMicros"],
  ["request", "maxFeatureAgeSeconds"],
  ["request", "features", "a.b"],
  ...[
    ...["maxBidMicros", "minBidMicros", "budgetRemainingMicros"],
    ...["contactsDay", "contactsWeek"],
  ].map((limit) => ["request", "constraints", limit]),
];

/** A record in which every number is there. */
function wholeRecord(): Record<string, unknown> {
  const score = { action: "a", score: 1, worthMicros: 1, allowed: true };
  return {
    request: {
      ...{ model: null, entities: {}, zone: null, actions: null },
      ...{ features: { "a.b": 1 }, maxFeatureAgeSeconds: 1 },
      constraints: {
        ...{ maxBidMicros: 1, minBidMicros: 1, budgetRemainingMicros: 1 },
        ...{ contactsDay: 1, contactsWeek: 1, compliance: {} },
      },
    },
    decision: {
      recommendation: { kind: "bid", bidMicros: 1, currency: "EUR" },
      ...{ score: 1, actions: [{ ...score, priority: 1 }] },
      ...{ applied: [{ beforeMicros: 1 }], falls: [], counts: { "a.b": 1 } },
      ...{ pacing: { value: 1 }, shading: { bidMicros: 1 } },
      features: { "a.b": { value: 1, status: "fresh", at: null } },
    },
  };
}

Deno.test.each(NUMBERS.map((path) => ({ path, at: path.join(".") })))(
  "printDecision() refuses $at where it is not finite",
  ({ path }) => {
    for (const wrong of [NaN, -Infinity]) {
      const record = wholeRecord();
      // deno-lint-ignore no-explicit-any -- a walk along names
      let inner: any = record;
      for (const step of path.slice(0, -1)) inner = inner[step];
      const last = path.at(-1) as string;
      assert.equal(inner[last], 1);
      inner[last] = wrong;
      assert.throws(
        () => printDecision(record as unknown as DecisionRecord),
        TypeError,
      );
    }
  },
);
