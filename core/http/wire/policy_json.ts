/**
 * Policies on the wire: the files as they are, in their own notation.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { EFFECTS, type PolicyDocument } from "../../domain/verdict.ts";
import type { Engine } from "../../engine.ts";

type SpokenPolicy = ReturnType<Engine["spokenPolicies"]>[number];

/** A policy file; `policies/README.md` describes its members in full. */
export const policySchema = z.object({
  policy: z.string(),
  version: z.int(),
  owner: z.string(),
  about: z.string(),
  on: z.array(z.enum(["bid", "action", "budget"])),
  rules: z.array(
    z.looseObject({
      id: z.string(),
      effect: z.enum(EFFECTS),
      reason: z.string(),
    }),
  ),
}).loose().openapi("Policy");

/** The set in force. */
export const policySetSchema = z.object({
  policy_set: z.string().openapi({ description: "Hash of the set" }),
  policies: z.array(policySchema),
}).openapi("PolicySet");

/**
 * Prints the set in force.
 *
 * @param set Its hash and documents.
 * @returns JSON-like value.
 */
export function policySetToJson(
  set: { readonly hash: string; readonly documents: readonly PolicyDocument[] },
): { policy_set: string; policies: readonly PolicyDocument[] } {
  return { policy_set: set.hash, policies: set.documents };
}

/** A policy in sentences. */
export const spokenPolicySchema = z.object({
  policy: policySchema,
  scope: z.string().openapi({ description: "Of what it speaks, and where" }),
  sentences: z.array(z.object({
    rule: z.string().openapi({ example: "budget_step@3/step_too_large" }),
    sentence: z.string(),
  })).openapi({ description: "One for each rule, in the order of the file" }),
  lists: z.array(z.object({
    list: z.string(),
    about: z.string(),
    count: z.int().openapi({ description: "How many items it has" }),
  })).openapi({ description: "Shared lists that it names" }),
}).openapi("SpokenPolicy");

/**
 * Prints a policy with its sentences.
 *
 * @param spoken The policy as the engine says it.
 * @returns JSON-like value.
 */
export function spokenPolicyToJson(
  { document, scope, rules, lists }: SpokenPolicy,
): Omit<z.input<typeof spokenPolicySchema>, "policy"> & {
  policy: PolicyDocument;
} {
  return {
    policy: document,
    scope,
    sentences: rules.map(({ rule, sentence }) => ({ rule, sentence })),
    lists: lists.map(({ list, about, count }) => ({ list, about, count })),
  };
}
