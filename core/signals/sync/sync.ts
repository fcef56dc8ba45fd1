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
import type { SourceAccount } from "../../domain/source.ts";
import type {
  Connector,
  FileAccess,
  HttpClient,
  Report,
  SourceReport,
} from "../../../plugins/contract.ts";
import { configure, secretValues } from "../configure.ts";
import { ingest } from "../ingest.ts";
import type { SignalScope } from "../signal_scope.ts";
import { openAccount } from "./account.ts";
import { joinDays, learnLag, pickDays, type WantedDay } from "./look_back.ts";
import type { OpenReport } from "./read_slice.ts";
import {
  addFailure,
  addSlice,
  isRefused,
  startSum,
  type SyncReport,
} from "./sync_report.ts";
import { writeSlice } from "./write_slice.ts";

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
  /** Ends the sync after the slice or page that is under way. */
  readonly signal?: AbortSignal;
}

const INITIAL_DAYS = 90;

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

/** The latest days first: where a quota ends, it is old days that wait. */
async function syncReport(
  scope: SignalScope,
  job: SyncJob,
  { open, sum: before }: {
    readonly open: OpenReport;
    readonly sum: SyncReport;
  },
): Promise<SyncReport> {
  const { question: { name, sliceDays } } = open;
  const since = `since/${name}`;
  const { days, firstDay, today } = await planDays(scope, job, { open, since });
  const ranges = joinDays(days, sliceDays, today).toReversed();
  const cursor = () => ({ scope: since, value: firstDay });
  let sum = before;
  for (const [done, range] of ranges.entries()) {
    if (job.signal?.aborted) return sum;
    job.report(`${job.source}: ${name} ${range.from}`, done / ranges.length);
    try {
      for await (
        const result of writeSlice(scope, { job, open, range, cursor })
      ) {
        sum = addSlice(sum, result);
      }
    } catch (error) {
      const lost = isRefused(error) ? ranges.slice(done) : [range];
      for (const one of lost) {
        sum = addFailure(sum, { report: name, range: one, error });
      }
      if (lost.length > 1) return sum;
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
    lent: { config, http, files },
    now: () => clock.now(),
    secrets: secretValues(connector, config),
    report: (step) =>
      job.report(`${job.source}: ${question.name} ${step}`, null),
  };
}
