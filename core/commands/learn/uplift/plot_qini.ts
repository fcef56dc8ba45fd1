/**
 * Qini curves of the last split as SVG, one file for each arm.
 *
 * @module
 */
import { lineChart, type LineSeries } from "../../../charts/line_chart.ts";
import { EngineError } from "../../../domain/error.ts";
import { type BandPoint, qiniBand } from "../../../domain/uplift_band.ts";
import { againstControl, BASELINE } from "./compare_learners.ts";
import type { Experiment } from "./read_experiment.ts";
import type { RunResult } from "./run_splits.ts";

const BAND = { steps: 50, replicates: 200, level: 0.9 };

/** What the curves are drawn from, and where they go. */
export interface PlotOptions {
  /** Folder; made if it is not there. */
  readonly plots: string;
  /** Chance of each arm, control first, shape [arms + 1][rows]. */
  readonly chances: readonly Float64Array[];
  readonly seed: number;
}

/**
 * Plots the chosen learner with its band, the two models of trees, and no order at all.
 *
 * @param experiment All rows.
 * @param run What the splits came to.
 * @param options Where to, and with what.
 * @returns Paths of the files, shape [arms].
 * @throws {EngineError} `file_unreadable` if they may not be written there.
 */
export async function plotQini(
  experiment: Experiment,
  run: RunResult,
  { plots, chances, seed }: PlotOptions,
): Promise<string[]> {
  const files = experiment.armNames.slice(1).map((name, before) => ({
    path: `${plots}/qini_${before + 1}.svg`,
    svg: lineChart({
      title: `Qini curve of "${name}"`,
      x: { label: "share of the people treated, highest uplift first" },
      y: { label: "additional outcome among the treated" },
      series: seriesOf(experiment, run, { chances, seed, arm: before + 1 }),
    }),
  }));
  try {
    await Deno.mkdir(plots, { recursive: true });
    for (const { path, svg } of files) await Deno.writeTextFile(path, svg);
  } catch (cause) {
    throw new EngineError(
      "file_unreadable",
      `Cannot write plots to "${plots}": give another folder with --plots`,
      { cause },
    );
  }
  return files.map(({ path }) => path);
}

function seriesOf(
  { arm: taken, label }: Experiment,
  { last }: RunResult,
  { chances, seed, arm }: Omit<PlotOptions, "plots"> & { arm: number },
): LineSeries[] {
  const pick = (values: Float64Array) =>
    Float64Array.from(last.test, (row) => values[row] as number);
  const held = Uint8Array.from(last.test, (row) => taken[row] as number);
  const part = againstControl(held, chances.map(pick), arm);
  const band = (learner: string) =>
    qiniBand({
      outcome: part.keep(pick(label)),
      treated: part.treated,
      ...part.propensity,
      score: part.keep(last.effects[learner]?.[arm - 1] as Float64Array),
    }, { ...BAND, seed });
  const line = (points: readonly BandPoint[]) =>
    points.map(({ share, gain }) => [share, gain] as const);
  const chosen = band(last.chosen);
  const end = chosen.at(-1)?.gain ?? 0;
  return [
    {
      name: last.chosen,
      points: line(chosen),
      band: chosen.map(({ share, low, high }) => [share, low, high] as const),
    },
    ...(last.chosen === BASELINE
      ? []
      : [{ name: BASELINE, points: line(band(BASELINE)) }]),
    { name: "by chance", points: [[0, 0], [1, end]], dashed: true },
  ];
}
