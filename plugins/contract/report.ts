/**
 * Reports: sources of totals that are asked for by days.
 *
 * A connector fetches **records** (`read`) and says what one means (`toRows`); the
 * engine slices the days, claims and replaces partitions, splits what was cut,
 * compares with the source's own totals, and keeps what makes no sense as a dead
 * letter that can be read again.
 *
 * @module
 */
import type { DayRange } from "../../core/domain/day.ts";
import type { EntityType } from "../../core/domain/entity.ts";
import type { Metrics } from "../../core/domain/signal.ts";
import type {
  Quality,
  ReportRow,
  SourceAccount,
} from "../../core/domain/source.ts";
import type { Lent, Report } from "./lent.ts";

/** What a report is lent while it reads one slice. */
export interface SliceScope<C> extends Lent<C> {
  /** The account, as the connector's `account` described it. */
  readonly account: SourceAccount;
  /** Local days asked for, at most the report's `sliceDays`. */
  readonly range: DayRange;
  /** Ask for this part alone, one of `shards`; null for all. */
  readonly shard: string | null;
  /** Progress. */
  readonly report: Report;
}

/** Some records of a slice, as the source tells them. */
export interface Records {
  /** Raw records, parsed JSON. */
  readonly records: readonly unknown[];
  /** How the source says that these are not the plain truth. */
  readonly quality?: readonly Quality[];
  /** True if the source said that it left records out. */
  readonly truncated?: boolean;
}

/** One question that a connector asks of its source. */
export interface SourceReport<C = unknown> {
  /** Name of the question, `snake_case`, such as `campaign_daily`. */
  readonly name: string;
  /** Type of entity that each row describes. */
  readonly level: EntityType;
  /** Names of the breakdowns asked for; every row has exactly these. */
  readonly dimensions: readonly string[];
  /** Most days that one slice may ask for. */
  readonly sliceDays: number;
  /** Days back that the source keeps; null for all. */
  readonly historyDays: number | null;
  /** Records at which the source cuts without a word; null if it does not. */
  readonly recordCap: number | null;
  /** Calls that a slice takes, for estimates before any was made; 1 if absent. */
  readonly callsPerSlice?: number;
  /** Fetches a slice to its end, record by record in any order. */
  read(scope: SliceScope<C>): AsyncIterable<Records>;
  /**
   * Says what one record means. Pure; what it throws makes a dead letter.
   *
   * @throws {Error} If the record makes no sense.
   */
  toRows(record: unknown, account: SourceAccount): readonly ReportRow[];
  /**
   * Asks the source for its own totals of a slice, over all its rows.
   *
   * @returns Totals of the metrics that can be summed; null if it has none for this.
   */
  totals?(scope: SliceScope<C>): Promise<Metrics | null>;
  /** Lists parts (such as campaigns) into which one day can be split when it is cut. */
  shards?(scope: SliceScope<C>): Promise<readonly string[]>;
}
