/**
 * Where people are erased: what a database keeps of them, and that they were.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { EntityKey, EntityType } from "../domain/entity.ts";
import type { Touched } from "./features.ts";
import type { LabelQuery } from "./training_sets.ts";

/** Rows that an erasure removed. */
export interface ErasedCounts {
  readonly events: number;
  /** Revisions of totals. */
  readonly performance: number;
  readonly claims: number;
  readonly deadLetters: number;
  /** Answers kept under a caller's key. */
  readonly answers: number;
  /** Kept feature vectors and tiles. */
  readonly vectors: number;
  /** Keys: what was sealed under them, such as decisions, is unreadable. */
  readonly keys: number;
}

/** A model whose training set held rows of the erased: it is what is left of them. */
export interface TaughtModel {
  /** `name@version`. */
  readonly model: string;
  /** Starting events among the erased that its labels asked for; null if nobody knows. */
  readonly rows: number | null;
}

/** The record of an erasure. It names nobody. */
export interface Erasure {
  readonly id: string;
  /** What was known of the subjects up to this moment is gone. */
  readonly at: Instant;
  /** When it was done; null for one that was interrupted. */
  readonly finishedAt: Instant | null;
  /** Id of the key, or `cli:<name>`. */
  readonly askedBy: string;
  /** How many subjects. */
  readonly subjects: number;
  readonly erased: ErasedCounts;
  readonly models: readonly TaughtModel[];
}

/** That somebody was erased. */
export interface ErasedSubject {
  readonly tenant: string;
  /** See `subjectHash`. */
  readonly hash: string;
  /** What was known of them up to this moment is gone. */
  readonly at: Instant;
}

/** Whom to erase, for whom. */
export interface ErasureTarget {
  readonly tenant: string;
  /** Erasure that does it. */
  readonly id: string;
  /** Ids by which the engine knows the subjects. */
  readonly subjects: readonly string[];
}

/** A model and which starting events taught it; null if its specification is not readable. */
export interface LabelledModel {
  readonly model: string;
  readonly query: LabelQuery | null;
}

/** Others in whose features the signals that are gone were counted, by their type. */
export type Bereft = Readonly<Partial<Record<EntityType, readonly Touched[]>>>;

/** What a database keeps of people, and how it is taken out. */
export interface ErasureStore {
  /**
   * Remembers, before anything is removed, that the subjects are erased up to a moment:
   * signals of theirs up to then are not taken in again. An interrupted erasure of the
   * same subjects goes on.
   *
   * @returns The erasure that goes on, or the new one.
   */
  begin(
    target: ErasureTarget,
    asked: Pick<Erasure, "at" | "askedBy">,
  ): Promise<Erasure>;
  /** Sources that may hold something of them. */
  sources(tenant: string): Promise<readonly string[]>;
  /** Removes what one source told of them, in one transaction. */
  eraseSource(
    target: ErasureTarget,
    source: string,
    models: readonly LabelledModel[],
  ): Promise<void>;
  /**
   * Removes kept answers that hold them, what limits counted of them, and their traces in
   * statistics of runs.
   */
  eraseAnswers(target: ErasureTarget): Promise<void>;
  /**
   * Destroys the keys of subjects, and removes what they sealed outside the log of
   * decisions and what that was found by.
   *
   * @param names Blind names of the subjects.
   */
  eraseSealed(
    target: ErasureTarget,
    names: readonly string[],
    at: Instant,
  ): Promise<void>;
  /** Entities with kept vectors or tiles that are them, or whose ids name them. */
  namingEntities(target: ErasureTarget): Promise<readonly EntityKey[]>;
  /** Whose features are to be computed again, as signals of theirs are gone. */
  bereft(target: ErasureTarget): Promise<Bereft>;
  /** Subjects of all tenants who were erased at a moment or after it, done or not. */
  erasedSince(at: Instant): Promise<readonly ErasedSubject[]>;
  /** Ends an erasure. */
  finish(
    target: ErasureTarget,
    done: { readonly at: Instant; readonly vectors: number },
  ): Promise<Erasure>;
  /** The latest erasures, the latest first. */
  list(tenant: string, limit: number): Promise<readonly Erasure[]>;
}
