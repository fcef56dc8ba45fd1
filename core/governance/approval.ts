/**
 * Who has to agree with a change, and whether they did: an approval counts only for the
 * content, base, evidence and round of review that it signs.
 *
 * @module
 */
import {
  type Approval,
  type Change,
  type ChangeClass,
  type ChangeEvidence,
  foldName,
  type Quorum,
  type Signature,
} from "../domain/change.ts";

/** Different people that have to agree, by what a change does. */
export type QuorumSizes = Readonly<Record<ChangeClass, number>>;

/** Two where anything becomes allowed that was not. */
export const QUORUM_SIZES: QuorumSizes = {
  tightening: 1,
  equivalent: 1,
  relaxing: 2,
  mixed: 2,
};

/**
 * Who has to agree with what was found. Owners are asked wherever something may be
 * relaxed, so a mixed change does not get around them by tightening something else.
 */
export function quorumFor(
  evidence: ChangeEvidence,
  sizes: QuorumSizes,
): Quorum {
  const { class: found, proven, owners, guardians } = evidence;
  const harmless = proven && (found === "tightening" || found === "equivalent");
  return {
    approvals: proven ? sizes[found] : Math.max(sizes[found], sizes.mixed),
    groups: sorted(harmless ? guardians : [...owners, ...guardians]),
  };
}

/** All that either asks for: a quorum never shrinks. */
export function growQuorum(one: Quorum | null, other: Quorum): Quorum {
  if (one === null) return other;
  return {
    approvals: Math.max(one.approvals, other.approvals),
    groups: sorted([...one.groups, ...other.groups]),
  };
}

/** What an approval given now signs; null while there is no evidence. */
export function signatureOf(change: Change): Signature | null {
  const { content, base, evidence, cycle } = change;
  return evidence && { content, base, evidence: evidence.hash, cycle };
}

/** Whether two signatures are of the same. */
export function isSame(one: Signature, other: Signature): boolean {
  return one.content === other.content && one.base === other.base &&
    one.evidence === other.evidence && one.cycle === other.cycle;
}

/** Approvals that sign what is there; at most one of each person. */
export function validApprovals(change: Change): readonly Approval[] {
  const wanted = signatureOf(change);
  if (wanted === null) return [];
  const authors = new Set(change.contributors.map(foldName));
  const valid = change.approvals.filter((approval) =>
    isSame(approval, wanted) && !authors.has(foldName(approval.by))
  );
  return [
    ...new Map(valid.map((approval) => [foldName(approval.by), approval]))
      .values(),
  ];
}

/** How a review stands. */
export interface ReviewState {
  /** What an approval given now signs; null while there is no evidence. */
  readonly signs: Signature | null;
  /** Consents that hold. */
  readonly approvals: readonly Approval[];
  /** Who has yet to agree, in words; null if nobody. */
  readonly missing: string | null;
}

/** How the review of a change stands. */
export function reviewOf(change: Change): ReviewState {
  return {
    signs: signatureOf(change),
    approvals: validApprovals(change),
    missing: missingApproval(change),
  };
}

/**
 * Who still has to agree.
 *
 * @returns In words, or null if nobody.
 */
export function missingApproval(change: Change): string | null {
  const { quorum } = change;
  if (quorum === null) return "it was never submitted";
  const valid = validApprovals(change);
  const short = quorum.approvals - valid.length;
  if (short > 0) {
    return `it needs ${short} more approval${short > 1 ? "s" : ""}`;
  }
  const silent = quorum.groups.filter((group) =>
    !valid.some(({ groups }) => groups.includes(group))
  );
  return silent.length === 0
    ? null
    : `it needs approval of ${silent.join(", ")}`;
}

function sorted(groups: readonly string[]): string[] {
  return [...new Set(groups)].sort();
}
