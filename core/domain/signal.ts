/**
 * What sources report, in two grains.
 *
 * `performance`: totals of a day (or of several) that a source may restate; keyed
 * by everything that was asked for, kept in revisions. `event`: one thing that
 * happened, immutable, deduplicated by the source's own id.
 *
 * Every metric is a whole number: counts as they are, money in micros, fractional
 * conversions in millionths. Sums are therefore exact and independent of order.
 *
 * @module
 */
import { canonicalJson, digest, sha256 } from "./canonical.ts";
import type { Day, Instant } from "./day.ts";
import type { EntityIds, EntityType } from "./entity.ts";
import type { Currency } from "./money.ts";

/** Metrics of a performance signal, by name, with the unit of their whole number. */
export const METRICS = {
  impressions: "count",
  clicks: "count",
  spend_micros: "micros",
  conversions_millionths: "millionths",
  conversion_value_micros: "micros",
  sends: "count",
  delivered: "count",
  opens: "count",
  email_clicks: "count",
  bounces: "count",
  unsubscribes: "count",
  sessions: "count",
} as const;

/** Name of a metric. */
export type Metric = keyof typeof METRICS;

/** Metrics that a source reported; those it did not are absent. */
export type Metrics = Readonly<Partial<Record<Metric, bigint>>>;

/** A plain value that a source attached to an event. */
export type Scalar = string | number | boolean | null;

/** Totals of one entity and period, as a source reports them today. */
export interface PerformanceSignal {
  /** Which grain. */
  readonly grain: "performance";
  /** Which question was asked of the source, such as `campaign_daily`. */
  readonly report: string;
  /** Type of the entity that the totals describe; its id is in `entities`. */
  readonly level: EntityType;
  /** Ids of the entity and of those above it. */
  readonly entities: EntityIds;
  /** First local day of the period. */
  readonly day: Day;
  /** Days that the totals cover: 1, or 7 for weekly reports. */
  readonly periodDays: number;
  /** IANA zone in which the source counts days. */
  readonly zone: string;
  /** Currency of every `…_micros` metric. */
  readonly currency: Currency;
  /** Dimensions asked for beyond the entity, such as `{ device: "mobile" }`. */
  readonly breakdowns: Readonly<Record<string, string>>;
  /** Attribution window that was asked for, such as `click_7d`; empty if none. */
  readonly attribution: string;
  /** The totals. */
  readonly metrics: Metrics;
  /**
   * Record at the source that these totals are of, such as `deal:17`, where records
   * and not days are asked for. All rows of a record are replaced together, so that
   * one whose day changed, or that was deleted, leaves nothing behind.
   */
  readonly record?: string;
}

/** What a person agreed to, by purpose: `{ email: true, ads: false }`. */
export type Consent = Readonly<Record<string, boolean>>;

/** One thing that happened. */
export interface EventSignal {
  /** Which grain. */
  readonly grain: "event";
  /** The source's id, unique within the source. */
  readonly eventId: string;
  /** What happened, in Segment's names: `Order Completed`, `Email Opened`. */
  readonly type: string;
  /** When it happened. */
  readonly occurredAt: Instant;
  /** Whom and what it concerns; `subject` is a pseudonymous id. */
  readonly entities: EntityIds;
  /** Value in micros of `currency`, or null. */
  readonly valueMicros: bigint | null;
  /** Currency of the value; null when there is none. */
  readonly currency: Currency | null;
  /** Whatever else the source said, flat; no personal data. */
  readonly properties: Readonly<Record<string, Scalar>>;
  /** What the person had agreed to when it happened; absent if the source did not say. */
  readonly consent?: Consent;
}

/** A fact reported by a source. */
export type Signal = PerformanceSignal | EventSignal;

/** A record that could not become a signal, kept as it came. */
export interface Reject {
  /** Stable name of the cause, `snake_case`, such as `number_invalid`. */
  readonly reason: string;
  /** What was wrong and where, for a person; never the offending value. */
  readonly detail: string;
  /** The record's original text. */
  readonly original: string;
  /** What else is needed to read it again, such as the header of a file. */
  readonly context?: string;
  /** Which record of the delivery or page it was, from 0; not kept. */
  readonly index?: number;
}

/**
 * Which part of a report a fetch answers for. What a fetch does not mention
 * within the partition it claims has vanished at the source.
 *
 * The attribution window is no part of it: when an account's window changes, days
 * that are read again replace what was told under the old one, and are not counted
 * beside it. Sources that tell several windows at once tell them in several reports.
 *
 * @param source Name of the source.
 * @param signal One row of the partition.
 * @returns Hash of source, report, level, account, and of day and period, or of the
 * record.
 */
export function derivePartitionKey(
  source: string,
  signal: PerformanceSignal,
): string {
  const { report, level, entities, day, periodDays, record } = signal;
  const account = entities.account ?? null;
  return digest([
    source,
    report,
    level,
    account,
    ...(record === undefined ? [day, periodDays] : [{ record }]),
  ]);
}

/**
 * The identity of a performance row: every dimension that was asked for, so
 * distinct rows never collide and a row fetched again always does.
 *
 * @param source Name of the source.
 * @param signal The row.
 * @returns Hash of source, question, entities, day and breakdowns.
 */
export function deriveRowKey(
  source: string,
  signal: PerformanceSignal,
): string {
  const { report, level, entities, day, periodDays, breakdowns, attribution } =
    signal;
  const { record } = signal;
  return digest([
    source,
    report,
    level,
    entities,
    day,
    periodDays,
    breakdowns,
    attribution,
    ...(record === undefined ? [] : [{ record }]),
  ]);
}

/**
 * The content of a performance row: equal content means nothing was restated.
 *
 * @param signal The row.
 * @returns Hash of metrics, currency and zone.
 */
export function deriveContentHash(signal: PerformanceSignal): string {
  const { metrics, currency, zone } = signal;
  return sha256(canonicalJson([metrics, currency, zone]));
}
