/**
 * Steps of the reviewers, and what follows from a full quorum.
 *
 * @module
 */
import { isSameName, type Quorum } from "../domain/change.ts";
import { isInstant } from "../domain/day.ts";
import {
  growQuorum,
  isSame,
  missingApproval,
  signatureOf,
  validApprovals,
} from "./approval.ts";
import { land } from "./landing.ts";
import type { Steps } from "./step.ts";

/** Steps by act. */
export const REVIEW_STEPS: Steps<
  | "approve"
  | "require"
  | "return"
  | "reject"
  | "schedule"
  | "activate"
> = {
  approve: (change, { by, signs, reason = "" }, { at }) => {
    const wanted = signatureOf(change);
    if (wanted === null || !isSame(signs, wanted)) {
      return { refused: "it is not what the reviewer saw; look at it again" };
    }
    if (validApprovals(change).some((one) => isSameName(one.by, by.name))) {
      return { refused: "one person approves once" };
    }
    const { name, groups } = by;
    const approval = { ...wanted, by: name, groups, at, reason };
    const approvals = [...change.approvals, approval];
    const missing = missingApproval({ ...change, approvals });
    return {
      to: missing === null ? "approved" : "in_review",
      set: { approvals },
      findings: signs,
    };
  },
  require: (change, act) => {
    const refused = refuseQuorum(act.quorum);
    if (refused !== null) return { refused };
    const quorum = growQuorum(change.quorum, act.quorum);
    const missing = missingApproval({ ...change, quorum });
    return {
      to: missing === null ? change.state : "in_review",
      set: { quorum },
    };
  },
  return: () => ({ to: "changes_requested" }),
  reject: () => ({ to: "rejected" }),
  schedule: (change, { startAt }) => {
    if (!isInstant(startAt)) return { refused: "its start is no moment" };
    const agreed = change.rollout.startAt;
    if (agreed !== null && startAt < agreed) {
      return { refused: `it was agreed to start at ${agreed} or later` };
    }
    return {
      to: "scheduled",
      set: { rollout: { ...change.rollout, startAt } },
    };
  },
  activate: (change, _, context) => land(change, context),
};

function refuseQuorum({ approvals, groups }: Quorum): string | null {
  const countable = Number.isSafeInteger(approvals) && approvals >= 1;
  return countable && groups.every((group) => group.trim() !== "")
    ? null
    : "who has to agree is a number of people from 1, and groups by name";
}
