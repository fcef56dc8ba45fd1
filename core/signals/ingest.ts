/**
 * Pulls one source into the store: page by page, each page and its cursor in one
 * transaction, so that a run that was killed goes on where it was, and a run that
 * is repeated changes nothing.
 *
 * @module
 */
import { digest } from "../domain/canonical.ts";
import type { DayRange, Instant } from "../domain/day.ts";
import type { Clock } from "../ports/clock.ts";
import type {
  SignalBatch,
  SignalStore,
  WriteReport,
} from "../ports/signals.ts";
import type {
  Connector,
  FileAccess,
  HttpClient,
  Report,
} from "../../plugins/contract.ts";
import { configure } from "./configure.ts";
import { type ContainedPage, pullContained } from "./contain.ts";
import { normalize, type Normalized } from "./normalize.ts";

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
  /** Longest wait for one page, milliseconds; two minutes if absent. */
  readonly pageTimeoutMs?: number;
}

const PAGE_TIMEOUT_MS = 120_000;
const NOTHING: WriteReport = {
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
  { store, clock }: { readonly store: SignalStore; readonly clock: Clock },
  job: IngestJob,
): Promise<IngestReport> {
  const { tenant, source, connector, report } = job;
  const config = configure(connector, job.config);
  const scope = cursorScope(job);
  const cursor = await store.readCursor(tenant, source, scope);
  const pages = pullContained(
    connector,
    { ...job, config, cursor },
    job.pageTimeoutMs ?? PAGE_TIMEOUT_MS,
  );
  let sum: IngestReport = { ...NOTHING, pages: 0, rows: 0, rejects: {} };
  for await (const page of pages) {
    const normalized = normalize({ source, emits: connector.emits }, page);
    const written = await store.write(
      toBatch(job, normalized, { page, scope, observedAt: clock.now() }),
    );
    sum = addPage(sum, written, normalized);
    report(`${source}: ${sum.rows} records`, null);
  }
  return sum;
}

function toBatch(
  { tenant, source, connector }: IngestJob,
  normalized: Normalized,
  { page, scope, observedAt }: {
    page: ContainedPage;
    scope: string;
    observedAt: Instant;
  },
): SignalBatch {
  const { performance, rejects } = normalized;
  // A row that was rejected has not vanished, so its partition is not whole.
  const whole = page.complete && rejects.length === 0;
  const keys = whole ? performance.map(({ partitionKey }) => partitionKey) : [];
  return {
    ...normalized,
    tenant,
    source,
    connector: connector.name,
    observedAt,
    completePartitions: [...new Set(keys)],
    cursor: { scope, value: page.cursor },
  };
}

/** A cursor belongs to one question: another file or range starts at its own beginning. */
function cursorScope({ connector, config, range }: IngestJob): string {
  const members = Object.entries((config ?? {}) as Record<string, unknown>)
    .filter(([member]) => !connector.secrets.includes(member));
  return digest([connector.name, Object.fromEntries(members), range]);
}

function addPage(
  sum: IngestReport,
  written: WriteReport,
  { performance, events, rejects }: Normalized,
): IngestReport {
  const counts = Object.keys(NOTHING) as (keyof WriteReport)[];
  const added = Object.fromEntries(
    counts.map((count) => [count, sum[count] + written[count]]),
  ) as unknown as WriteReport;
  const byReason: Record<string, number> = { ...sum.rejects };
  for (const { reason } of rejects) {
    byReason[reason] = (byReason[reason] ?? 0) + 1;
  }
  const rows = performance.length + events.length + rejects.length;
  return {
    ...added,
    pages: sum.pages + 1,
    rows: sum.rows + rows,
    rejects: byReason,
  };
}
