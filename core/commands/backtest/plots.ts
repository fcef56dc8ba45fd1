/**
 * A backtest as charts: what each method would have gained, window by window.
 *
 * @module
 */
import { lineChart } from "../../charts/line_chart.ts";
import type { Backtest } from "../../plans/backtest/backtest.ts";
import { writeCharts } from "../write_charts.ts";
import type { BacktestFrame } from "./print.ts";

/**
 * Writes the charts as SVG files.
 *
 * @returns Their paths.
 */
export async function writeBacktestPlots(
  folder: string,
  found: Backtest,
  frame: BacktestFrame,
): Promise<string[]> {
  const charts = new Map([["backtest_gain", drawGains(found, frame)]]);
  return await writeCharts(folder, charts, "plots");
}

/** Gain over what was done, added up from window to window. */
export function drawGains(
  { windows, results }: Backtest,
  { unit, days }: BacktestFrame,
): string {
  const scale = unit.endsWith("_micros") ? 1e6 : 1;
  return lineChart({
    title: "Gain over what was done, added up",
    x: {
      label: "First day of a plan",
      names: windows.map(({ from }) => days[from] ?? ""),
    },
    y: { label: scale === 1 ? unit : unit.slice(0, -7) },
    series: results.filter(({ method }) => method !== "done").map((
      { method, gains },
    ) => {
      let all = 0;
      return {
        name: method,
        points: [...gains].map((gain, at) => {
          all += gain / scale;
          return [at, all] as const;
        }),
      };
    }),
  });
}
