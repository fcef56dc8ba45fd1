/**
 * What a run brought, added up page by page and slice by slice.
 *
 * @module
 */
import type { Reject } from "../domain/signal.ts";
import type { WriteReport } from "../ports/signals.ts";

/** What a run brought. */
export interface IngestReport extends WriteReport {
  /** Pages written. */
  readonly pages: number;
  /** Signals and rejects that the connector emitted. */
  readonly rows: number;
  /** Records that could not be kept as signals, by reason. */
  readonly rejects: Readonly<Record<string, number>>;
}

/** What nothing brought. */
export const NOTHING: IngestReport = {
  inserted: 0,
  restated: 0,
  unchanged: 0,
  vanished: 0,
  events: 0,
  duplicates: 0,
  deadLetters: 0,
  pages: 0,
  rows: 0,
  rejects: {},
};

/** Adds what the store says that it changed. */
export function addWritten(
  sum: IngestReport,
  written: WriteReport,
): IngestReport {
  const erased = (sum.erased ?? 0) + (written.erased ?? 0);
  return {
    ...sum,
    ...(erased > 0 && { erased }),
    inserted: sum.inserted + written.inserted,
    restated: sum.restated + written.restated,
    unchanged: sum.unchanged + written.unchanged,
    vanished: sum.vanished + written.vanished,
    events: sum.events + written.events,
    duplicates: sum.duplicates + written.duplicates,
    deadLetters: sum.deadLetters + written.deadLetters,
  };
}

/** Adds a page, or a slice, of so many good rows and some rejects. */
export function addRead(
  sum: IngestReport,
  rows: number,
  rejects: readonly Reject[],
): IngestReport {
  const byReason: Record<string, number> = { ...sum.rejects };
  for (const { reason } of rejects) {
    byReason[reason] = (byReason[reason] ?? 0) + 1;
  }
  return {
    ...sum,
    pages: sum.pages + 1,
    rows: sum.rows + rows + rejects.length,
    rejects: byReason,
  };
}
