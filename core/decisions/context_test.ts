/**
 * Facts of features are those that rules read, and nothing else changes.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { FeatureReadings } from "../domain/feature.ts";
import { compilePolicySet } from "../verdicts/judge/policy_set.ts";
import { candidateFacts, sharedFacts } from "./context.ts";
import { AT, policyOf, REQUEST } from "./memory_ports_test.ts";

const [AGE, SPEND, HOUR] = ["mail.age_days", "audience.spend", "request.hour"];
const rule = { effect: "deny", reason: "No" } as const;

const policies = compilePolicySet([
  policyOf({
    ...{ ...rule, id: "old" },
    when: { ">": [{ var: `features.${AGE}` }, 2] },
  }),
  policyOf({
    ...{ ...rule, id: "poor", onMissing: "skip" },
    when: { "<": [{ var: `features.${SPEND}` }, 3] },
  }),
  policyOf({
    ...{ ...rule, id: "late" },
    when: { "==": [{ var: [`features.${HOUR}`, 0] }, 1] },
  }),
]);

/** Every reading in its group, whoever asks. */
function allFacts(readings: FeatureReadings) {
  const groups: Record<string, Record<string, unknown>> = {};
  for (const [id, { value }] of Object.entries(readings)) {
    const [group = "", ...name] = id.split(".");
    (groups[group] ??= {})[name.join(".")] = value;
  }
  return groups;
}

Deno.test("a set says the same of what its rules read as of all that was read", () => {
  const value = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constant(null));
  const ids = fc.constantFrom(AGE, SPEND, HOUR, "audience.other", "mail.x");
  const read = fc.dictionary(ids, value).map((values) =>
    Object.fromEntries(
      Object.entries(values).map((
        [id, value],
      ) => [id, { value, status: "fresh" as const, at: AT }]),
    )
  );
  fc.assert(fc.property(read, (readings) => {
    const ground = { request: REQUEST, readings, at: AT, policies };
    const shared = sharedFacts(ground);
    const judge = (features: typeof shared.features) =>
      policies.judge(
        "action",
        candidateFacts({ ...shared, features }, REQUEST, {
          ...{ model: null, currency: "EUR", score: null },
          ...{ action: "mens", isControl: false },
        }),
        { tenant: "acme", channel: "email", amountMicros: null },
      );
    const all = allFacts(readings) as typeof shared.features;
    assert.deepEqual(judge(shared.features), judge(all));
  }));
});

Deno.test("no name of a feature means more than what was read under it", () => {
  const facts = sharedFacts({
    ...{ request: REQUEST, at: AT, policies },
    readings: { [AGE]: { value: 3, status: "fresh", at: AT } },
  }).features as Record<string, Record<string, unknown>>;
  assert.equal(facts.mail?.age_days, 3);
  for (const name of ["constructor", "toString", "__proto__"]) {
    assert.equal(facts[name], undefined);
    assert.equal(facts.mail?.[name], undefined);
  }
});

Deno.test("the wall clock is that of the moment, in UTC as in other zones", () => {
  const timeOf = (at: string, zone: string | null) =>
    sharedFacts({
      ...{ readings: {}, at, policies },
      request: { ...REQUEST, zone },
    }).time;
  for (const second of ["00.000", "59.999"]) {
    const at = `2026-01-31T23:30:${second}Z`;
    const utc = { localMinute: 1410, weekday: 6, dayOfMonth: 31 };
    assert.deepEqual(timeOf(at, null), { ...utc, localDate: "2026-01-31" });
    assert.deepEqual(timeOf(at, "UTC"), timeOf(at, null));
    assert.deepEqual(timeOf(at, "Europe/Berlin"), {
      ...{ localMinute: 30, weekday: 0, dayOfMonth: 1 },
      localDate: "2026-02-01",
    });
  }
  assert.equal(timeOf("2026-01-31T23:31:00.000Z", null).localMinute, 1411);
});
