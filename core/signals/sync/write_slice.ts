/**
 * Reads a slice, compares it with the source's own totals, and writes it: rows,
 * claims and dead letters in one transaction. A difference that nothing explains is
 * read again, and fails if it stays.
 *
 * @module
 */
import {
  countDays,
  type DayRange,
  type Instant,
  localTime,
} from "../../domain/day.ts";
import { EngineError } from "../../domain/error.ts";
import type { Metrics, Reject } from "../../domain/signal.ts";
import type { SignalBatch, WriteReport } from "../../ports/signals.ts";
import { named } from "../contain.ts";
import {
  type OpenReport,
  readSlice,
  scopeOf,
  type WholeSlice,
} from "./read_slice.ts";
import {
  isExplained,
  reconcile,
  type Reconciliation,
  sumMetrics,
} from "./reconcile.ts";
import {
  claimsOf,
  type RowScope,
  rowsOf,
  type SliceRows,
} from "./slice_batch.ts";
import { type SignalScope, versionOf } from "../signal_scope.ts";
import type { SyncJob } from "./sync.ts";

/** What became of a slice. */
export interface SliceResult {
  readonly written: WriteReport;
  readonly reconciled: Reconciliation | null;
  readonly days: number;
  readonly rows: number;
  readonly rejects: readonly Reject[];
}

/** A slice to be read and written. */
export interface SliceJob {
  readonly job: Pick<SyncJob, "tenant" | "source" | "connector">;
  readonly open: OpenReport;
  readonly range: DayRange;
  /** What is kept in the transaction of each part, by its days. */
  cursor?(part: DayRange): NonNullable<SignalBatch["cursor"]>;
}

/** Readings of a slice before a difference is believed. */
const READINGS = 3;

/**
 * Reads and writes a slice, in as many parts as the source makes necessary.
 *
 * @param scope Where signals go.
 * @param slice Which.
 * @returns What became of each part, as it is written.
 * @throws {EngineError} `source_truncated`, `source_inconsistent`, and whatever the
 * source's calls throw; the part is then not written at all.
 */
export async function* writeSlice(
  scope: SignalScope,
  slice: SliceJob,
): AsyncGenerator<SliceResult> {
  for await (const part of readSlice(slice.open, slice.range)) {
    yield await writePart(scope, slice, part);
  }
}

interface Compared {
  readonly part: WholeSlice;
  readonly rows: SliceRows;
  readonly reconciled: Reconciliation | null;
  readonly rowScope: RowScope;
}

async function writePart(
  scope: SignalScope,
  { job, open, cursor }: SliceJob,
  first: WholeSlice,
): Promise<SliceResult> {
  const { tenant, source, connector } = job;
  const compared = await agree(scope, { job, open, first });
  const { rows, reconciled, rowScope, part } = compared;
  const written = await scope.store.write({
    tenant,
    source,
    connector: connector.name,
    version: versionOf(scope, connector),
    observedAt: rowScope.observedAt,
    performance: rows.performance,
    claims: claimsOf(open, { ...part, rows, reconciled }, rowScope),
    events: [],
    rejects: rows.rejects,
    ...(cursor !== undefined && { cursor: cursor(part.range) }),
  });
  return {
    written,
    reconciled,
    days: countDays(part.range),
    rows: rows.performance.length,
    rejects: rows.rejects,
  };
}

/** Reads again until rows and totals agree, or disagree for a reason. */
async function agree(
  scope: SignalScope,
  { job, open, first }: {
    readonly job: SliceJob["job"];
    readonly open: OpenReport;
    readonly first: WholeSlice;
  },
): Promise<Compared> {
  let part = first;
  for (let reading = 1;; reading++) {
    try {
      const compared = await compare(scope, { job, open, part });
      const { reconciled } = compared;
      if (reconciled === null || isExplained(reconciled)) return compared;
      if (reading >= READINGS) throw inconsistent(open, part, reconciled);
    } catch (error) {
      const passing = error instanceof EngineError &&
        error.facts.cause === "rows_collide" && reading < READINGS;
      if (!passing) throw error;
    }
    part = await readAgain(open, part.range);
  }
}

async function readAgain(
  open: OpenReport,
  range: DayRange,
): Promise<WholeSlice> {
  const askedAt = open.now();
  const records: unknown[] = [];
  const quality = new Set<WholeSlice["quality"][number]>();
  for await (const part of readSlice(open, range)) {
    for (const record of part.records) records.push(record);
    for (const one of part.quality) quality.add(one);
  }
  return { askedAt, range, records, quality: [...quality] };
}

async function compare(
  { pseudonyms }: SignalScope,
  { job: { tenant, source }, open, part }: {
    readonly job: SliceJob["job"];
    readonly open: OpenReport;
    readonly part: WholeSlice;
  },
): Promise<Compared> {
  const rowScope = {
    source,
    observedAt: part.askedAt,
    pseudonyms: await pseudonyms(tenant),
  };
  const rows = rowsOf(open, part, rowScope);
  const told = await askTotals(open, part.range);
  const reconciled = told && reconcile({
    held: sumMetrics(rows.performance.map(({ signal }) => signal.metrics)),
    told,
    quality: part.quality,
    rejected: rows.rejects.length,
    outside: rows.outside,
    rows: rows.performance.length,
    inMotion: isUnderWay(part.range, open, rowScope.observedAt),
  });
  return { part, rows, rowScope, reconciled };
}

/** The present day is asked for by itself, so that it cannot excuse others. */
function isUnderWay(
  { until }: DayRange,
  { account: { zone } }: OpenReport,
  at: Instant,
): boolean {
  return until > localTime(at, zone).day;
}

async function askTotals(
  open: OpenReport,
  range: DayRange,
): Promise<Metrics | null> {
  const { connector: { name }, question, secrets } = open;
  if (!question.totals) return null;
  const scope = scopeOf(open, range, null);
  return await named(
    name,
    secrets,
    () => question.totals?.(scope) ?? Promise.resolve(null),
  );
}

function inconsistent(
  { question }: OpenReport,
  { range: { from } }: WholeSlice,
  cause: Reconciliation,
): EngineError {
  return new EngineError(
    "source_inconsistent",
    `Cannot keep report "${question.name}" from ${from}: its rows do not add up to the source's own totals, ${READINGS} times (${cause})`,
    { facts: { report: question.name, day: from, cause } },
  );
}
