/**
 * Policies on the wire: the files as they are, in their own notation.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { PolicyDocument } from "../../domain/verdict.ts";

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
      effect: z.enum(["deny", "cap", "floor", "adjust"]),
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
