/**
 * Steps into force beside the review, and steps out of force: the first content of a
 * subject, rollbacks, kill switches, trials that go ill, and what time brings about.
 *
 * @module
 */
import {
  type ActivePointer,
  type Change,
  isSameName,
} from "../domain/change.ts";
import { refuseEvidence } from "./evidence.ts";
import { enter, isExpired } from "./landing.ts";
import type { ChangeContext, Steps } from "./step.ts";

/** Steps by act. */
export const FORCE_STEPS: Steps<
  | "adopt"
  | "restore"
  | "engage"
  | "confirm"
  | "breach"
  | "judge"
  | "acknowledge"
  | "expire"
  | "lapse"
  | "supersede"
  | "revert"
> = {
  adopt: (change, _, { active, requires }) => {
    if (change.kind !== "policies" || change.tenant !== null) {
      return { refused: "only the deployment's policies start without review" };
    }
    if (active.seq > 0) {
      return { refused: "something is active already; it needs a review" };
    }
    const refused = refuseEvidence(change, requires);
    return refused === null ? enter(change, "active", active) : { refused };
  },
  restore: (change, { by, problems }, context) => {
    const refused = refuseReturn(change, context) ?? problems[0] ?? null;
    if (refused !== null) return { refused };
    const afterReview = { openedBy: by.name, closedBy: null };
    const step = enter(change, "active", context.active);
    return { ...step, set: { afterReview } };
  },
  engage: (change, { by, confirmBy }, context) => {
    const refused = refuseSwitch(change, context);
    if (refused !== null) return { refused };
    const confirmation = {
      turnedOnBy: by.name,
      dueAt: confirmBy,
      confirmedBy: null,
      lapsed: false,
    };
    const step = enter(change, "active", context.active);
    return { ...step, set: { confirmation } };
  },
  confirm: ({ confirmation }, { by }) => {
    if (confirmation === undefined || confirmation.confirmedBy !== null) {
      return { refused: "there is nothing to confirm" };
    }
    if (isSameName(confirmation.turnedOnBy, by.name)) {
      return { refused: "whoever turned it on may not confirm it" };
    }
    const confirmed = { ...confirmation, confirmedBy: by.name };
    return { to: "active", set: { confirmation: confirmed } };
  },
  breach: ({ state }, { findings = null }, { active }) => {
    const to = state === "canary" ? "rolled_back" : "suspended";
    return { to, pointer: endTrial(active), findings };
  },
  judge: (change, { found, findings }, { active }) => {
    const { rollout, cycle } = change;
    if (rollout.measure === undefined) return { refused: "it is not measured" };
    if (change.betterInCycle === cycle) {
      return { refused: "it was found better already" };
    }
    return found === "better"
      ? { to: "canary", set: { betterInCycle: cycle }, findings }
      : { to: "suspended", pointer: endTrial(active), findings };
  },
  acknowledge: ({ state, afterReview }, { by }) => {
    if (afterReview === undefined || afterReview.closedBy !== null) {
      return { refused: "there is nothing to look at" };
    }
    if (isSameName(afterReview.openedBy, by.name)) {
      return { refused: "whoever rolled back may not look at it alone" };
    }
    const closed = { ...afterReview, closedBy: by.name };
    return { to: state, set: { afterReview: closed } };
  },
  expire: (change, _, { at }) =>
    isExpired(change, at) ? { to: "expired" } : { refused: "it has time left" },
  lapse: ({ confirmation }, _, { at }) => {
    const due = confirmation?.confirmedBy === null && !confirmation.lapsed &&
      confirmation.dueAt <= at;
    if (!due) return { refused: "it is confirmed, or has time left" };
    return {
      to: "active",
      set: { confirmation: { ...confirmation, lapsed: true } },
    };
  },
  supersede: () => ({ to: "superseded" }),
  revert: ({ state }) => ({
    to: state === "active" ? "rolled_back" : "suspended",
  }),
};

function refuseReturn(
  { kind, content }: Change,
  { active, formerly }: ChangeContext,
): string | null {
  if (kind === "switch") return "a switch is released by a reviewed change";
  if (content === active.content) return "it is what is active already";
  return formerly.includes(content) ? null : "it was never active";
}

function refuseSwitch(
  change: Change,
  { active, requires }: ChangeContext,
): string | null {
  if (change.kind !== "switch") return "only switches are turned on";
  if (change.base !== active.content) return "its base is not active any more";
  const refused = refuseEvidence(change, requires);
  if (refused !== null) return refused;
  const tightens = change.evidence?.class === "tightening" &&
    change.evidence.proven;
  return tightens ? null : "it does not stop more than what is active";
}

function endTrial(active: ActivePointer): ActivePointer {
  return { ...active, seq: active.seq + 1, trial: null };
}
