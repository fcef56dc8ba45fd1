/**
 * Steps of the author: writing, comparing, checking, and asking for review. Each version
 * written adds to those who may not approve it.
 *
 * @module
 */
import type { Change } from "../domain/change.ts";
import { growQuorum, quorumFor } from "./approval.ts";
import { refuseEvidence } from "./evidence.ts";
import { refuseRollout } from "./landing.ts";
import type { Steps } from "./step.ts";
import { refuseTitle } from "./wording.ts";

/** Steps by act. */
export const WRITING_STEPS: Steps<
  "edit" | "rebase" | "check" | "submit" | "recall" | "withdraw"
> = {
  edit: (change, { by, content, title, rollout }) => {
    const refused = (title === undefined ? null : refuseTitle(title)) ??
      (rollout === undefined ? null : refuseRollout(rollout));
    if (refused !== null) return { refused };
    return {
      to: "draft",
      set: {
        content: content ?? change.content,
        title: title ?? change.title,
        rollout: rollout ?? change.rollout,
        contributors: addAuthor(change, by.name),
      },
    };
  },
  rebase: (change, { by, content }, { active }) => {
    if (active.content === change.base) {
      return { refused: "its base is what is active already" };
    }
    return {
      to: "draft",
      set: {
        base: active.content,
        content: content ?? change.content,
        contributors: addAuthor(change, by.name),
      },
    };
  },
  check: (change, { evidence }, { requires }) => {
    const checked = { ...change, evidence };
    const known = change.evidence?.hash === evidence.hash;
    if (known && change.cycle > 0 && !isWritten(change)) {
      return { refused: "its evidence is the same as before" };
    }
    const sound = refuseEvidence(checked, requires) === null;
    return { to: sound ? "checked" : "draft", set: { evidence } };
  },
  submit: (change, _, { active, requires, quorum }) => {
    if (active.content !== change.base) {
      return { refused: "its base is not active any more; rebase it" };
    }
    if (change.content === change.base) {
      return { refused: "it is what is active already" };
    }
    const refused = refuseEvidence(change, requires);
    if (refused !== null) return { refused };
    if (change.evidence === null) return { refused: "it was not checked" };
    return {
      to: "in_review",
      set: {
        cycle: change.cycle + 1,
        quorum: growQuorum(
          change.quorum,
          quorumFor(change.evidence, quorum),
        ),
      },
    };
  },
  recall: () => ({ to: "draft" }),
  withdraw: () => ({ to: "withdrawn" }),
};

function isWritten({ state }: Change): boolean {
  return state === "draft" || state === "checked";
}

function addAuthor({ contributors }: Change, name: string): string[] {
  return [...new Set([...contributors, name])];
}
