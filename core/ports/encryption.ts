/**
 * Where the keys that data is sealed under are kept, each wrapped by another.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";

/** A key on record; its bytes are only there wrapped. */
export interface DataKeyRecord {
  /** Whose. */
  readonly tenant: string;
  /** Random; stands beside what it seals. */
  readonly id: string;
  /** 1, 2, 3, … of a tenant's own keys; 0 for a key of one subject. */
  readonly version: number;
  /** Blind name of the subject; null for a tenant's own key, and once destroyed. */
  readonly subject: string | null;
  /** Id of the key that wraps it: a master key, or for a subject's a tenant's own. */
  readonly wrapper: string;
  /** Base64; null once destroyed. */
  readonly wrapped: string | null;
  /** When it was made. */
  readonly createdAt: Instant;
  /** When it was destroyed; null while it is not. */
  readonly destroyedAt: Instant | null;
}

/** A subject's key to be kept, unless one is there. */
export interface NewSubjectKey
  extends
    Pick<DataKeyRecord, "tenant" | "id" | "wrapper">,
    Record<"subject" | "wrapped", string> {
  /** Hash that the subject is remembered under once erased: see `subjectHash`. */
  readonly erasedHash: string;
}

/** The key that is kept of a subject. */
export interface SubjectKeyRecord
  extends
    Pick<DataKeyRecord, "tenant" | "id" | "wrapper">,
    Record<"subject" | "wrapped", string> {
  /** What was known of the subject up to this moment is erased; null for nothing. */
  readonly erasedAt: Instant | null;
}

/** Why all keys of a tenant are destroyed, and who answers for it. */
export interface Destruction {
  readonly at: Instant;
  readonly by: string;
  readonly reason: string;
}

/** How the keys of a tenant stand. */
export interface DataKeyCount {
  readonly tenant: string;
  /** Version of a tenant's own key; 0 for all keys of its subjects together. */
  readonly version: number;
  readonly wrapper: string | null;
  readonly createdAt: Instant;
  readonly destroyedAt: Instant | null;
  /** Who destroyed it, and why; null if nobody did. */
  readonly destroyedBy: string | null;
  readonly reason: string | null;
  /** Keys, living and destroyed. */
  readonly living: number;
  readonly destroyed: number;
}

/** Keys that data is sealed under. */
export interface DataKeyStore {
  /** A tenant's own keys, destroyed ones too, oldest first. */
  ofTenant(tenant: string): Promise<readonly DataKeyRecord[]>;
  /** Keeps a tenant's next own key; nothing if another node was first. */
  add(key: DataKeyRecord): Promise<void>;
  /**
   * Keeps keys of subjects who have none, at one moment.
   *
   * @returns For each, in order, the key that is kept; null if there is none, and what
   * wraps the new one is destroyed.
   */
  ofSubjects(
    keys: readonly NewSubjectKey[],
    at: Instant,
  ): Promise<readonly (SubjectKeyRecord | null)[]>;
  /** Keys of a tenant by their ids; those that are not on record are left out. */
  find(
    tenant: string,
    ids: readonly string[],
  ): Promise<readonly DataKeyRecord[]>;
  /** Every tenant's own living keys. */
  living(): Promise<readonly DataKeyRecord[]>;
  /** Wraps a tenant's key anew; false if it is no longer wrapped as it was read. */
  rewrap(
    key: DataKeyRecord,
    again: Pick<DataKeyRecord, "wrapper" | "wrapped">,
  ): Promise<boolean>;
  /**
   * Destroys every key of a tenant, so that nobody opens what they sealed.
   *
   * @returns How many.
   */
  destroy(tenant: string, why: Destruction): Promise<number>;
  list(tenant: string | null): Promise<readonly DataKeyCount[]>;
}
