/**
 * What happens to changes: the acts, and the record of each in the audit log.
 *
 * @module
 */
import type {
  Change,
  ChangeClass,
  ChangeEvidence,
  ChangeKind,
  ChangeState,
  Quorum,
  Rollout,
  Signature,
} from "./change.ts";
import type { Actor } from "./change.ts";
import type { Instant } from "./day.ts";

/** What people and services do to a change. */
export type ChangeAct =
  & {
    /** Who. */
    readonly by: Actor;
    /** Why, in a person's words; some acts want it. */
    readonly reason?: string;
  }
  & (
    /** Writes it anew: hash of the content, and what else is given. */
    | {
      readonly act: "edit";
      readonly content?: string;
      readonly title?: string;
      readonly rollout?: Rollout;
    }
    /** Compares it with what is active now; content as merged, if given. */
    | {
      readonly act: "rebase";
      readonly content?: string;
    }
    /** Adds what was found out. */
    | { readonly act: "check"; readonly evidence: ChangeEvidence }
    /** Asks for review. */
    | { readonly act: "submit" }
    /** Takes it out of review, to go on writing. */
    | { readonly act: "recall" }
    /** Agrees with what the reviewer saw. */
    | { readonly act: "approve"; readonly signs: Signature }
    /** Wants more people to agree. */
    | { readonly act: "require"; readonly quorum: Quorum }
    /** Wants something else. */
    | { readonly act: "return" }
    /** Refuses it for good. */
    | { readonly act: "reject" }
    /** Takes it back for good. */
    | { readonly act: "withdraw" }
    /** Lets it start by itself. */
    | { readonly act: "schedule"; readonly startAt: Instant }
    /** Takes it to its next stage, at the end into force. */
    | { readonly act: "activate" }
    /** Puts the first content of a subject into force. */
    | { readonly act: "adopt" }
    /** Puts content into force that was so before. */
    | { readonly act: "restore"; readonly problems: readonly string[] }
    /** Turns a kill switch on. */
    | { readonly act: "engage"; readonly confirmBy: Instant }
    /** Stands behind a switch that somebody else turned on. */
    | { readonly act: "confirm" }
    /** Ends its trial: what was watched went ill. */
    | { readonly act: "breach"; readonly findings?: unknown }
    /** By the engine: what came of its canary was measured. */
    | {
      readonly act: "judge";
      readonly found: "better" | "undecided";
      readonly findings: unknown;
    }
    /** Ends the look at a rollback. */
    | { readonly act: "acknowledge" }
    /** By the engine: its time ran out. */
    | { readonly act: "expire" }
    /** By the engine: nobody confirmed the switch in time. */
    | { readonly act: "lapse" }
    /** By the engine: another change is in force. */
    | { readonly act: "supersede" }
    /** By the engine: a rollback took it out of force, or off its trial. */
    | { readonly act: "revert" }
  );

/** Name of an act. */
export type ChangeActName = ChangeAct["act"];

/** One thing that happened to a change, with all that it was bound to. */
export interface ChangeEvent {
  /** The change. */
  readonly change: string;
  /** Its kind. */
  readonly kind: ChangeKind;
  /** The pointer that it moves. */
  readonly subject: string;
  /** 1, 2, 3, … for each change, without gaps. */
  readonly version: number;
  /** What happened. */
  readonly act: ChangeActName | "propose";
  /** Where it stood; null for its beginning. */
  readonly from: ChangeState | null;
  /** Where it went; may be where it stood. */
  readonly to: ChangeState;
  /** Who. */
  readonly by: string;
  /** Whether that is a person. */
  readonly human: boolean;
  /** Groups that they spoke for. */
  readonly groups: readonly string[];
  /** When. */
  readonly at: Instant;
  /** Why; empty if nobody said. */
  readonly reason: string;
  /** Round of review. */
  readonly cycle: number;
  /** Hash of the content from then on. */
  readonly content: string;
  /** Hash of the base from then on. */
  readonly base: string | null;
  /** Hash of the evidence from then on. */
  readonly evidence: string | null;
  /** Class that the evidence found; null without evidence. */
  readonly class: ChangeClass | null;
  /** Who has to agree from then on. */
  readonly quorum: Quorum | null;
  /** What ran before and after; null if the pointer did not move. */
  readonly moved: PointerMove | null;
  /** What an approval signed, what a breach or a canary found; null for nothing. */
  readonly findings: unknown;
}

/** How a pointer moved: hashes of the active content and of that on trial. */
export interface PointerMove {
  /** Number of the move. */
  readonly seq: number;
  /** Active before. */
  readonly before: string | null;
  /** Active from then on. */
  readonly after: string | null;
  /** On trial from then on. */
  readonly trial: string | null;
}

/** A change together with what happened to it, oldest first. */
export interface ChangeHistory {
  /** As it stands. */
  readonly change: Change;
  /** Its events. */
  readonly events: readonly ChangeEvent[];
}
