/**
 * What time brings about: starts, ends of stages, expiry, and switches that nobody
 * confirmed. The same checks as for people; any node may do it, as often as it likes.
 *
 * @module
 */
import { type Change, ENGINE } from "../domain/change.ts";
import type { ChangeActName } from "../domain/change_event.ts";
import type { Instant } from "../domain/day.ts";
import { isRefusal } from "../domain/error.ts";
import type { ChangeFilter, Scope } from "../ports/governance.ts";
import { AHEAD } from "./acts.ts";
import { createAuthoring, startKept } from "./authoring.ts";
import { carryOut, type Ports } from "./carry_out.ts";
import { isExpired, stageEnd } from "./landing.ts";
import { begin } from "./proposal.ts";
import { SWITCH_OFF } from "./switch_adapter.ts";

/** What came of a look at the clock. */
export interface Tick {
  /** Changes that were moved, as they stand then. */
  readonly moved: readonly Change[];
  /** Changes that are due and cannot move, and why. */
  readonly waiting: readonly { readonly id: string; readonly reason: string }[];
}

type DueAct = Extract<ChangeActName, "expire" | "activate" | "lapse">;

/** In every other state time brings nothing about, but to switches that are on. */
const WATCHED: ChangeFilter = { states: [...AHEAD, "shadow", "canary"] };
const SWITCHES_ON: ChangeFilter = { states: ["active"], kind: "switch" };

/** Does what is due in all scopes. */
export async function tick(ports: Ports): Promise<Tick> {
  const moved: Change[] = [];
  const waiting: { id: string; reason: string }[] = [];
  for (const scope of await ports.store.scopes()) {
    const watched = [
      ...await ports.store.list(scope, WATCHED),
      ...await ports.store.list(scope, SWITCHES_ON),
    ];
    for (const change of watched.toReversed()) {
      try {
        const then = await look(ports, scope, change);
        if (then !== null) moved.push(then);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        waiting.push({ id: change.id, reason: error.message });
      }
    }
  }
  return { moved, waiting };
}

/** Does what is due to one change; null for nothing. */
async function look(
  ports: Ports,
  scope: Scope,
  change: Change,
): Promise<Change | null> {
  if (isOwnDraft(change)) return await submit(ports, scope, change);
  const act = dueAct(change, ports.clock.now());
  if (act === null) return null;
  const { moved, release } = await bring(ports, scope, { change, act });
  if (release !== null) await submit(ports, scope, release);
  return moved;
}

/** The engine's own proposal, as it is if the engine ended before it was submitted. */
function isOwnDraft({ state, cycle, contributors }: Change): boolean {
  return (state === "draft" || state === "checked") && cycle === 0 &&
    contributors.every((name) => name === ENGINE.name);
}

/** What is due, or null. */
export function dueAct(change: Change, at: Instant): DueAct | null {
  if (isExpired(change, at)) return "expire";
  const end = stageEnd(change);
  if (end !== null) return at >= end && goesOn(change) ? "activate" : null;
  const { state, confirmation } = change;
  const unconfirmed = state === "active" && confirmation !== undefined &&
    confirmation.confirmedBy === null && !confirmation.lapsed;
  return unconfirmed && confirmation.dueAt <= at ? "lapse" : null;
}

/** A canary that is measured goes on by itself if that was agreed, and it was found better. */
function goesOn({ state, rollout, betterInCycle, cycle }: Change): boolean {
  const { measure } = rollout;
  return state !== "canary" || measure === undefined ||
    (measure.promote && betterInCycle === cycle);
}

async function bring(
  ports: Ports,
  scope: Scope,
  { change, act }: { readonly change: Change; readonly act: DueAct },
): Promise<{ readonly moved: Change; readonly release: Change | null }> {
  const { id, subject } = change;
  let release: Change | null = null;
  const moved = await carryOut(ports, {
    scope,
    start: () => startKept(ports.store, { scope, id }),
    acts: () => Promise.resolve([{ act, by: ENGINE }]),
    ...act === "lapse" && {
      beside: async () => {
        const start = await begin(ports, scope, releaseOf(subject));
        release = start.change;
        return start;
      },
    },
  });
  return { moved, release };
}

/** An unconfirmed switch stays on; what it takes to turn it off is asked for. */
function releaseOf(subject: string) {
  return {
    kind: "switch" as const,
    subject,
    title: `Release ${subject}`,
    reason: "Nobody confirmed the switch in time",
    content: SWITCH_OFF,
    by: ENGINE,
  };
}

async function submit(
  ports: Ports,
  scope: Scope,
  { id, state }: Change,
): Promise<Change> {
  const authoring = createAuthoring(ports);
  const ref = { scope, id };
  if (state === "draft") await authoring.check(ref, ENGINE);
  return await authoring.act(ref, { act: "submit", by: ENGINE });
}
