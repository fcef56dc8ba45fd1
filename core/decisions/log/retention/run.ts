/**
 * One run of retention: what it works with, and what it tells.
 *
 * @module
 */
import { DAY_MS, type Instant } from "../../../domain/day.ts";
import type { Ids } from "../../../ports/clock.ts";
import type { DecisionLog } from "../../../ports/decisions.ts";
import type { GovernanceStore } from "../../../ports/governance.ts";
import type {
  CheckpointStore,
  LogOwner,
  LogRetention,
} from "../../../ports/log.ts";
import type { NoteVerifier } from "../checkpoints/signed_note.ts";
import type { RetentionPurpose, RetentionRule } from "./rules.ts";

/** What retention works with. */
export interface RetentionScope {
  readonly log: Pick<DecisionLog, "append" | "anchor" | "read" | "tenants">;
  readonly governance: Pick<
    GovernanceStore,
    "record" | "anchor" | "records" | "head"
  >;
  readonly checkpoints: Pick<CheckpointStore, "lastBefore" | "owners">;
  readonly retention: LogRetention;
  /** Keys of checkpoints that are trusted. */
  readonly verifiers: readonly NoteVerifier[];
  readonly ids: Ids;
}

/** What is asked of a run. */
export interface RetentionRun {
  readonly rules: readonly RetentionRule[];
  readonly now: Instant;
  /** Only says what would leave. */
  readonly dryRun?: boolean;
  /** Told what left so far. */
  report?(told: Retired): void;
  /** Ends the run between two pages. */
  readonly signal?: AbortSignal;
}

/** What a rule says of one owner. */
export interface Kept {
  /** A tenant, or `*` for the deployment. */
  readonly tenant: LogOwner;
  readonly purpose: RetentionPurpose;
  readonly days: number;
}

/** What left of one owner. */
export interface Retired extends Kept {
  /** Records, checkpoints or answers that left, or would. */
  readonly count: number;
  /** The last record that left; null for none. */
  readonly upTo: number | null;
  /** Why nothing could leave, for a person; null if it could. */
  readonly held: string | null;
  /** Whether somebody has to see to it. */
  readonly failed: boolean;
}

/** Of an owner of whom nothing left. */
export const NOTHING = { count: 0, upTo: null, held: null, failed: false };

/** So many leave at once. */
export const PAGE = 2000;

/** Lets pages leave until none is left, or the run ends; how many are gone. */
export async function inPages(
  signal: AbortSignal | undefined,
  page: () => Promise<number>,
): Promise<number> {
  let count = 0;
  for (;;) {
    const gone = await page();
    count += gone;
    if (gone === 0 || signal?.aborted) return count;
  }
}

/** The moment before which what is kept for so many days is old. */
export function daysBefore(now: Instant, days: number): Instant {
  return new Date(Date.parse(now) - days * DAY_MS).toISOString();
}
