/**
 * One sync of a source: what it tells page by page is gone on with where the last
 * sync ended; of each report those days are asked for that are new, that may have
 * changed, or that could not be read whole before.
 *
 * Each slice is one transaction: its rows, its claims, its dead letters. There is no
 * cursor beside the claims that could move past a day which was never held.
 *
 * @module
 */
import { addDays, type Day, localTime } from "../../domain/day.ts";
import { EngineError } from "../../domain/error.ts";
import type { SourceAccount } from "../../domain/source.ts";
import type {
  Connector,
  FileAccess,
  HttpClient,
  Report,
  SourceReport,
} from "../../../plugins/contract.ts";
import { configure, secretValues } from "../configure.ts";
import { ingest, type IngestReport } from "../ingest.ts";
import type { SignalScope } from "../signal_scope.ts";
import { openAccount } from "./account.ts";
import { joinDays, learnLag, pickDays, type WantedDay } from "./look_back.ts";
import type { OpenReport } from "./read_slice.ts";
import { type SliceResult, writeSlice } from "./write_slice.ts";

/** A source, and what its connector is lent. */
export interface SyncJob {
  readonly tenant: string;
  readonly source: string;
  readonly connector: Connector;
  readonly config: unknown;
  readonly files: FileAccess;
  readonly http: HttpClient;
  readonly report: Report;
  /** Days that a first sync goes back; 90 if absent. */
  readonly initialDays?: number;
}

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

const INITIAL_DAYS = 90;

/** Failures that concern the days asked for; others end the sync. */
const OF_THE_SLICE: ReadonlySet<string> = new Set([
  "connector_failed",
  "source_inconsistent",
  "source_truncated",
]);

/**
 * Syncs a source.
 *
 * @param scope Where signals go.
 * @param job The source.
 * @returns What changed, and which days could not be read whole.
 * @throws {EngineError} `configuration_invalid`, or why the source cannot be asked
 * at all; what was written before stays written.
 */
export async function sync(
  scope: SignalScope,
  job: SyncJob,
): Promise<SyncReport> {
  const { connector } = job;
  const pulled = connector.pull
    ? await ingest(scope, { ...job, range: null })
    : null;
  let sum = startSum(pulled);
  if (!connector.reports?.length) return sum;
  const account = await openAccount(scope, job);
  for (const question of connector.reports) {
    sum = await syncReport(scope, job, {
      open: openReport(scope, job, { question, account }),
      sum,
    });
  }
  return sum;
}

async function syncReport(
  scope: SignalScope,
  job: SyncJob,
  { open, sum }: { readonly open: OpenReport; sum: SyncReport },
): Promise<SyncReport> {
  const { question } = open;
  const since = `since/${question.name}`;
  const { days, firstDay, today } = await planDays(scope, job, { open, since });
  const ranges = joinDays(days, question.sliceDays, today);
  let done = 0;
  for (const range of ranges) {
    job.report(
      `${job.source}: ${question.name} ${range.from}`,
      done++ / ranges.length,
    );
    try {
      const cursor = () => ({ scope: since, value: firstDay });
      for await (
        const result of writeSlice(scope, { job, open, range, cursor })
      ) {
        sum = addSlice(sum, result);
      }
    } catch (error) {
      sum = addFailure(sum, { report: question.name, range, error });
    }
  }
  return sum;
}

async function planDays(
  { store, clock }: SignalScope,
  { tenant, source, initialDays = INITIAL_DAYS }: SyncJob,
  { open, since }: { readonly open: OpenReport; readonly since: string },
): Promise<{ days: WantedDay[]; firstDay: Day; today: Day }> {
  const { question: { name, historyDays }, account } = open;
  const today = localTime(clock.now(), account.zone).day;
  const oldest = historyDays === null ? null : addDays(today, 1 - historyDays);
  const firstDay = await store.readCursor(tenant, source, since) ??
    addDays(today, -initialDays);
  const claims = await store.latestClaims(tenant, source, name);
  const points = await store.lagCurve(tenant, source, name);
  const days = pickDays({
    today,
    firstDay,
    oldest,
    settlesDays: account.settlesDays,
    claims,
    lag: learnLag(points),
  });
  return { days, firstDay, today };
}

/**
 * Opens a report of a source.
 *
 * @param scope The time.
 * @param job The source.
 * @param asked The report and the account.
 * @returns The report, with what it is lent.
 */
export function openReport(
  { clock }: Pick<SignalScope, "clock">,
  job: SyncJob,
  { question, account }: {
    readonly question: SourceReport;
    readonly account: SourceAccount;
  },
): OpenReport {
  const { connector, http, files } = job;
  const config = configure(connector, job.config);
  return {
    connector,
    question,
    account,
    lent: { config, http, files, now: clock.now() },
    secrets: secretValues(connector, config),
    report: (step) =>
      job.report(`${job.source}: ${question.name} ${step}`, null),
  };
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

const NOTHING: IngestReport = {
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

/** Adds what a slice brought. */
export function addSlice(sum: SyncReport, slice: SliceResult): SyncReport {
  const { written, reconciled, days, rows, rejects } = slice;
  const before = sum.written;
  const outcome = reconciled ?? "not compared";
  const byReason = { ...before.rejects };
  for (const { reason } of rejects) {
    byReason[reason] = (byReason[reason] ?? 0) + 1;
  }
  return {
    ...sum,
    slices: sum.slices + 1,
    days: sum.days + days,
    reconciled: {
      ...sum.reconciled,
      [outcome]: (sum.reconciled[outcome] ?? 0) + 1,
    },
    written: {
      inserted: before.inserted + written.inserted,
      restated: before.restated + written.restated,
      unchanged: before.unchanged + written.unchanged,
      vanished: before.vanished + written.vanished,
      events: before.events + written.events,
      duplicates: before.duplicates + written.duplicates,
      deadLetters: before.deadLetters + written.deadLetters,
      pages: before.pages + 1,
      rows: before.rows + rows + rejects.length,
      rejects: byReason,
    },
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
