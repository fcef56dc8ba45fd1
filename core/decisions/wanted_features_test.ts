/**
 * One list for as long as policies and models are the same.
 *
 * @module
 */
import assert from "node:assert/strict";
import { compilePolicySet } from "../verdicts/judge/policy_set.ts";
import { ACTION, policyOf, scorerOf } from "./memory_ports_test.ts";
import { idsWanted } from "./wanted_features.ts";

const policies = compilePolicySet([policyOf({
  ...{ id: "old", effect: "deny", reason: "Old" },
  when: { ">": [{ var: "features.mail.age_days" }, 2] },
})]);

function modelReading(...names: readonly string[]) {
  const { record } = scorerOf(ACTION);
  const inputs = names.map((name) => ({
    ...{ name, kind: "number" as const, fill: 0, typical: 0 },
  }));
  return { ...record, schema: { ...record.schema, inputs } };
}

Deno.test("what rules read comes first, then what models read, each once", () => {
  const one = modelReading("audience.spend", "mail.age_days", "request.hour");
  const other = modelReading("audience.spend", "audience.zip");
  const { all, stored } = idsWanted(policies, [one, other]);
  const known = ["mail.age_days", "audience.spend"];
  assert.deepEqual(all, [...known, "request.hour", "audience.zip"]);
  assert.deepEqual(stored, [...known, "audience.zip"]);
  assert.deepEqual(idsWanted(policies, []).all, ["mail.age_days"]);
});

Deno.test("the same policies and models have the same list, others another", () => {
  const [one, other] = [modelReading("a.x"), modelReading("a.x")];
  const wanted = idsWanted(policies, [one]);
  assert.equal(idsWanted(policies, [one]), wanted);
  assert.notEqual(idsWanted(policies, [other]), wanted);
  assert.notEqual(idsWanted(policies, [one, other]), wanted);
  assert.notEqual(idsWanted(compilePolicySet([]), [one]), wanted);
});
