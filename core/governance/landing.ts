/**
 * The one way of a change into effect: on trial or in force, asked for by a person, by
 * its schedule, by a rollback, by an import, or by a switch.
 *
 * @module
 */
import type { ActivePointer, Change, Rollout } from "../domain/change.ts";
import { type Instant, isInstant } from "../domain/day.ts";
import { refuseTrial } from "../domain/model_trial.ts";
import { missingApproval } from "./approval.ts";
import { refuseEvidence } from "./evidence.ts";
import { AHEAD } from "./acts.ts";
import type { ChangeContext, Step, StepOrRefusal } from "./step.ts";

const HOUR_MS = 3_600_000;

/**
 * Takes a reviewed change to its next stage. One whose base is not active any more is
 * suspended, one whose time ran out is expired.
 */
export function land(change: Change, context: ChangeContext): StepOrRefusal {
  const { at, active, requires } = context;
  if (isExpired(change, at)) return { to: "expired" };
  if (active.content !== change.base) return { to: "suspended" };
  const to = nextStage(change, at);
  const refused = refuseEvidence(change, requires) ??
    missingApproval(change) ??
    refuseHaste(change, at) ??
    refuseUndecided(change) ??
    (to === "scheduled" ? null : refuseEntry(change, context));
  if (refused !== null) return { refused };
  return to === "scheduled" ? { to } : enter(change, to, active);
}

/** Puts a change on trial or in force; nothing else does. */
export function enter(
  change: Change,
  to: "shadow" | "canary" | "active",
  active: ActivePointer,
): Step {
  const { id, cycle, content, rollout } = change;
  const seq = active.seq + 1;
  if (to === "active") {
    const { subject } = active;
    return { to, pointer: { subject, seq, content, change: id, trial: null } };
  }
  const permille = to === "canary" ? rollout.canaryPermille : 0;
  const trial = { change: id, cycle, content, stage: to, permille };
  return { to, pointer: { ...active, seq, trial } };
}

/** Whether time ran out before it was on trial or in force. */
export function isExpired({ state, rollout }: Change, at: Instant): boolean {
  const { expiresAt } = rollout;
  return expiresAt !== null && expiresAt <= at && AHEAD.includes(state);
}

/** When the stage that a change is in is over; null for stages without an end. */
export function stageEnd({ state, since, rollout }: Change): Instant | null {
  switch (state) {
    case "scheduled":
      return rollout.startAt ?? since;
    case "shadow":
      return addHours(since, rollout.shadowHours);
    case "canary":
      return addHours(since, rollout.canaryHours);
    default:
      return null;
  }
}

/** A moment some hours later. */
export function addHours(at: Instant, hours: number): Instant {
  return new Date(Date.parse(at) + hours * HOUR_MS).toISOString();
}

function nextStage({ state, rollout }: Change, at: Instant) {
  const { startAt, shadowHours, canaryHours } = rollout;
  if (state === "approved" && startAt !== null && startAt > at) {
    return "scheduled";
  }
  const untried = state === "approved" || state === "scheduled";
  if (untried && shadowHours > 0) return "shadow";
  return state !== "canary" && canaryHours > 0 ? "canary" : "active";
}

function refuseEntry(
  { id }: Change,
  { active: { trial }, reviewOpen }: ChangeContext,
): string | null {
  if (reviewOpen) return "a rollback waits for the look at it afterwards";
  return trial === null || trial.change === id
    ? null
    : `change "${trial.change}" is on trial`;
}

function refuseHaste(change: Change, at: Instant): string | null {
  const end = stageEnd(change);
  return end !== null && at < end ? `it is ${change.state} until ${end}` : null;
}

/** A canary that is measured goes on when it was found better. */
function refuseUndecided(
  { state, rollout, betterInCycle, cycle }: Change,
): string | null {
  const waits = state === "canary" && rollout.measure !== undefined &&
    betterInCycle !== cycle;
  return waits ? "it was not found better than what is active" : null;
}

/** Longer than that nothing stays on trial. */
const MOST_HOURS = 24 * 366;

/**
 * Whether stages can be gone through as asked.
 *
 * @returns Why not, or null.
 */
export function refuseRollout(rollout: Rollout): string | null {
  const { shadowHours, canaryHours, canaryPermille } = rollout;
  const hours = [shadowHours, canaryHours];
  if (!hours.every((hour) => hour >= 0 && hour <= MOST_HOURS)) {
    return `hours of a stage are numbers from 0 to ${MOST_HOURS}`;
  }
  const share = Number.isInteger(canaryPermille) && canaryPermille >= 0 &&
    canaryPermille <= 1000;
  if (!share || (canaryHours > 0 && canaryPermille === 0)) {
    return "a canary decides for 1 to 1000 thousandths";
  }
  return refuseTrial(rollout) ?? refuseMoments(rollout);
}

function refuseMoments({ startAt, expiresAt }: Rollout): string | null {
  const moments = [startAt, expiresAt];
  if (!moments.every((moment) => moment === null || isInstant(moment))) {
    return "start and expiry are moments of years to 9999";
  }
  return startAt !== null && expiresAt !== null && expiresAt <= startAt
    ? "it would expire before it starts"
    : null;
}
