/**
 * Small policies for tests.
 *
 * @module
 */
import type {
  Facts,
  PolicyDocument,
  PolicyRule,
  Verdict,
} from "../../domain/verdict.ts";
import { compilePolicySet } from "./policy_set.ts";

/** What matters of a rule; the rest is filled in. */
export type RuleSketch =
  & Omit<Partial<PolicyRule>, "effect">
  & Pick<PolicyRule, "effect">;

/** A policy of rules r0, r1, …, named sketch@2. */
export function policy(
  rules: readonly RuleSketch[],
  changes: Partial<PolicyDocument> = {},
): PolicyDocument {
  return {
    policy: "sketch",
    version: 2,
    owner: "test",
    about: "test",
    on: ["bid"],
    rules: rules.map((rule, index) => ({
      id: `r${index}`,
      when: true,
      reason: "because",
      ...rule,
    })),
    cases: [{ note: "none", facts: {}, want: [] }],
    ...changes,
  };
}

/** Judges a bid of 1,000 micros unless told otherwise. */
export function judge(
  documents: readonly PolicyDocument[],
  options: {
    amount?: number | null;
    current?: number | null;
    facts?: Facts;
    channel?: string | null;
  } = {},
): Verdict {
  const { amount = 1000, current = null, facts = {}, channel = "search" } =
    options;
  return compilePolicySet(documents).judge("bid", facts, {
    tenant: "acme",
    channel,
    amountMicros: amount,
    currentMicros: current,
  });
}
