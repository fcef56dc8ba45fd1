/**
 * A backtest for a person, and as JSON.
 *
 * @module
 */
import type { Day } from "../../domain/day.ts";
import type {
  Backtest,
  BacktestResult,
} from "../../plans/backtest/backtest.ts";
import { LEAST_EFFECTIVE_DAYS } from "../../plans/backtest/backtest.ts";
import { printTable } from "../terminal.ts";

/** What its numbers mean. */
export interface BacktestFrame {
  readonly unit: string;
  /** Days of the log. */
  readonly days: readonly Day[];
}

/** What a method is, for a person. */
const ABOUT: Readonly<Record<BacktestResult["method"], string>> = {
  done: "what was done",
  engine: "this engine",
  proportional: "shares of the weeks before",
  greedy: "hill climbing on a grid",
  local: "local search from an equal split",
  best: "the best there was, by the truth",
};

/** Prints as a table. */
export function printBacktest(
  { judgedBy, windows, results }: Backtest,
  { unit, days }: BacktestFrame,
): string[] {
  const done = results[0]?.outcome ?? 0;
  const [first, last] = [windows[0]?.from ?? 0, windows.at(-1)?.until ?? 0];
  const money = unit.endsWith("_micros");
  const shown = (value: number) =>
    money ? (value / 1e6).toFixed(2) : value.toPrecision(6);
  const name = money ? unit.slice(0, -7) : unit;
  const percent = (value: number) =>
    `${value >= 0 ? "+" : "−"}${Math.abs(100 * value / done).toFixed(2)} %`;
  return [
    `${days[first]} … ${days[last - 1]}  ${windows.length} plans, judged by ${
      judgedBy === "truth" ? "the known truth" : "the log (doubly robust)"
    }`,
    "",
    ...printTable(
      [
        { heading: "method" },
        { heading: "" },
        { heading: name, numeric: true },
        { heading: "gain", numeric: true },
        { heading: "", numeric: true },
        { heading: "90 % interval" },
        { heading: "days", numeric: true },
      ],
      results.map((row) => [
        row.method,
        ABOUT[row.method],
        shown(row.outcome),
        row.method === "done" ? "" : shown(row.gain),
        row.method === "done" ? "" : percent(row.gain),
        row.interval === null ? "" : row.interval.map(percent).join(" … "),
        row.effectiveDays === null ? "" : row.effectiveDays.toFixed(0),
      ]),
    ),
    ...results.some(({ supported }) => !supported)
      ? [
        "",
        `the log hardly holds days like some of these plans (fewer than ${LEAST_EFFECTIVE_DAYS} effective days of an entity): their gain is what the curves say, and is no evidence; allow less change`,
      ]
      : [],
  ];
}

/** Prints as JSON. */
export function printBacktestJson(
  { judgedBy, windows, results }: Backtest,
  { unit, days }: BacktestFrame,
): string {
  return JSON.stringify(
    {
      judged_by: judgedBy,
      unit,
      windows: windows.map(({ from, until, total }) => ({
        from: days[from],
        last: days[until - 1],
        total_micros_per_day: Math.round(total),
      })),
      results: results.map((row) => ({
        method: row.method,
        outcome: row.outcome,
        gain: row.gain,
        interval: row.interval,
        gains: [...row.gains],
        effective_days: row.effectiveDays,
        supported: row.supported,
      })),
    },
    null,
    2,
  );
}
