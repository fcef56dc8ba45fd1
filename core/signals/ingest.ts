/**
 * Pulls one source into the store: page by page, each page and its cursor in one
 * transaction, so that a run that was killed goes on where it was, and a run that
 * is repeated changes nothing.
 *
 * @module
 */
import { digest } from "../domain/canonical.ts";
import type { DayRange, Instant } from "../domain/day.ts";
import type { SignalBatch, WriteReport } from "../ports/signals.ts";
import type {
  Connector,
  FileAccess,
  HttpClient,
  Report,
} from "../../plugins/contract.ts";
import { configure, withoutSecrets } from "./configure.ts";
import { type ContainedPage, pullContained } from "./contain.ts";
import { normalize, type Normalized } from "./normalize.ts";
import { claimsOfPage } from "./page_claims.ts";
import { type SignalScope, versionOf } from "./signal_scope.ts";

/** What a run brought. */
export interface IngestReport extends WriteReport {
  /** Pages written. */
  readonly pages: number;
  /** Signals and rejects that the connector emitted. */
  readonly rows: number;
  /** Records that could not be kept as signals, by reason. */
  readonly rejects: Readonly<Record<string, number>>;
}

/** What is pulled, for whom, and what the connector is lent. */
export interface IngestJob {
  readonly tenant: string;
  readonly source: string;
  readonly connector: Connector;
  readonly config: unknown;
  readonly range: DayRange | null;
  readonly files: FileAccess;
  readonly http: HttpClient;
  readonly report: Report;
  /** Longest wait for one page, milliseconds; a quarter of an hour if absent. */
  readonly pageTimeoutMs?: number;
  /** Ends it after the page that is under way. */
  readonly signal?: AbortSignal;
}

const PAGE_TIMEOUT_MS = 900_000;
/** A report of nothing. */
export const NOTHING: WriteReport = {
  inserted: 0,
  restated: 0,
  unchanged: 0,
  vanished: 0,
  events: 0,
  duplicates: 0,
  deadLetters: 0,
};

/**
 * Pulls a source to its end.
 *
 * @param scope Where signals go, and the time.
 * @param job What to pull.
 * @returns What changed in the store.
 * @throws {EngineError} `configuration_invalid`, `connector_failed`, or the failure
 * that the connector named; pages written before stay written.
 */
export async function ingest(
  signals: SignalScope,
  job: IngestJob,
): Promise<IngestReport> {
  const { store, clock, pseudonyms } = signals;
  const { tenant, source, connector, report } = job;
  const version = versionOf(signals, connector);
  const config = configure(connector, job.config);
  const scope = cursorScope(job);
  const cursor = await store.readCursor(tenant, source, scope);
  const pages = pullContained(
    connector,
    { ...job, config, cursor, now: clock.now() },
    job.pageTimeoutMs ?? PAGE_TIMEOUT_MS,
  );
  const origin = {
    source,
    emits: connector.emits,
    settlesDays: connector.restatesDays,
    pseudonyms: await pseudonyms(tenant),
  };
  let sum: IngestReport = { ...NOTHING, pages: 0, rows: 0, rejects: {} };
  let writing: Promise<WriteReport> | null = null;
  let observedAt = clock.now();
  try {
    for await (const page of pages) {
      const normalized = normalize({ ...origin, observedAt }, page);
      if (writing) sum = addWritten(sum, await writing);
      // One page is written while the next is fetched and read.
      writing = store.write(
        toBatch(job, normalized, { page, scope, observedAt, version }),
      );
      writing.catch(() => {});
      sum = addPage(sum, normalized);
      report(`${source}: ${sum.rows} records`, null);
      if (job.signal?.aborted) break;
      observedAt = clock.now();
    }
  } finally {
    if (writing) sum = addWritten(sum, await writing);
  }
  return sum;
}

function toBatch(
  { tenant, source, connector }: IngestJob,
  normalized: Normalized,
  { page, scope, observedAt, version }: {
    page: ContainedPage;
    version: string;
    scope: string;
    observedAt: Instant;
  },
): SignalBatch {
  return {
    ...normalized,
    tenant,
    source,
    connector: connector.name,
    version,
    observedAt,
    claims: claimsOfPage(normalized, {
      complete: page.complete,
      observedAt,
      settlesDays: connector.restatesDays,
    }),
    cursor: { scope, value: page.cursor ?? page.resume },
  };
}

/**
 * A cursor belongs to one question: another file or range starts at its own
 * beginning.
 *
 * @param question The connector, its parsed configuration, and the days asked for.
 * @returns Under what the cursor is kept.
 */
export function cursorScope(
  { connector, config, range }: Pick<
    IngestJob,
    "connector" | "config" | "range"
  >,
): string {
  return digest([connector.name, withoutSecrets(connector, config), range]);
}

function addWritten(sum: IngestReport, written: WriteReport): IngestReport {
  const counts = Object.keys(NOTHING) as (keyof WriteReport)[];
  const added = Object.fromEntries(
    counts.map((count) => [count, sum[count] + written[count]]),
  ) as unknown as WriteReport;
  return { ...sum, ...added };
}

function addPage(
  sum: IngestReport,
  { performance, events, rejects }: Normalized,
): IngestReport {
  const byReason: Record<string, number> = { ...sum.rejects };
  for (const { reason } of rejects) {
    byReason[reason] = (byReason[reason] ?? 0) + 1;
  }
  const rows = performance.length + events.length + rejects.length;
  return {
    ...sum,
    pages: sum.pages + 1,
    rows: sum.rows + rows,
    rejects: byReason,
  };
}
