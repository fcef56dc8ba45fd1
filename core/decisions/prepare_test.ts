/**
 * Before a tenant's first decision: what it needs is asked for, each once, and what fails
 * is left to the decision.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { ModelUse } from "../domain/score.ts";
import type { OpenedChampion } from "../scores/in_charge.ts";
import type { PolicySet } from "../verdicts/judge/policy_set.ts";
import { prepare, type PreparingScope } from "./prepare.ts";

const POLICIES = { hash: "of-acme" } as PolicySet;
const ACTION: ModelUse = {
  ...{ kind: "action", currency: "EUR", valueMicros: 1n },
  ...{ actions: ["none", "visit"], costMicros: {}, control: "none" },
};
const PLAN: ModelUse = { kind: "plan", currency: "EUR" };

/** Three versions of two models that decide, and one for plans. */
const MODELS = [
  { name: "visit", use: ACTION },
  { name: "visit", use: ACTION },
  { name: "churn", use: ACTION },
  { name: "mix", use: PLAN },
];

/** Notes what is asked for, and fails where told to. */
function open(asked: string[], fails: (what: string) => boolean) {
  function answer(what: string): void {
    asked.push(what);
    if (fails(what)) throw new Error(what);
  }
  const scope: PreparingScope = {
    policies: () => POLICIES,
    archive: {
      keep: ({ hash }) => Promise.resolve(answer(`keep ${hash}`)),
    },
    scores: {
      champion: (tenant, name) => {
        answer(`champion ${tenant} ${name}`);
        return {} as OpenedChampion;
      },
      named: async (tenant, { kind, name }) => {
        answer(`named ${tenant} ${kind} ${name}`);
        return await Promise.reject(new Error("there are two"));
      },
    },
  };
  return scope;
}

const ASKED = [
  "champion acme churn",
  "champion acme visit",
  "keep of-acme",
  "named acme action null",
];

Deno.test("policies are kept and each model that decides is loaded, once", async () => {
  const asked: string[] = [];
  await prepare(open(asked, () => false), "acme", MODELS);
  assert.deepEqual(asked.sort(), ASKED);
});

Deno.test("what fails, at once or later, stops nothing else", async () => {
  for (const failing of ASKED) {
    const asked: string[] = [];
    await prepare(open(asked, (what) => what === failing), "acme", MODELS);
    assert.deepEqual(asked.sort(), ASKED);
  }
});
