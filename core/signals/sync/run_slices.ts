/**
 * Slices that know nothing of each other, several at a time.
 *
 * @module
 */
import type { DayRange } from "../../domain/day.ts";
import { EngineError } from "../../domain/error.ts";
import type { SourceAccount } from "../../domain/source.ts";
import type { SourceReport } from "../../../plugins/contract.ts";
import { pause } from "../pause.ts";
import type { SignalScope } from "../signal_scope.ts";
import { openReport, type SyncJob } from "./sync.ts";
import {
  addFailure,
  addSlice,
  startSum,
  type SyncReport,
} from "./sync_report.ts";
import { type SliceResult, writeSlice } from "./write_slice.ts";

/** Slices that are asked for at a time. */
export const PARALLEL = 4;

/** Days of a report. */
export interface Slice {
  readonly question: SourceReport;
  readonly range: DayRange;
  /** Cursor under which it is kept how far it is done. */
  readonly scope: string;
}

/** What slices are run with. */
export interface SliceScope extends SignalScope {
  /** Waits out a quota; by a timer if absent. */
  sleep?(milliseconds: number): Promise<void>;
}

/** Several slices at a time; the first failure that is not a slice's ends all. */
export async function runSlices(
  scope: SliceScope,
  job: SyncJob,
  { slices, account }: {
    readonly slices: readonly Slice[];
    readonly account: SourceAccount;
  },
): Promise<SyncReport> {
  let sum = startSum(null);
  let done = 0;
  const waiting = [...slices];
  async function work(): Promise<void> {
    for (let slice = waiting.shift(); slice; slice = waiting.shift()) {
      const asked = { slice, account };
      const run = () => runSlice(scope, job, asked);
      const add = await patiently(scope, job, run);
      sum = add(sum);
      done++;
      job.report(
        `${job.source}: ${done} of ${slices.length} slices`,
        done / slices.length,
      );
    }
  }
  function stop(error: unknown): never {
    waiting.length = 0;
    throw error;
  }
  const workers = Array.from({ length: PARALLEL }, () => work().catch(stop));
  for (const outcome of await Promise.allSettled(workers)) {
    if (outcome.status === "rejected") throw outcome.reason;
  }
  return sum;
}

/** Waits out a quota as long as it asks, and tries again. */
async function patiently<T>(
  { sleep = wait }: SliceScope,
  job: SyncJob,
  run: () => Promise<T>,
): Promise<T> {
  while (true) {
    try {
      return await run();
    } catch (error) {
      const seconds = error instanceof EngineError &&
          error.code === "source_throttled"
        ? Number(error.facts.retryAfterSeconds ?? 60)
        : null;
      if (seconds === null) throw error;
      job.report(`${job.source}: waits ${seconds} s for its quota`, null);
      await sleep(seconds * 1000);
    }
  }
}

function wait(milliseconds: number): Promise<void> {
  return pause(milliseconds, new AbortController().signal);
}

/** Runs a slice; what it brought is added at once, because others add meanwhile. */
async function runSlice(
  scope: SliceScope,
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
    // What ends the run must do so here, where it can still be waited out.
    addFailure(startSum(null), failure);
    return (sum) => addFailure(brought(sum), failure);
  }
  return brought;
}
