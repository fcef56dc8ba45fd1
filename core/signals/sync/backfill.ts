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
  DAY_MS,
  type DayRange,
  localTime,
} from "../../domain/day.ts";
import { EngineError } from "../../domain/error.ts";
import type { CallLimit, SourceAccount } from "../../domain/source.ts";
import type { Ids } from "../../ports/clock.ts";
import type { Backfill, BackfillStore } from "../../ports/signals.ts";
import type { SourceReport } from "../../../plugins/contract.ts";
import { RESERVED_SHARE } from "../lend/vendor_word.ts";
import { openAccount } from "./account.ts";
import { joinDays } from "./look_back.ts";
import { eachDay } from "./slice_batch.ts";
import {
  PARALLEL,
  runSlices,
  type Slice,
  type SliceScope,
} from "./run_slices.ts";
import type { SyncJob } from "./sync.ts";
import type { SyncReport } from "./sync_report.ts";

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
export interface BackfillScope extends SliceScope {
  readonly backfills: BackfillStore;
  readonly ids: Ids;
}

/** A source, and how it is asked. */
export interface BackfillJob extends SyncJob {
  /** Ask for all days again, even where a run over them was left. */
  readonly again?: boolean;
}

/** A run that was left for longer is not gone on with: what it has is old. */
const GOES_ON_MS = 2 * DAY_MS;
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
  job: BackfillJob,
  range: DayRange,
): Promise<BackfillPlan> {
  const { connector: { reports = [], name, limits = [] }, tenant } = job;
  if (reports.length === 0) {
    throw refused(job.source, `connector "${name}" has no reports`);
  }
  const account = await openAccount(scope, job);
  const { left, stale } = await findLeft(scope, job, range);
  const goesOn = left !== null && !stale;
  const id = goesOn ? left.id : scope.ids.next("bf");
  const done = goesOn
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
    goesOn,
    estimate: {
      ...estimate(slices, limits),
      reports: Object.fromEntries(
        [...kept].map(([question, days]) => [question.name, days]),
      ),
    },
    run: async () => {
      if (left && stale) {
        await scope.backfills.finish(tenant, left.id, scope.clock.now());
      }
      return await run(scope, job, { id, range, slices, account });
    },
  };
}

/** The run over the same days that was left, and whether it is worth going on with. */
async function findLeft(
  { backfills, clock }: BackfillScope,
  { tenant, source, again = false }: BackfillJob,
  range: DayRange,
): Promise<{ readonly left: Backfill | null; readonly stale: boolean }> {
  const left = await backfills.findOpen(tenant, source, range);
  const ageMs = Date.parse(clock.now()) - Date.parse(left?.startedAt ?? "");
  return { left, stale: again || ageMs >= GOES_ON_MS };
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
  const begun = await scope.backfills.begin(tenant, {
    ...range,
    id,
    source,
    startedAt,
  });
  if (begun.id !== id) {
    throw refused(source, "a run over these days has begun meanwhile");
  }
  const sum = await runSlices(scope, job, { slices, account });
  if (sum.failures.length === 0) {
    await scope.backfills.finish(tenant, id, scope.clock.now());
  }
  return sum;
}

function refused(source: string, reason: string): EngineError {
  return new EngineError(
    "request_invalid",
    `Cannot backfill source "${source}": ${reason}`,
    { facts: { source } },
  );
}
