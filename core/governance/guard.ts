/**
 * When a change on trial has gone ill: clearly more decisions come out otherwise than
 * the replay of past decisions showed to those who approved it.
 *
 * @module
 */
import type { Change } from "../domain/change.ts";
import { leastShare } from "../domain/clear_share.ts";
import type { RolloutCounts } from "../ports/rollouts.ts";

/** Fewer decisions show nothing. */
const LEAST_DECISIONS = 200;
/** Times the share of the replay that are still as expected. */
const SLACK = 2;
/** And so much more, where next to nothing flips. */
const MORE = 0.01;

/** What was expected of a trial and what was seen. */
export interface Breach {
  readonly seen: RolloutCounts;
  /** Share of decisions that came out otherwise in the replay; null if none was made. */
  readonly expected: number | null;
  readonly reason: string;
}

/**
 * Looks for a breach.
 *
 * @returns Null while all is as expected, or too little was seen.
 */
export function findBreach(
  { evidence }: Pick<Change, "evidence">,
  seen: RolloutCounts,
): Breach | null {
  const expected = expectedShare(evidence);
  if (expected === null || seen.decisions < LEAST_DECISIONS) return null;
  const most = Math.min(1, SLACK * expected + MORE);
  const least = leastShare({ count: seen.flips, of: seen.decisions });
  if (least <= most) return null;
  const share = (100 * seen.flips / seen.decisions).toFixed(1);
  const reason =
    `${seen.flips} of ${seen.decisions} decisions (${share} %) came out otherwise, and the replay showed ${
      (100 * expected).toFixed(1)
    } %`;
  return { seen, expected, reason };
}

/** What the replay said; null if there is none, or it had no decisions. */
function expectedShare(evidence: Change["evidence"]): number | null {
  const replay = evidence?.items.find(({ name }) => name === "replay");
  const { decisions, flips } = (replay?.report ?? {}) as Partial<RolloutCounts>;
  return typeof decisions === "number" && typeof flips === "number" &&
      decisions > 0
    ? flips / decisions
    : null;
}
