/**
 * From a slice's records to what the store is given: rows with every dimension of
 * the question in their key, rejects, and a claim for each day asked for.
 *
 * @module
 */
import { addDays, type Day, type DayRange } from "../../domain/day.ts";
import { EngineError } from "../../domain/error.ts";
import {
  derivePartitionKey,
  type PerformanceSignal,
  type Reject,
} from "../../domain/signal.ts";
import type { ReportRow } from "../../domain/source.ts";
import type { Instant } from "../../domain/day.ts";
import type { Claim, KeyedPerformance } from "../../ports/signals.ts";
import { describeFault } from "../../../plugins/contract.ts";
import { rememberOrigin } from "../../../plugins/contract/records.ts";
import { normalize } from "../normalize.ts";
import type { Pseudonyms } from "../pseudonym.ts";
import { ageInDays, maturityAt } from "./maturity.ts";
import type { OpenReport, WholeSlice } from "./read_slice.ts";
import { sumMetrics } from "./reconcile.ts";

/** A slice as it can be written. */
export interface SliceRows {
  readonly performance: readonly KeyedPerformance[];
  readonly rejects: readonly Reject[];
  /** Rows of other days than were asked for, left out. */
  readonly outside: number;
}

/** What rows are made with. */
export interface RowScope {
  readonly source: string;
  readonly observedAt: Instant;
  readonly pseudonyms: Pseudonyms;
}

/**
 * Makes rows of records.
 *
 * @param open The report.
 * @param slice Its records.
 * @param scope The source, and when it was asked.
 * @returns Rows, one for each key.
 * @throws {EngineError} `source_inconsistent` if two rows of one key differ: the
 * question has a dimension that the report does not declare.
 */
export function rowsOf(
  open: OpenReport,
  { records, range }: WholeSlice,
  scope: RowScope,
): SliceRows {
  const signals: PerformanceSignal[] = [];
  const rejects: Reject[] = [];
  let outside = 0;
  for (const record of records) {
    const read = readRecord(open, record);
    if ("reason" in read) rejects.push(read);
    else {
      const inside = read.filter(({ day }) => isWithin(day, range));
      outside += read.length - inside.length;
      signals.push(...inside);
    }
  }
  const { source, observedAt, pseudonyms } = scope;
  const { settlesDays } = open.account;
  const normalized = normalize(
    { source, emits: ["performance"], observedAt, settlesDays, pseudonyms },
    { signals, rejects },
  );
  return {
    performance: oncePerKey(open, normalized.performance),
    rejects: normalized.rejects,
    outside,
  };
}

/** The question that a record answers, kept beside a reject to read it again by. */
function contextOf(
  { question, account }: Pick<OpenReport, "question" | "account">,
): string {
  return JSON.stringify({ report: question.name, account });
}

/**
 * Reads one record of a report.
 *
 * @param open The report.
 * @param record As the source told it.
 * @returns Its rows with the whole question in them, or why it makes no sense.
 */
export function readRecord(
  open: Pick<OpenReport, "question" | "account">,
  record: unknown,
): readonly PerformanceSignal[] | Reject {
  const { question, account } = open;
  const origin = {
    get original() {
      return JSON.stringify(record) ?? "";
    },
    get context() {
      return contextOf(open);
    },
  };
  try {
    const signals = question.toRows(record, account)
      .map((row) => toSignal(open, row));
    for (const signal of signals) rememberOrigin(signal, origin);
    return signals;
  } catch (error) {
    return { ...describeFault(error), ...origin };
  }
}

function toSignal(
  { question, account }: Pick<OpenReport, "question" | "account">,
  { day, entities, breakdowns = {}, metrics }: ReportRow,
): PerformanceSignal {
  const names = Object.keys(breakdowns);
  const asked = question.dimensions;
  const same = names.length === asked.length &&
    asked.every((name) => Object.hasOwn(breakdowns, name));
  if (!same) {
    throw new TypeError("a row must have exactly the declared dimensions");
  }
  return {
    grain: "performance",
    report: question.name,
    level: question.level,
    entities: { ...entities, account: account.id },
    day,
    periodDays: 1,
    zone: account.zone,
    currency: account.currency,
    breakdowns,
    attribution: account.attribution,
    metrics,
  };
}

/** A row told twice in the same words counts once: pages overlap when rows move. */
function oncePerKey(
  { question }: OpenReport,
  rows: readonly KeyedPerformance[],
): KeyedPerformance[] {
  const once = new Map<string, KeyedPerformance>();
  for (const row of rows) {
    const known = once.get(row.rowKey);
    if (known && known.contentHash !== row.contentHash) {
      throw new EngineError(
        "source_inconsistent",
        `Cannot keep report "${question.name}" of ${row.signal.day}: two rows of the same dimensions differ (rows_collide)`,
        { facts: { report: question.name, cause: "rows_collide" } },
      );
    }
    once.set(row.rowKey, row);
  }
  return [...once.values()];
}

/**
 * Claims each day of a slice.
 *
 * @param open The report.
 * @param slice The slice, its rows, and how it compares.
 * @param scope The source, and when it was asked.
 * @returns One claim a day, also for days without rows.
 */
export function claimsOf(
  open: OpenReport,
  { range, quality, rows, reconciled }:
    & Pick<WholeSlice, "range" | "quality">
    & {
      readonly rows: SliceRows;
      readonly reconciled: string | null;
    },
  { source, observedAt }: RowScope,
): Claim[] {
  const { account: { id, zone, settlesDays }, question } = open;
  const byDay = Map.groupBy(rows.performance, ({ signal }) => signal.day);
  return eachDay(range).map((day) => {
    const signal = toSignal(open, emptyRow(open, day));
    const ageDays = ageInDays(day, observedAt, zone);
    const held = byDay.get(day) ?? [];
    return {
      partitionKey: derivePartitionKey(source, signal),
      report: question.name,
      level: question.level,
      account: id,
      day,
      record: null,
      whole: rows.rejects.length === 0,
      rows: held.length,
      ageDays,
      maturity: maturityAt(ageDays, settlesDays),
      quality,
      metrics: sumMetrics(held.map(({ signal }) => signal.metrics)),
      reconciled,
    };
  });
}

function emptyRow({ question }: OpenReport, day: Day): ReportRow {
  const breakdowns = Object.fromEntries(
    question.dimensions.map((name) => [name, ""]),
  );
  return { day, entities: {}, breakdowns, metrics: {} };
}

function isWithin(day: Day, { from, until }: DayRange): boolean {
  return day >= from && day < until;
}

/** Every day of a range. */
export function eachDay({ from, until }: DayRange): Day[] {
  const days: Day[] = [];
  for (let day = from; day < until; day = addDays(day, 1)) days.push(day);
  return days;
}
