/**
 * The life of a model's versions, as a log that is only ever added to. Who serves is
 * read from it, now or at any moment before.
 *
 * @module
 */
import type { Instant } from "./day.ts";

/** A role that one version of a name has at a time. */
export const ALIASES = ["champion", "challenger", "shadow"] as const;

/** A role: the champion decides, the challenger decides for a share, the shadow only scores. */
export type Alias = typeof ALIASES[number];

/** What happened. */
export type ModelEventKind =
  /** A version was trained or imported. */
  | "registered"
  /** A second person let it serve. */
  | "approved"
  /** A second person refused it, for good. */
  | "rejected"
  /** Somebody asked for an alias to point elsewhere. */
  | "proposed"
  /** A proposal was turned down or taken back. */
  | "declined"
  /** An alias points to a version, or to none, from now on. */
  | "assigned"
  /** An alias points again to the version that had it before. */
  | "rolled_back";

/** One entry of the log. */
export interface ModelEvent {
  /** Name of the model. */
  readonly name: string;
  /** 1, 2, 3, … for each name, without gaps. */
  readonly seq: number;
  /** When; never before the entry before it. */
  readonly at: Instant;
  /** What happened. */
  readonly kind: ModelEventKind;
  /** Version concerned; null when an alias is taken from all. */
  readonly version: number | null;
  /** Alias concerned, or null. */
  readonly alias: Alias | null;
  /** Who. */
  readonly by: string;
  /** Why, in a person's words; may be empty. */
  readonly reason: string;
  /** `seq` of the proposal that it settles, or null. */
  readonly settles: number | null;
  /** SHA-256 over this entry and the hash before it. */
  readonly hash: string;
}

/** Versions by role at one moment; null where nobody has it. */
export type Roles = Readonly<Record<Alias, number | null>>;
