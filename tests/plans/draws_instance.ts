/**
 * The instance of posterior draws whose optimum is certified, from beside the checkout.
 *
 * @module
 */
import type { OutlookProblem } from "../../core/plans/outlook/problem.ts";
import { FOLDER } from "./certified_instances.ts";

/** What is known of the instance. */
export interface CertifiedDraws {
  readonly problem: OutlookProblem;
  /** Spend of each entity as it was, shape [entities]. */
  readonly ref: readonly number[];
  readonly certified: {
    readonly "upper_bound": number;
    readonly "best_known": number;
    readonly lambda: number;
    readonly "value_plug_in": number;
    readonly "value_at_proportional_ref": number;
  };
}

/** Reads it; null if it is absent. */
export function readDraws(): CertifiedDraws | null {
  const file = new URL("draws_concave_n20_d500.json", FOLDER);
  let found;
  try {
    found = JSON.parse(Deno.readTextFileSync(file));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  const entities = found.beta.map((ceilings: number[], at: number) => ({
    id: `c${at}`,
    lo: found.lo[at],
    hi: found.hi[at],
    draws: ceilings.map((ceiling, draw) => ({
      type: "hill" as const,
      ceiling,
      half: found.k[at][draw],
      slope: found.s[at][draw],
    })),
  }));
  return {
    problem: { entities, budget: found.budget, spend: "all" },
    ref: found.ref,
    certified: found.certified,
  };
}
