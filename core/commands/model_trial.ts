/**
 * `moe models trial`: how a version on trial does beside the one in charge, what came of
 * it, and what happens next.
 *
 * @module
 */
import { lineChart } from "../charts/line_chart.ts";
import { type ArmCounts, TRIAL_ARMS } from "../domain/model_trial.ts";
import type { ModelTrialReport } from "../engine/trial_report.ts";
import { type Command, textOption } from "./command.ts";
import { modelNameOperand } from "./model_operand.ts";
import { TENANT, withEngine } from "./open.ts";
import { tenantOption } from "./option.ts";
import { printTable } from "./terminal.ts";
import { writeCharts } from "./write_charts.ts";

/** Looks at a trial. */
export const modelsTrial: Command = {
  name: "models trial",
  about:
    "look at the trial of a model that runs, or else its latest: both sides, what came of them, what is next",
  operands: ["NAME"],
  options: {
    ...TENANT,
    svg: "folder for a chart of the difference",
    "json!": "print the trial as JSON",
  },
  run: (scope, [text = ""], options) =>
    withEngine(scope, async ({ engine }) => {
      const name = modelNameOperand(text);
      const report = await engine.trials.report(tenantOption(options), name);
      const lines = options.json === true
        ? [JSON.stringify(report)]
        : printTrial(report);
      lines.forEach(scope.terminal.line);
      const folder = textOption(options, "svg", "");
      if (folder === "") return 0;
      const charts = new Map([["trial", drawTrial(report)]]);
      const paths = await writeCharts(folder, charts, "svg");
      paths.forEach((path) => scope.terminal.line(`chart in ${path}`));
      return 0;
    }),
};

/** Draws how the difference came about, with its interval. */
export function drawTrial(
  { name, outcomes, measure }: ModelTrialReport,
): string {
  const points = outcomes?.points ?? [];
  const last = points.at(-1)?.people ?? 1;
  return lineChart({
    title: `${name}: what comes of the challenger less the champion`,
    x: { label: "people whose window is over" },
    y: {
      label: measure?.unit === "money"
        ? "micros for each person"
        : `${measure?.outcome ?? "outcome"} for each person`,
    },
    series: [
      {
        name: "difference",
        points: points.map(({ people, difference }) => [people, difference]),
        band: points.map(({ people, low, high }) => [people, low, high]),
      },
      { name: "none", points: [[0, 0], [last, 0]], dashed: true },
    ],
  });
}

function printTrial(report: ModelTrialReport): string[] {
  const { champion, challenger, change, state, since, permille } = report;
  const { measure, lift, outcomes } = report;
  const percent = `${permille / 10} %`;
  return [
    `${challenger ?? "?"} on trial beside ${champion ?? "nobody"}: ${
      state.replaceAll("_", " ")
    } since ${since} (${change}, ${percent} of people)`,
    ...printTable(
      [
        ...["side", "decisions", "denied", "spend", "owed", "slow", "scores"],
        ...["people", "outcome each"],
      ].map((heading) => ({ heading })),
      TRIAL_ARMS.map((arm) => [
        ...[arm, ...printCounts(report.canary[arm])],
        ...printOutcomes(outcomes?.arms[arm]),
      ]),
    ),
    ...measure === null || lift === null ? [] : [
      `difference in ${measure.outcome}: ${print(lift.difference)}, in [${
        print(lift.low)
      }, ${print(lift.high)}] at ${
        100 - measure.alphaPermille / 10
      } % however often one looks`,
    ],
    report.next,
  ];
}

function printCounts(seen: ArmCounts): string[] {
  const { decisions, denied, spend, asked, unscored, timed, slow } = seen;
  const { low, high } = seen;
  const of = (count: number, all: number) =>
    all === 0 ? "" : `${(100 * count / all).toFixed(1)} %`;
  return [
    ...[String(decisions), of(denied, decisions)],
    decisions === 0 ? "" : String(Math.round(spend / decisions)),
    ...[of(unscored, asked), of(slow, timed)],
    low === null || high === null ? "" : `${print(low)} to ${print(high)}`,
  ];
}

function printOutcomes(
  seen: { readonly people: number; readonly total: number } | undefined,
): string[] {
  if (seen === undefined || seen.people === 0) return ["", ""];
  return [String(seen.people), print(seen.total / seen.people)];
}

function print(value: number): string {
  return String(Number(value.toPrecision(4)));
}
