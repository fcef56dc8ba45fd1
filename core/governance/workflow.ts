/**
 * The life of a change as a pure function: where it stands, what is done, what runs →
 * where it stands then, what is written down, and what runs then; or why not.
 *
 * @module
 */
import type { ActivePointer, Change } from "../domain/change.ts";
import type {
  ChangeAct,
  ChangeActName,
  ChangeEvent,
} from "../domain/change_event.ts";
import { refuseAct } from "./acts.ts";
import { FORCE_STEPS } from "./force.ts";
import { REVIEW_STEPS } from "./review.ts";
import type { ChangeContext, StepOrRefusal, Steps } from "./step.ts";
import { WRITING_STEPS } from "./writing.ts";

/** What came of an act. */
export type Advance =
  | {
    readonly change: Change;
    readonly event: ChangeEvent;
    /** Where the pointer goes; null if it does not move. */
    readonly pointer: ActivePointer | null;
  }
  | { readonly refused: string };

/** The shape of {@link advance}. */
export type Workflow = typeof advance;

const STEPS: Steps<ChangeActName> = {
  ...WRITING_STEPS,
  ...REVIEW_STEPS,
  ...FORCE_STEPS,
};

/** Does one thing to a change, if it may be done. */
export function advance(
  change: Change,
  act: ChangeAct,
  context: ChangeContext,
): Advance {
  const refused = refuseAct(change, act);
  if (refused !== null) return { refused };
  const step = take(change, act, context);
  if ("refused" in step) return step;
  const { to, set, pointer = null, findings = null } = step;
  const at = context.at > change.since ? context.at : change.since;
  const moved: Change = {
    ...change,
    ...set,
    state: to,
    since: to === change.state ? change.since : at,
    version: change.version + 1,
  };
  const event = eventOf(moved, act, {
    at,
    from: change.state,
    findings,
    moved: pointer && {
      seq: pointer.seq,
      before: context.active.content,
      after: pointer.content,
      trial: pointer.trial?.content ?? null,
    },
  });
  return { change: moved, event, pointer };
}

/** Writes down what happened to a change, as it stands from then on. */
export function eventOf(
  change: Change,
  act: Pick<ChangeAct, "by" | "reason"> & {
    readonly act: ChangeEvent["act"];
  },
  also: Pick<ChangeEvent, "at" | "from" | "moved" | "findings">,
): ChangeEvent {
  return {
    change: change.id,
    kind: change.kind,
    subject: change.subject,
    version: change.version,
    act: act.act,
    to: change.state,
    by: act.by.name,
    human: act.by.human,
    groups: act.by.groups,
    reason: act.reason ?? "",
    cycle: change.cycle,
    content: change.content,
    base: change.base,
    evidence: change.evidence?.hash ?? null,
    class: change.evidence?.class ?? null,
    quorum: change.quorum,
    ...also,
  };
}

/** The table's type says which act goes with which step; a call cannot. */
function take(
  change: Change,
  act: ChangeAct,
  context: ChangeContext,
): StepOrRefusal {
  const step = STEPS[act.act] as (
    change: Change,
    act: ChangeAct,
    context: ChangeContext,
  ) => StepOrRefusal;
  return step(change, act, context);
}
