/**
 * The one table of what may be done to a change: where it must stand, who may do it, and
 * whether they have to say why.
 *
 * @module
 */
import type { Actor, Change, ChangeState } from "../domain/change.ts";
import { ENGINE, isSameName } from "../domain/change.ts";
import type { ChangeActName } from "../domain/change_event.ts";
import { refuseReason } from "./wording.ts";

/**
 * Who may act: `author` wrote some version, `reviewer` is a person who wrote none,
 * `person` is no service, `engine` is what time brings about.
 */
type Doer = "anyone" | "author" | "person" | "reviewer" | "engine";

/** Why a service is refused what people decide. */
export const NO_PERSON =
  'only a person may do that; a key for one is made with "moe keys create --person"';

interface ActRule {
  readonly from: readonly ChangeState[];
  readonly who: Doer;
  /** Whether a reason must be given. */
  readonly reasoned?: true;
}

const WRITING: readonly ChangeState[] = ["draft", "checked"];
const JUDGED: readonly ChangeState[] = ["in_review", "approved", "scheduled"];
const STOPPED: readonly ChangeState[] = ["changes_requested", "suspended"];
const ON_TRIAL: readonly ChangeState[] = ["shadow", "canary"];

/** Before anything of it is in force or on trial. */
export const AHEAD: readonly ChangeState[] = [
  ...WRITING,
  ...JUDGED,
  ...STOPPED,
];

/** Acts by name. */
export const ACTS: Readonly<Record<ChangeActName, ActRule>> = {
  edit: { from: AHEAD, who: "anyone" },
  rebase: { from: AHEAD, who: "anyone" },
  check: { from: [...WRITING, ...JUDGED], who: "anyone" },
  submit: { from: ["checked"], who: "anyone" },
  recall: { from: JUDGED, who: "author" },
  approve: { from: ["in_review"], who: "reviewer" },
  require: { from: JUDGED, who: "person", reasoned: true },
  return: { from: JUDGED, who: "person", reasoned: true },
  reject: { from: [...JUDGED, ...STOPPED], who: "person", reasoned: true },
  withdraw: { from: AHEAD, who: "author" },
  schedule: { from: ["approved", "scheduled"], who: "anyone" },
  activate: { from: ["approved", "scheduled", ...ON_TRIAL], who: "anyone" },
  adopt: { from: ["checked"], who: "anyone", reasoned: true },
  restore: { from: ["draft"], who: "person", reasoned: true },
  engage: { from: ["checked"], who: "person", reasoned: true },
  confirm: { from: ["active"], who: "person" },
  breach: { from: ON_TRIAL, who: "anyone", reasoned: true },
  judge: { from: ["canary"], who: "engine", reasoned: true },
  acknowledge: {
    from: ["active", "superseded", "rolled_back"],
    who: "person",
    reasoned: true,
  },
  expire: { from: AHEAD, who: "engine" },
  lapse: { from: ["active"], who: "engine" },
  supersede: { from: ["active"], who: "engine" },
  revert: { from: ["active", ...ON_TRIAL], who: "engine", reasoned: true },
};

/** What somebody does, as far as the table is concerned. */
interface Attempt {
  readonly act: ChangeActName;
  readonly by: Actor;
  readonly reason?: string;
}

/**
 * Whether the table allows it.
 *
 * @returns Why not, or null.
 */
export function refuseAct(change: Change, attempt: Attempt): string | null {
  const { from, who, reasoned } = ACTS[attempt.act];
  if (!from.includes(change.state)) return `it is ${print(change.state)}`;
  const stranger = refuseActor(change, attempt.by, who);
  if (stranger !== null) return stranger;
  const { reason = "" } = attempt;
  if (reasoned && reason.trim() === "") return "a reason must be given";
  return refuseReason(reason);
}

/** Acts that the table allows somebody as things are, for pages and command lines. */
export function permittedActs(change: Change, by: Actor): ChangeActName[] {
  const acts = Object.keys(ACTS) as ChangeActName[];
  return acts.filter((act) =>
    refuseAct(change, { act, by, reason: "any" }) === null
  );
}

function refuseActor(change: Change, by: Actor, who: Doer): string | null {
  const wrote = change.contributors.some((name) => isSameName(name, by.name));
  switch (who) {
    case "anyone":
      return null;
    case "engine":
      return by === ENGINE ? null : "only the engine does that";
    case "author":
      return wrote ? null : "only who wrote it may do that";
    case "person":
      return by.human ? null : NO_PERSON;
    case "reviewer":
      if (!by.human) return NO_PERSON;
      return wrote ? "whoever wrote it may not approve it" : null;
  }
}

/** A state in words. */
export function print(state: ChangeState): string {
  return state.replaceAll("_", " ");
}
