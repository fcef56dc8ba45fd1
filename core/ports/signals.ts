/**
 * Where signals are kept: the analytical store.
 *
 * @module
 */
import type { Day, DayRange, Instant } from "../domain/day.ts";
import type { EntityKey, EntityType } from "../domain/entity.ts";
import type {
  EventSignal,
  Metrics,
  PerformanceSignal,
  Reject,
} from "../domain/signal.ts";
import type { Quality } from "../domain/source.ts";

/**
 * How far a total may still move. `provisional`: its day was hardly over when it was
 * last asked for; `settling`: within the source's window for late changes; `final`:
 * beyond it.
 */
export type Maturity = "provisional" | "settling" | "final";

/** A performance row with its derived keys. */
export interface KeyedPerformance {
  readonly signal: PerformanceSignal;
  readonly rowKey: string;
  readonly partitionKey: string;
  readonly contentHash: string;
  readonly maturity: Maturity;
}

/** That a partition was asked for whole: what was not mentioned is not there. */
export interface Claim {
  readonly partitionKey: string;
  readonly report: string;
  readonly level: EntityType;
  readonly account: string | null;
  /** The partition's day; null where it is a record's. */
  readonly day: Day | null;
  /** The partition's record; null where it is a day's. */
  readonly record: string | null;
  /** False if a record of it could not be read, so that nothing in it can vanish. */
  readonly whole: boolean;
  readonly rows: number;
  /** Whole days from the end of the partition's day to the claim; below 0 while it lasts. */
  readonly ageDays: number;
  readonly maturity: Maturity;
  readonly quality: readonly Quality[];
  /** Sums over the partition's rows. */
  readonly metrics: Metrics;
  /** `equal` to the source's own totals, why not, or null if it has none. */
  readonly reconciled: string | null;
}

/** The latest claim of a partition. */
export interface LatestClaim extends Pick<Claim, "ageDays" | "maturity"> {
  readonly day: Day;
  readonly claimedAt: Instant;
  /**
   * At how many ages the day was read when it was final, and not whole; 0 if it is
   * not final yet, or is whole by now.
   */
  readonly partialReads: number;
}

/** What was known of a metric so many days after the day, and what it came to. */
export interface LagPoint {
  readonly ageDays: number;
  /** Sum over days that are final now, as it was at that age. */
  readonly known: number;
  /** Sum over the same days now. */
  readonly final: number;
  /** How many days, however often each was asked for. */
  readonly days: number;
}

/** What one page of a source writes, all or nothing. */
export interface SignalBatch {
  readonly tenant: string;
  /** Name of the source, unique in the tenant. */
  readonly source: string;
  readonly connector: string;
  /** Which code read it: the engine's version, and the vendor's API. */
  readonly version?: string;
  readonly observedAt: Instant;
  /** Rows keep the last of equal keys. */
  readonly performance: readonly KeyedPerformance[];
  /** Partitions whose rows in this batch are all there are. */
  readonly claims: readonly Claim[];
  readonly events: readonly EventSignal[];
  readonly rejects: readonly Reject[];
  /** Dead letters that this batch answers for: removed in the same transaction. */
  readonly revived?: readonly string[];
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
  /** Signals and rejects of erased subjects, left out; absent if there were none. */
  readonly erased?: number;
}

/** A record that waits for a repair. */
export interface DeadLetter extends Reject {
  readonly id: string;
  readonly source: string;
  readonly connector: string;
  /** Which code wrote it, as its batch said; empty if that is not known. */
  readonly version: string;
  readonly observedAt: Instant;
}

/** Which dead letters. */
export interface LetterFilter {
  readonly source?: string;
  readonly reason?: string;
  readonly limit: number;
  /** Only those after this one, the oldest first. */
  readonly after?: Pick<DeadLetter, "id" | "observedAt">;
}

/** How much a source has brought. */
export interface SignalCounts {
  readonly source: string;
  readonly connector: string;
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

/** How fresh a source is; small enough to be asked for often. */
export interface SourceFreshness {
  readonly tenant: string;
  readonly source: string;
  readonly connector: string;
  readonly lastObservedAt: Instant;
  /**
   * Latest day of totals, or of an event, that it brought; null if none. Days after
   * the one that follows the observation do not count.
   */
  readonly latestDay: Day | null;
  /** Batches written so far. */
  readonly batches: number;
  /** Rows and events written so far, revisions included. */
  readonly rows: number;
}

/** Which totals, as known when. */
export interface PerformanceQuery {
  readonly tenant: string;
  readonly source: string;
  readonly report: string | null;
  readonly range: DayRange;
  /** As known at that moment; the latest for null. */
  readonly knownAt: Instant | null;
  readonly limit: number;
  /** Only those after this one, by day and key; all for null. */
  readonly after?:
    | Pick<KnownPerformance, "rowKey"> & { readonly day: Day }
    | null;
}

/** A total as it was known. */
export interface KnownPerformance {
  readonly signal: PerformanceSignal;
  readonly rowKey: string;
  readonly revision: number;
  readonly observedAt: Instant;
  readonly maturity: Maturity;
}

/** A run over a range of days, in slices, that can be gone on with. */
export interface Backfill extends DayRange {
  readonly id: string;
  readonly source: string;
  readonly startedAt: Instant;
  readonly finishedAt: Instant | null;
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
  /** Every source of every tenant. */
  freshness(): Promise<readonly SourceFreshness[]>;
  /** Tenants that any source has brought signals for. */
  tenants(): Promise<readonly string[]>;
  listDeadLetters(
    tenant: string,
    filter: LetterFilter,
  ): Promise<readonly DeadLetter[]>;
  /** Latest claim of each day of a report, by day. */
  latestClaims(
    tenant: string,
    source: string,
    report: string,
  ): Promise<readonly LatestClaim[]>;
  /**
   * How a report's numbers became known, by age; from its latest final days. Told of
   * conversions, or of what comes next in how late it is known where it has none.
   */
  lagCurve(
    tenant: string,
    source: string,
    report: string,
  ): Promise<readonly LagPoint[]>;
  performance(query: PerformanceQuery): Promise<readonly KnownPerformance[]>;
  /**
   * Which of some entities a source reported totals of.
   *
   * @param since First day that counts.
   */
  reported(
    tenant: string,
    source: string,
    asked: { readonly entities: readonly EntityKey[]; readonly since: Day },
  ): Promise<ReadonlySet<EntityKey>>;
}

/** Where runs over ranges of days are remembered. */
export interface BackfillStore {
  /** The unfinished run of a source over exactly these days, or null. */
  findOpen(
    tenant: string,
    source: string,
    range: DayRange,
  ): Promise<Backfill | null>;
  /** The unfinished run of a source over exactly these days, or a new one. */
  begin(
    tenant: string,
    backfill: Pick<Backfill, "id" | "source" | "startedAt"> & DayRange,
  ): Promise<Backfill>;
  /** How far each slice is done: the day after, by the scope of its cursor. */
  doneSlices(tenant: string, id: string): Promise<ReadonlyMap<string, Day>>;
  finish(tenant: string, id: string, at: Instant): Promise<void>;
}
