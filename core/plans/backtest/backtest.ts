/**
 * Plans the past again, and says what each way of dividing the money would have
 * returned: by the known truth, or estimated from the log.
 *
 * Each window is planned with the curves that were known before it and the total that
 * was spent in it, so no method knows the future and none spends more than was spent.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { FittedCurve } from "../../domain/score.ts";
import { divideBy, type Method, METHODS } from "./methods.ts";
import { estimatePath, halfWidth } from "./off_policy.ts";
import { type KnownResponse, sumKnown } from "./truth.ts";
import {
  BEFORE_DAYS,
  cutWindows,
  type SpendLog,
  sum,
  type Window,
  type WindowOptions,
} from "./window.ts";

/** What is asked. */
export interface BacktestJob {
  readonly log: SpendLog;
  readonly options: WindowOptions;
  /** Curves known before a day, shape [entities]. */
  curvesAt(place: number): readonly FittedCurve[];
  /** The truth; null estimates from the log. */
  readonly truth: KnownResponse | null;
  /** Told after each window. */
  progress?(share: number): void;
}

/** What one way of dividing would have come to. */
export interface BacktestResult {
  /** `done` is what was done; `best` the best by the truth. */
  readonly method: Method | "done" | "best";
  /** Micros a day of each window, shape [windows][entities]. */
  readonly amounts: readonly Float64Array[];
  /** Over the days planned. */
  readonly outcome: number;
  /** Outcome less what was done. */
  readonly gain: number;
  /** The gain's 90 % interval; null where the truth is known, or nothing is. */
  readonly interval: readonly [number, number] | null;
  /** Gain of each window, shape [windows]. */
  readonly gains: Float64Array;
  /** Days that speak for an estimate, over all entities; null where the truth is known. */
  readonly effectiveDays: number | null;
  /** Whether that is enough to believe the estimate. */
  readonly supported: boolean;
}

/** What was found. */
export interface Backtest {
  readonly judgedBy: "truth" | "log";
  readonly windows: readonly Window[];
  /** What was done first. */
  readonly results: readonly BacktestResult[];
}

/** Effective days of an entity below which its estimate says nothing. */
export const LEAST_EFFECTIVE_DAYS = 10;

/**
 * Plans again.
 *
 * @throws {EngineError} `request_invalid` if the days leave nothing to plan or to learn from.
 */
export function backtest(job: BacktestJob): Backtest {
  const { log, options, truth } = job;
  checkDays(job);
  const windows = cutWindows(log, options, job.curvesAt);
  if (windows.length === 0) {
    throw invalid("nothing was spent in the days to be planned again");
  }
  const ways: { method: BacktestResult["method"]; amounts: Float64Array[] }[] =
    METHODS.map((method, at) => ({
      method,
      amounts: windows.map((window, place) => {
        const share = (at + place / windows.length) / METHODS.length;
        job.progress?.(share);
        return divideBy(method, window);
      }),
    }));
  if (truth?.best) {
    const { best } = truth;
    ways.push({ method: "best", amounts: windows.map((one) => best(one)) });
  }
  const done = judgeDone(job, windows);
  const judge = truth === null
    ? (amounts: readonly Float64Array[]) => judgeByLog(job, windows, amounts)
    : (amounts: readonly Float64Array[]) => {
      const gains = judgeByTruth(job, truth, { windows, amounts });
      return { gains, interval: null, effectiveDays: null, supported: true };
    };
  return {
    judgedBy: truth === null ? "log" : "truth",
    windows,
    results: [
      done,
      ...ways.map(({ method, amounts }) => {
        const judged = judge(amounts);
        const gain = sum(judged.gains);
        return {
          method,
          amounts,
          outcome: done.outcome + gain,
          gain,
          ...judged,
        };
      }),
    ],
  };
}

function checkDays({ log, options }: BacktestJob): void {
  const { from, until, every, changeMost } = options;
  if (from < BEFORE_DAYS) {
    throw invalid(
      `the log must begin ${BEFORE_DAYS} days before the first day to plan`,
    );
  }
  if (until > log.days.length || until <= from) {
    throw invalid("the days to plan must end after they begin, within the log");
  }
  if (every < 1 || !(changeMost > 0)) {
    throw invalid("windows must have a day and room to change");
  }
}

function judgeDone(
  { log, truth }: BacktestJob,
  windows: readonly Window[],
): BacktestResult {
  const known = truth ?? {
    respond: (at: number) => log.entities[at]?.outcome ?? new Float64Array(),
  };
  const spent = log.entities.map(({ spend }) => spend);
  const outcome = sum(sumKnown(known, spent, windows));
  const gains = new Float64Array(windows.length);
  return {
    method: "done",
    amounts: windows.map(({ done }) => done),
    ...{ outcome, gain: 0, gains, interval: null },
    ...{ effectiveDays: null, supported: true },
  };
}

/** Each entity's path: as logged, and as planned within the windows. */
function layPath(
  { log }: BacktestJob,
  windows: readonly Window[],
  amounts: readonly Float64Array[],
): Float64Array[] {
  return log.entities.map(({ spend }, at) => {
    const path = spend.slice();
    windows.forEach(({ from, until }, place) =>
      path.fill(amounts[place]?.[at] ?? 0, from, until)
    );
    return path;
  });
}

function judgeByTruth(
  job: BacktestJob,
  truth: KnownResponse,
  { windows, amounts }: {
    readonly windows: readonly Window[];
    readonly amounts: readonly Float64Array[];
  },
): Float64Array {
  const logged = job.log.entities.map(({ spend }) => spend);
  const path = layPath(job, windows, amounts);
  const done = sumKnown(truth, logged, windows);
  return sumKnown(truth, path, windows)
    .map((outcome, at) => outcome - (done[at] as number));
}

function judgeByLog(
  job: BacktestJob,
  windows: readonly Window[],
  amounts: readonly Float64Array[],
): Pick<
  BacktestResult,
  "gains" | "interval" | "effectiveDays" | "supported"
> {
  const [first, last] = [windows[0]?.from ?? 0, windows.at(-1)?.until ?? 0];
  const path = layPath(job, windows, amounts);
  const daily = new Float64Array(last - first);
  let effectiveDays = 0;
  let supported = true;
  job.log.entities.forEach((logged, at) => {
    const estimate = estimatePath(logged, {
      curveAt: (day) => curveOf(windows, day, at),
      spend: path[at] as Float64Array,
      days: [first, last],
    });
    for (let day = first; day < last; day++) {
      daily[day - first] = (daily[day - first] as number) +
        (estimate.gains[day] as number);
    }
    effectiveDays += estimate.effectiveDays;
    supported &&= estimate.effectiveDays >= LEAST_EFFECTIVE_DAYS;
  });
  const gain = sum(daily);
  const half = halfWidth(daily);
  return {
    gains: Float64Array.from(
      windows,
      ({ from, until }) => sum(daily.subarray(from - first, until - first)),
    ),
    interval: [gain - half, gain + half],
    ...{ effectiveDays, supported },
  };
}

/** The curve that the window of a day was planned with; the first's before it. */
function curveOf(
  windows: readonly Window[],
  day: number,
  at: number,
): FittedCurve {
  const window = windows.findLast(({ from }) => from <= day) ?? windows[0];
  return window?.curves[at] as FittedCurve;
}

function invalid(reason: string): EngineError {
  return new EngineError("request_invalid", `Cannot backtest plans: ${reason}`);
}
