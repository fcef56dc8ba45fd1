/**
 * What a verdict leaves in a decision beside the amount: what a person is asked, and what
 * it counts towards.
 *
 * @module
 */
import type { Decision, Review } from "../domain/decision.ts";
import type { Verdict } from "../domain/verdict.ts";

const NO_REVIEWS: readonly Review[] = [];

/**
 * What a person would have to agree to; nothing where it is denied anyhow. A rule in doubt
 * asks where it is to apply; beside one that is sure it adds nothing.
 */
export function reviewsOf(
  action: string,
  { allowed, review, applied }: Verdict,
): readonly Review[] {
  if (!allowed || !review) return NO_REVIEWS;
  const asking = applied.filter(({ effect }) => effect === "review");
  const sure = asking.filter(({ missing }) => !missing);
  return (sure.length > 0 ? sure : asking)
    .map(({ rule, reason }) => ({ action, rule, reason }));
}

/** Limits that it counts towards, once it is done. */
export function countedBy(
  { counts }: Verdict,
): Pick<Decision, "countsTowards"> {
  return counts ? { countsTowards: counts } : {};
}
