/**
 * What is kept beside the decision log: signed checkpoints, and how old records leave.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { LoggedRecord } from "../domain/decision.ts";
import type { ChainHead } from "./decisions.ts";

/** Whose heads a checkpoint signs: a tenant, or `*` for the acts of the deployment. */
export type LogOwner = string;

/** In place of a tenant: what belongs to the whole deployment. */
export const DEPLOYMENT: LogOwner = "*";

/** Where both logs of an owner end: decisions, and people's acts. */
export interface LogHeads {
  readonly decisions: ChainHead;
  readonly acts: ChainHead;
}

/** A signed checkpoint as it is kept. */
export interface KeptCheckpoint {
  /** 1, 2, 3, … of its owner. */
  readonly number: number;
  readonly at: Instant;
  /** Signed note, as text. */
  readonly note: string;
  /** Records that it covers, as the note says. */
  readonly sizes: { readonly decisions: number; readonly acts: number };
}

/** Where an owner's logs end, and its last checkpoint. */
export interface LogStanding {
  readonly owner: LogOwner;
  readonly heads: LogHeads;
  readonly last: KeptCheckpoint | null;
}

/** Signed checkpoints. */
export interface CheckpointStore {
  /**
   * Everyone who has a log, or checkpoints of one: a log that was taken away whole is
   * missed by its checkpoints alone.
   */
  owners(): Promise<readonly LogOwner[]>;
  /** Of every owner of a log. */
  standings(): Promise<readonly LogStanding[]>;
  /** Keeps one; false if its number is taken already. */
  keep(owner: LogOwner, checkpoint: KeptCheckpoint): Promise<boolean>;
  /** After a number, in order. */
  list(
    owner: LogOwner,
    after: number,
    limit: number,
  ): Promise<readonly KeptCheckpoint[]>;
  /** The last that was made before a moment; null if none was. */
  lastBefore(owner: LogOwner, at: Instant): Promise<KeptCheckpoint | null>;
}

/** Checkpoints in a second place. */
export interface CheckpointArchive {
  /** Adds one; durable when it resolves. */
  append(owner: LogOwner, note: string): Promise<void>;
  /** All of an owner, as text; empty if there is none. */
  read(owner: LogOwner): Promise<string>;
  /** The last of an owner, as text that may begin within one; empty if there is none. */
  tail(owner: LogOwner): Promise<string>;
  /** Everyone who has some. */
  owners(): Promise<readonly LogOwner[]>;
}

/** Which checkpoints are thinned: all but the last of a day. */
export interface ThinnedCheckpoints {
  /** None that was made from this moment on. */
  readonly before: Instant;
  /**
   * From where the logs of their owner go on, 0 for their beginning: the last checkpoint
   * that signed either of them there is kept.
   */
  readonly anchors: { readonly decisions: number; readonly acts: number };
}

/** What retention takes out of the database. */
export interface LogRetention {
  /**
   * Takes out the oldest records, so many at most, and moves the anchor to the last of
   * them in the same transaction.
   *
   * @param upTo No record beyond this one.
   * @returns How many are gone; 0 if nothing is left up to there.
   */
  retire(tenant: string, upTo: number, limit: number): Promise<number>;
  /**
   * Takes out the oldest acts, so many at most; what is told of changes stays. To be
   * called once the audit log goes on from the last of them.
   *
   * @param upTo No record beyond this one.
   * @returns How many are gone; 0 if nothing is left up to there.
   */
  retireActs(owner: LogOwner, upTo: number, limit: number): Promise<number>;
  /** Checkpoints to be thinned. */
  countThinned(owner: LogOwner, asked: ThinnedCheckpoints): Promise<number>;
  /**
   * Takes out checkpoints, so many at most: never the newest of all, as no later one is of
   * its day.
   *
   * @returns How many are gone.
   */
  thinCheckpoints(
    owner: LogOwner,
    asked: ThinnedCheckpoints,
    limit: number,
  ): Promise<number>;
  /** Tenants that have answers under keys. */
  keyedTenants(): Promise<readonly string[]>;
  /** Answers under keys that were kept before a moment. */
  countAnswers(tenant: string, before: Instant): Promise<number>;
  /**
   * Takes out answers under keys that were kept before a moment, so many at most.
   *
   * @returns How many are gone.
   */
  forgetAnswers(
    tenant: string,
    before: Instant,
    limit: number,
  ): Promise<number>;
}

/** A name that a record is to be found by. */
export interface RecordName {
  readonly seq: number;
  /** When the record was taken. */
  readonly at: Instant;
  /** `type:id`, as the log keeps it. */
  readonly entity: string;
  /** Of a person, what remembers that they were erased; null for anything else. */
  readonly subjectHash: string | null;
}

/** Where records that may lack names are looked for. */
export interface UnnamedAsked {
  /** The last record that was looked at. */
  readonly after: number;
  /** How many records behind it are looked at, at most. */
  readonly within: number;
  /** How many are wanted, at most. */
  readonly limit: number;
}

/** Records that may lack names. */
export interface UnnamedRecords {
  readonly rows: readonly LoggedRecord[];
  /** The last record that was looked at; null if there is none behind. */
  readonly upTo: number | null;
}

/** Has records found that were kept before records were found by name. */
export interface LogNaming {
  /** Decisions in clear, in order: what is sealed was named when it was logged. */
  unnamed(tenant: string, asked: UnnamedAsked): Promise<UnnamedRecords>;
  /** Adds names; those that are there stay, and people who were erased since get none. */
  name(tenant: string, names: readonly RecordName[]): Promise<void>;
}
