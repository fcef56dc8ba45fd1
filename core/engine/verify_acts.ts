/**
 * People's acts verified, with what checkpoints say of them.
 *
 * @module
 */
import { marksOf, NO_MARKS } from "../decisions/log/checkpoints/marks.ts";
import {
  type ActsVerification,
  type KeptActs,
  verifyActs,
} from "../decisions/log/verifying/verify_acts.ts";
import type { Scope } from "../ports/governance.ts";
import { DEPLOYMENT } from "../ports/log.ts";
import type { EngineParts } from "./parts.ts";

/** Verifies the acts of a scope. */
export type VerifyActs = (scope: Scope) => Promise<ActsVerification>;

/** Opens the verifying, with the checkpoints of all places. */
export function openVerifyActs(
  { checkpointsOf }: Pick<EngineParts, "checkpointsOf">,
  kept: KeptActs,
): VerifyActs {
  return async (scope) => {
    const owner = scope ?? DEPLOYMENT;
    // Before the log is walked, which goes on: it then has all that they signed.
    const checkpoints = await checkpointsOf?.(owner) ?? NO_MARKS;
    return await verifyActs(kept, owner, marksOf(checkpoints, "acts"));
  };
}
