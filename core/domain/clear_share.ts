/**
 * Shares and means that are clearly above others, and not by chance.
 *
 * @module
 */

/** Standard errors: a false alarm in about a thousand looks. */
const SURE = 3.1;

/** A share as it was counted. */
export interface CountedShare {
  /** How often it happened. */
  readonly count: number;
  /** Of how many. */
  readonly of: number;
}

/** A mean as it was added up. */
export interface SummedMean {
  /** How many. */
  readonly of: number;
  /** Their sum. */
  readonly sum: number;
  /** Sum of their squares. */
  readonly squares: number;
}

/**
 * Lower end of the share that the counts allow for.
 *
 * @param counted The counts; `of` above 0.
 * @returns In [0, 1].
 * @see Wilson (1927), Probable Inference, the Law of Succession
 */
export function leastShare({ count, of }: CountedShare): number {
  const share = count / of;
  const square = SURE * SURE / of;
  const middle = share + square / 2;
  const spread = SURE *
    Math.sqrt(share * (1 - share) / of + square / (4 * of));
  return (middle - spread) / (1 + square);
}

/**
 * Whether one share is clearly above another by more than a slack.
 *
 * @param one The one.
 * @param other The other.
 * @param slack By so much it may be above, a share.
 * @returns Not while either is of nothing.
 */
export function isShareAbove(
  one: CountedShare,
  other: CountedShare,
  slack: number,
): boolean {
  const [first, second] = [one, other].map(({ count, of }) => {
    const share = (count + 1) / (of + 2);
    return { share, variance: share * (1 - share) / (of + 2) };
  }) as [Spread, Spread];
  const error = Math.sqrt(first.variance + second.variance);
  return one.of > 0 && other.of > 0 &&
    first.share - second.share - slack > SURE * error;
}

interface Spread {
  readonly share: number;
  readonly variance: number;
}

/**
 * Whether one mean is clearly above another by more than a part of that.
 *
 * @param one The one.
 * @param other The other.
 * @param slack By so much of the other it may be above, a share.
 * @returns Not while either is of less than two.
 */
export function isMeanAbove(
  one: SummedMean,
  other: SummedMean,
  slack: number,
): boolean {
  const allowed = 1 + slack;
  const error = Math.sqrt(
    errorSquare(one) + allowed * allowed * errorSquare(other),
  );
  return one.of > 1 && other.of > 1 &&
    one.sum / one.of - allowed * other.sum / other.of > SURE * error;
}

function errorSquare({ of, sum, squares }: SummedMean): number {
  const mean = sum / of;
  return Math.max(0, squares / of - mean * mean) / (of - 1);
}
