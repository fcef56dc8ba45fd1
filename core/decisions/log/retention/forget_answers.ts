/**
 * Old answers under callers' keys are forgotten.
 *
 * @module
 */
import {
  daysBefore,
  inPages,
  type Kept,
  NOTHING,
  PAGE,
  type RetentionRun,
  type RetentionScope,
  type Retired,
} from "./run.ts";

/** Forgets, or counts, the answers of a tenant. */
export async function forgetAnswers(
  { retention }: Pick<RetentionScope, "retention">,
  { now, dryRun, signal }: RetentionRun,
  kept: Kept,
): Promise<Retired> {
  const { tenant, days } = kept;
  const before = daysBefore(now, days);
  const count = dryRun
    ? await retention.countAnswers(tenant, before)
    : await inPages(
      signal,
      () => retention.forgetAnswers(tenant, before, PAGE),
    );
  return { ...kept, ...NOTHING, count };
}
