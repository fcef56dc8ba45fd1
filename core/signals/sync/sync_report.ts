/**
 * What a sync or a backfill brought, added up slice by slice.
 *
 * @module
 */
import type { Day } from "../../domain/day.ts";
import { EngineError } from "../../domain/error.ts";
import {
  addRead,
  addWritten,
  type IngestReport,
  NOTHING,
} from "../ingest_report.ts";
import type { SliceResult } from "./write_slice.ts";

/** A slice that could not be read whole. */
export interface SliceFailure {
  readonly report: string;
  readonly from: Day;
  readonly until: Day;
  readonly code: string;
  readonly message: string;
}

/** What a sync brought. */
export interface SyncReport {
  /** What changed, pages and slices together. */
  readonly written: IngestReport;
  /** Slices written. */
  readonly slices: number;
  /** Days that were asked for, over all reports. */
  readonly days: number;
  /** How slices compare with the source's own totals, by outcome. */
  readonly reconciled: Readonly<Record<string, number>>;
  /** Days that stay as they were, and are asked for again next time. */
  readonly failures: readonly SliceFailure[];
}

/** Failures that concern the days or the report asked for; others end the sync. */
const OF_THE_SLICE: ReadonlySet<string> = new Set([
  "connector_failed",
  "source_inconsistent",
  "source_refused",
  "source_truncated",
]);

/** Whether asking the same report for other days will not help either. */
export function isRefused(error: unknown): boolean {
  return error instanceof EngineError && error.code === "source_refused";
}

/** A sum with nothing in it but what was pulled. */
export function startSum(pulled: IngestReport | null): SyncReport {
  return {
    written: pulled ?? NOTHING,
    slices: 0,
    days: 0,
    reconciled: {},
    failures: [],
  };
}

/** Adds what a slice brought. */
export function addSlice(sum: SyncReport, slice: SliceResult): SyncReport {
  const { written, reconciled, days, rows, rejects } = slice;
  const outcome = reconciled ?? "not compared";
  return {
    ...sum,
    slices: sum.slices + 1,
    days: sum.days + days,
    reconciled: {
      ...sum.reconciled,
      [outcome]: (sum.reconciled[outcome] ?? 0) + 1,
    },
    written: addWritten(addRead(sum.written, rows, rejects), written),
  };
}

/**
 * Adds a slice that failed.
 *
 * @throws What concerns more than the slice.
 */
export function addFailure(
  sum: SyncReport,
  { report, range: { from, until }, error }: {
    readonly report: string;
    readonly range: { readonly from: Day; readonly until: Day };
    readonly error: unknown;
  },
): SyncReport {
  const ofTheSlice = error instanceof EngineError &&
    OF_THE_SLICE.has(error.code);
  if (!ofTheSlice) throw error;
  const { code, message } = error;
  const failure = { report, from, until, code, message };
  return { ...sum, failures: [...sum.failures, failure] };
}
