/**
 * Where signals are kept: the analytical store.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type {
  EventSignal,
  PerformanceSignal,
  Reject,
} from "../domain/signal.ts";

/** A performance row with its derived keys. */
export interface KeyedPerformance {
  readonly signal: PerformanceSignal;
  readonly rowKey: string;
  readonly partitionKey: string;
  readonly contentHash: string;
}

/** What one page of a source writes, all or nothing. */
export interface SignalBatch {
  readonly tenant: string;
  /** Name of the source, unique in the tenant. */
  readonly source: string;
  readonly connector: string;
  readonly observedAt: Instant;
  /** Rows keep the last of equal keys. */
  readonly performance: readonly KeyedPerformance[];
  /** Partitions whose rows in this batch are all there are. */
  readonly completePartitions: readonly string[];
  readonly events: readonly EventSignal[];
  readonly rejects: readonly Reject[];
  /** Cursor to keep under a scope, in the same transaction; undefined keeps the old. */
  readonly cursor?: { readonly scope: string; readonly value: string | null };
}

/** What a batch changed. */
export interface WriteReport {
  /** Performance rows that are new. */
  readonly inserted: number;
  /** Performance rows whose content changed: a new revision each. */
  readonly restated: number;
  /** Performance rows that said what was known. */
  readonly unchanged: number;
  /** Rows of complete partitions that were not mentioned: a revision of zeros each. */
  readonly vanished: number;
  /** Events that are new. */
  readonly events: number;
  /** Events known by their id. */
  readonly duplicates: number;
  /** Dead letters that are new. */
  readonly deadLetters: number;
}

/** A record that waits for a repair. */
export interface DeadLetter extends Reject {
  readonly id: string;
  readonly source: string;
  readonly connector: string;
  readonly observedAt: Instant;
}

/** How much a source has brought. */
export interface SignalCounts {
  readonly source: string;
  /** Performance rows in force. */
  readonly performance: number;
  /** Revisions of them, those in force included. */
  readonly revisions: number;
  readonly events: number;
  /** Dead letters by reason. */
  readonly deadLetters: Readonly<Record<string, number>>;
  /** When the source was last heard of. */
  readonly lastObservedAt: Instant | null;
}

/** The analytical store of signals. */
export interface SignalStore {
  /** Writes a batch and its cursor in one transaction. */
  write(batch: SignalBatch): Promise<WriteReport>;
  readCursor(
    tenant: string,
    source: string,
    scope: string,
  ): Promise<string | null>;
  count(tenant: string): Promise<readonly SignalCounts[]>;
  /** Tenants that any source has brought signals for. */
  tenants(): Promise<readonly string[]>;
  listDeadLetters(
    tenant: string,
    filter: { source?: string; reason?: string; limit: number },
  ): Promise<readonly DeadLetter[]>;
}
