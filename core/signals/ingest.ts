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
import {
  addRead,
  addWritten,
  type IngestReport,
  NOTHING,
} from "./ingest_report.ts";
import { normalize, type Normalized } from "./normalize.ts";
import { claimsOfPage } from "./page_claims.ts";
import { type SignalScope, versionOf } from "./signal_scope.ts";

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
  let sum = NOTHING;
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
      sum = addRead(sum, countRows(normalized), normalized.rejects);
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
  const { performance, events, rejects } = normalized;
  return {
    performance,
    events,
    rejects,
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

function countRows({ performance, events }: Normalized): number {
  return performance.length + events.length;
}
