/**
 * Where changes, what is active, and the log of both are kept: one transaction for all
 * that belongs together.
 *
 * @module
 */
import type { ActEvent, ActsRetired } from "../domain/act.ts";
import type {
  AuditAnchor,
  AuditHead,
  AuditRecord,
} from "../domain/audit_log.ts";
import type {
  ActivePointer,
  Actor,
  Change,
  ChangeEvidence,
  ChangeKind,
  ChangeState,
} from "../domain/change.ts";
import type { ChangeEvent } from "../domain/change_event.ts";
import type { Instant } from "../domain/day.ts";
import type { Switch } from "../domain/verdict.ts";

/** Whose changes: a tenant's, or the whole deployment's for null. */
export type Scope = string | null;

/** Which changes are asked for; all that is given must hold. */
export interface ChangeFilter {
  readonly states?: readonly ChangeState[];
  readonly kind?: ChangeKind;
  readonly subject?: string;
  /** Rollbacks whose look afterwards is still open. */
  readonly reviewOpen?: true;
  /** Older than the one of this id. */
  readonly before?: string;
  /** So many at most, the latest; all unless given. */
  readonly limit?: number;
}

/** What is kept together, or not at all. */
export interface ChangeStep {
  /** Changes as they are from now on, each with its version before; null for a new one. */
  readonly changes: readonly {
    readonly change: Change;
    readonly expected: number | null;
  }[];
  /** Where a pointer goes; its `seq` is one more than it is now. Null if none moves. */
  readonly pointer: ActivePointer | null;
  /** What happened, in order. */
  readonly events: readonly ChangeEvent[];
}

/** Changes and what they lead to. */
export interface GovernanceStore {
  find(scope: Scope, id: string): Promise<Change | null>;
  /** Latest first. */
  list(scope: Scope, filter: ChangeFilter): Promise<readonly Change[]>;
  /** Every scope that has changes. */
  scopes(): Promise<readonly Scope[]>;
  /**
   * Keeps a step: durable when it resolves, with its records in the audit log.
   *
   * @returns False with nothing kept, if a change or the pointer is not where the step
   * begins.
   */
  commit(scope: Scope, step: ChangeStep): Promise<boolean>;
  /** Puts acts on record in the audit log; durable when it resolves. */
  record(
    scope: Scope,
    acts: readonly (ActEvent | ActsRetired)[],
  ): Promise<void>;
  /** Keeps a text under its hash; one that is kept stays, unless it is not of that hash. */
  keep(hash: string, text: string): Promise<void>;
  load(hash: string): Promise<string | null>;
  /** Which of these are kept with a text that is not theirs, or not at all; in order. */
  findAltered(hashes: readonly string[]): Promise<readonly string[]>;
  /** What runs; `seq` 0 and nulls if nothing ever did. */
  active(scope: Scope, subject: string): Promise<ActivePointer>;
  /** What runs, for all subjects of a scope that ever ran anything. */
  pointers(scope: Scope): Promise<readonly ActivePointer[]>;
  /** What runs, for all subjects of all scopes, read at one moment. */
  everyPointer(): Promise<
    readonly { readonly scope: Scope; readonly pointer: ActivePointer }[]
  >;
  /** Every move of a pointer, oldest first. */
  moves(scope: Scope, subject: string): Promise<readonly ActivePointer[]>;
  /** The audit log from `after` on, oldest first; of one change, if given. */
  records(
    scope: Scope,
    asked: {
      readonly after: number;
      readonly limit: number;
      readonly change?: string;
    },
  ): Promise<readonly AuditRecord[]>;
  /** Where the audit log ends. */
  head(scope: Scope): Promise<AuditHead>;
  /** From where the audit log goes on, as its last record of retention says. */
  anchor(scope: Scope): Promise<AuditAnchor>;
}

/** What checking a content finds out; hashes are added to make evidence of it. */
export type Findings = Omit<ChangeEvidence, "hash" | "content" | "base">;

/** What governance has to know of a kind of change. */
export interface ChangeAdapter {
  readonly kind: ChangeKind;
  /** Whether what comes of its canaries can be measured; not unless given. */
  readonly measured?: true;
  /** Items without which nothing of this kind is reviewed, such as `types` and `replay`. */
  readonly requires: readonly string[];
  /** Finds out what a content does, compared with the base; both as texts. */
  check(
    content: string,
    base: string | null,
    of: { readonly subject: string; readonly scope: Scope },
  ): Promise<Findings>;
  /** What speaks against putting an old content into force today; nothing if empty. */
  recheck(content: string): Promise<readonly string[]>;
  /**
   * Carries the author's change over to a new base; null if that takes a person. Left
   * out where contents are always whole.
   */
  merge?(
    content: string,
    base: string | null,
    now: string | null,
  ): string | null;
}

/** A kill switch as one node keeps it by itself. */
export interface BoardSwitch {
  readonly scope: Scope;
  readonly switch: Switch;
  readonly by: Actor;
  readonly reason: string;
  /** When it was turned on here. */
  readonly at: Instant;
  /** Whether it is among the changes too, where other nodes see it. */
  readonly recorded: boolean;
}

/** Kill switches that work while the database does not. */
export interface SwitchBoard {
  /** What is on here; the same after a restart. */
  list(): Promise<readonly BoardSwitch[]>;
  /** Keeps all that is on here, in place of what was; durable when it resolves. */
  replace(switches: readonly BoardSwitch[]): Promise<void>;
}
