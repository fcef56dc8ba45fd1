/**
 * Asks for a range of days again, beside the live sync: slices that know nothing of
 * each other, several at a time, each marked as done in the transaction that writes
 * it, so that a run that was killed goes on with those that are left.
 *
 * @module
 */
import {
  addDays,
  type Day,
  type DayRange,
  localTime,
} from "../../domain/day.ts";
import { EngineError } from "../../domain/error.ts";
import type { CallLimit, SourceAccount } from "../../domain/source.ts";
import type { Ids } from "../../ports/clock.ts";
import type { BackfillStore } from "../../ports/signals.ts";
import type { SourceReport } from "../../../plugins/contract.ts";
import type { SignalScope } from "../signal_scope.ts";
import { RESERVED_SHARE } from "../lend/vendor_word.ts";
import { openAccount } from "./account.ts";
import { joinDays } from "./look_back.ts";
import { eachDay } from "./slice_batch.ts";
import {
  addFailure,
  addSlice,
  openReport,
  startSum,
  type SyncJob,
  type SyncReport,
} from "./sync.ts";
import { type SliceResult, writeSlice } from "./write_slice.ts";

/** What a backfill will take. */
export interface BackfillEstimate {
  readonly slices: number;
  readonly calls: number;
  /** Seconds, by the slower of the source's limits and the calls' own time. */
  readonly seconds: number;
  /** Reports by the days that will be asked for; fewer where the source keeps fewer. */
  readonly reports: Readonly<Record<string, DayRange | null>>;
}

/** A backfill, planned. */
export interface BackfillPlan {
  readonly estimate: BackfillEstimate;
  /** Whether it goes on with a run that was left. */
  readonly goesOn: boolean;
  /** Runs it to its end. */
  run(): Promise<SyncReport>;
}

/** What a backfill works with. */
export interface BackfillScope extends SignalScope {
  readonly backfills: BackfillStore;
  readonly ids: Ids;
}

interface Slice {
  readonly question: SourceReport;
  readonly range: DayRange;
  readonly scope: string;
}

const PARALLEL = 4;
/** What a call takes where nothing is known of it. */
const CALL_SECONDS = 0.5;

/**
 * Plans a backfill, going on with the one over the same days that was left.
 *
 * @param scope Where signals go.
 * @param job The source.
 * @param range Days.
 * @returns The plan, with what it will take; nothing is written before it runs.
 * @throws {EngineError} `request_invalid` if the source has no reports, or keeps none
 * of these days.
 */
export async function planBackfill(
  scope: BackfillScope,
  job: SyncJob,
  range: DayRange,
): Promise<BackfillPlan> {
  const { connector: { reports = [], name, limits = [] }, tenant } = job;
  if (reports.length === 0) {
    throw refused(job.source, `connector "${name}" has no reports`);
  }
  const account = await openAccount(scope, job);
  const left = await scope.backfills.findOpen(tenant, job.source, range);
  const id = left?.id ?? scope.ids.next("bf");
  const done = left
    ? await scope.backfills.doneSlices(tenant, id)
    : new Map<string, Day>();
  const today = localTime(scope.clock.now(), account.zone).day;
  const kept = new Map(
    reports.map((one) => [one, keptDays(range, one, today)]),
  );
  const slices = reports.flatMap((question) =>
    slicesOf(question, range, { id, done, today }).flatMap((slice) =>
      clip(slice, kept.get(question) ?? null)
    )
  );
  if ([...kept.values()].every((days) => days === null)) {
    throw refused(job.source, "the source keeps none of these days any more");
  }
  return {
    goesOn: left !== null,
    estimate: {
      ...estimate(slices, limits),
      reports: Object.fromEntries(
        [...kept].map(([question, days]) => [question.name, days]),
      ),
    },
    run: () => run(scope, job, { id, range, slices, account }),
  };
}

/** Days of the range that the source still keeps and that have begun. */
function keptDays(
  range: DayRange,
  { historyDays }: SourceReport,
  today: Day,
): DayRange | null {
  const until = begun(range, today);
  const oldest = historyDays === null
    ? range.from
    : addDays(today, 1 - historyDays);
  const from = range.from < oldest ? oldest : range.from;
  return from < until ? { from, until } : null;
}

/** Where days of the range end that have begun. */
function begun({ until }: DayRange, today: Day): Day {
  const tomorrow = addDays(today, 1);
  return until < tomorrow ? until : tomorrow;
}

/**
 * Slices of the days that were asked for, whatever the source still keeps of them: a
 * run that is gone on with on another day has the same.
 */
function slicesOf(
  question: SourceReport,
  range: DayRange,
  { id, done, today }: {
    readonly id: string;
    readonly done: ReadonlyMap<string, string>;
    readonly today: Day;
  },
): Slice[] {
  const days = eachDay({ from: range.from, until: begun(range, today) })
    .map((day) => ({ day, pressing: true }));
  const ranges = joinDays(days, question.sliceDays, today);
  return ranges.map(({ from, until }) => {
    const scope = `backfill/${id}/${question.name}/${from}`;
    return { question, range: { from: done.get(scope) ?? from, until }, scope };
  });
}

/** What is left of a slice and still kept. */
function clip(slice: Slice, kept: DayRange | null): Slice[] {
  if (kept === null) return [];
  const { range } = slice;
  const from = range.from < kept.from ? kept.from : range.from;
  const until = range.until < kept.until ? range.until : kept.until;
  return from < until ? [{ ...slice, range: { from, until } }] : [];
}

function estimate(
  slices: readonly Slice[],
  limits: readonly CallLimit[],
): Omit<BackfillEstimate, "reports"> {
  const calls = slices.reduce(
    (sum, { question: { callsPerSlice = 1, totals } }) =>
      sum + callsPerSlice + (totals ? 1 : 0),
    0,
  );
  const bound = limits.map(({ calls: most, perSeconds }) => {
    const allowed = most - Math.floor(most * RESERVED_SHARE);
    return Math.floor(calls / allowed) * perSeconds;
  });
  const seconds = Math.max(calls * CALL_SECONDS / PARALLEL, ...bound);
  return { slices: slices.length, calls, seconds: Math.ceil(seconds) };
}

async function run(
  scope: BackfillScope,
  job: SyncJob,
  { id, range, slices, account }: {
    readonly id: string;
    readonly range: DayRange;
    readonly slices: readonly Slice[];
    readonly account: SourceAccount;
  },
): Promise<SyncReport> {
  const { tenant, source } = job;
  const startedAt = scope.clock.now();
  await scope.backfills.begin(tenant, { ...range, id, source, startedAt });
  let sum = startSum(null);
  let done = 0;
  const waiting = [...slices];
  async function work(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const add = await runSlice(scope, job, { slice: next, account });
      sum = add(sum);
      done++;
      job.report(
        `${job.source}: ${done} of ${slices.length} slices`,
        done / slices.length,
      );
    }
  }
  const workers = Array.from(
    { length: PARALLEL },
    () =>
      work().catch((error) => {
        waiting.length = 0;
        throw error;
      }),
  );
  for (const outcome of await Promise.allSettled(workers)) {
    if (outcome.status === "rejected") throw outcome.reason;
  }
  if (sum.failures.length === 0) {
    await scope.backfills.finish(tenant, id, scope.clock.now());
  }
  return sum;
}

/** Runs a slice; what it brought is added at once, because others add meanwhile. */
async function runSlice(
  scope: BackfillScope,
  job: SyncJob,
  { slice: { question, range, scope: mark }, account }: {
    readonly slice: Slice;
    readonly account: SourceAccount;
  },
): Promise<(sum: SyncReport) => SyncReport> {
  const open = openReport(scope, { ...job, report: () => {} }, {
    question,
    account,
  });
  const cursor = ({ until }: DayRange) => ({ scope: mark, value: until });
  const results: SliceResult[] = [];
  const brought = (sum: SyncReport) => results.reduce(addSlice, sum);
  try {
    for await (
      const result of writeSlice(scope, { job, open, range, cursor })
    ) results.push(result);
  } catch (error) {
    const failure = { report: question.name, range, error };
    return (sum) => addFailure(brought(sum), failure);
  }
  return brought;
}

function refused(source: string, reason: string): EngineError {
  return new EngineError(
    "request_invalid",
    `Cannot backfill source "${source}": ${reason}`,
    { facts: { source } },
  );
}
