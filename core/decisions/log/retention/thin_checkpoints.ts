/**
 * Of old checkpoints the last of each day is kept. Those in the second place all stay.
 *
 * @module
 */
import { chainOfActs } from "../records/acts_chain.ts";
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

/** Thins, or counts, the checkpoints of an owner. */
export async function thinCheckpoints(
  { log, governance, retention }: RetentionScope,
  { now, dryRun, signal }: RetentionRun,
  kept: Kept,
): Promise<Retired> {
  const { tenant, days } = kept;
  const acts = await chainOfActs(governance).anchor(tenant);
  const asked = {
    before: daysBefore(now, days),
    anchors: {
      decisions: (await log.anchor(tenant))?.seq ?? 0,
      acts: acts?.seq ?? 0,
    },
  };
  const count = dryRun
    ? await retention.countThinned(tenant, asked)
    : await inPages(
      signal,
      () => retention.thinCheckpoints(tenant, asked, PAGE),
    );
  return { ...kept, ...NOTHING, count };
}
