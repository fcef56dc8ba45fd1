/**
 * A desk at which policies are proposed, and small policies to propose.
 *
 * @module
 */
import assert from "node:assert/strict";
import type {
  PolicyDocument,
  PolicyList,
  PolicyRule,
} from "../../domain/verdict.ts";
import type { Findings, Scope } from "../../ports/governance.ts";
import { compilePolicySet } from "../judge/policy_set.ts";
import { createPolicyAdapter, type ReplayAsked } from "./policy_adapter.ts";

/** A list that `stop` reads. */
export const BLOCKED: PolicyList = {
  ...{ list: "blocked", version: 1, owner: "brand", about: "Stopped ones" },
  items: ["c-1"],
};

/** Policies, and what they replace. */
export interface Question {
  readonly scope?: Scope;
  /** Null for nothing in force yet. */
  readonly before: readonly PolicyDocument[] | null;
  readonly after: readonly PolicyDocument[];
  readonly lists?: readonly PolicyList[];
  readonly newLists?: readonly PolicyList[];
  readonly deployment?: readonly PolicyDocument[];
}

/** Checks policies against others. */
export async function check(
  { scope = null, before, after, lists = [], newLists = lists, deployment }:
    Question,
): Promise<Findings> {
  const { adapter } = deskOf(deployment);
  return await adapter.check(
    compilePolicySet(after, { lists: newLists }).text,
    before && compilePolicySet(before, { lists }).text,
    at(scope),
  );
}

/** An adapter beside the deployment's policies, and what it had replayed. */
export function deskOf(deployment: readonly PolicyDocument[] = []) {
  const replayed: ReplayAsked[] = [];
  const adapter = createPolicyAdapter({
    replay: (asked) => {
      replayed.push(asked);
      return Promise.resolve({ name: "replay", passed: true, summary: "" });
    },
    deployment: () => Promise.resolve(compilePolicySet(deployment).text),
  });
  return { adapter, replayed };
}

/** What policies of a scope are a change of. */
export function at(scope: Scope) {
  return { subject: "policies", scope };
}

/** What was found of one thing. */
export function itemOf({ items }: Findings, name: string) {
  const item = items.find((one) => one.name === name);
  assert.ok(item, `no item ${name}`);
  return item;
}

/** A policy with one rule, and a case in which nothing is known. */
export function ruled(rule: Omit<PolicyRule, "id" | "reason">): PolicyDocument {
  return {
    ...{ policy: "ceiling", version: 1, owner: "growth", about: "A most" },
    on: ["bid"],
    rules: [{ id: "most", reason: "Enough", ...rule }],
    cases: [{ note: "nothing", facts: {}, want: [] }],
  };
}

/** Caps bids, and proves it. */
export function cap(to: number): PolicyDocument {
  const when = { ">": [{ var: "amount.micros" }, to] };
  return {
    ...ruled({ effect: "cap", to, when }),
    cases: [
      {
        note: "cut",
        facts: { amount: { micros: to + 1 } },
        ...{ want: ["most"], wantMicros: to },
      },
      {
        note: "just enough",
        facts: { amount: { micros: to } },
        ...{ want: [], wantMicros: to },
      },
    ],
  };
}

/** Denies bids of campaigns in a list. */
export function stop(): PolicyDocument {
  const when = { in: [{ var: "context.campaign" }, { list: "blocked" }] };
  return {
    ...ruled({ effect: "deny", when, onMissing: "deny" }),
    policy: "stop",
    cases: [
      {
        note: "blocked",
        facts: { context: { campaign: "c-1" } },
        want: ["most"],
      },
      { note: "free", facts: { context: { campaign: "c-9" } }, want: [] },
      { note: "unknown", facts: {}, want: ["most"] },
    ],
  };
}

/** Denies bids without consent. */
export function consent(policy: string): PolicyDocument {
  const when = { "!": { var: ["compliance.consent_email", false] } };
  return {
    ...ruled({ effect: "deny", when }),
    policy,
    cases: [
      { note: "none", facts: { compliance: {} }, want: ["most"] },
      {
        note: "given",
        facts: { compliance: { consent_email: true } },
        want: [],
      },
    ],
  };
}
