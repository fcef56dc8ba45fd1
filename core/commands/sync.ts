/**
 * `moe sync` and `moe backfill`: asks configured sources for what is new, and again
 * for days of the past.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { IngestReport } from "../signals/ingest_report.ts";
import type { Source } from "../signals/signals.ts";
import type { BackfillEstimate } from "../signals/sync/backfill.ts";
import type { SyncReport } from "../signals/sync/sync_report.ts";
import type { Command, CommandScope, Options } from "./command.ts";
import { type Opened, TENANT, withEngine } from "./open.ts";
import { dayOption, tenantOption } from "./option.ts";
import { type Column, printTable } from "./terminal.ts";

/** One source's outcome; `error` where it could not be asked at all. */
interface Outcome {
  readonly source: string;
  readonly report: SyncReport | null;
  readonly error: EngineError | null;
  readonly seconds: number;
}

/** Syncs one source, or all. */
export const syncCommand: Command = {
  name: "sync",
  about: "ask a configured source, or all, for what is new or has changed",
  operands: [],
  options: {
    ...TENANT,
    source: "only this source",
    "json!": "print JSON",
  },
  run: (scope, _operands, options) =>
    withEngine(scope, (opened) => syncAll(scope, opened, options)),
};

async function syncAll(
  { terminal }: CommandScope,
  { engine }: Opened,
  options: Options,
): Promise<number> {
  const tenant = tenantOption(options);
  const sources = typeof options.source === "string"
    ? [engine.findSource(tenant, options.source)]
    : engine.configured(tenant).map(({ source }) =>
      engine.findSource(tenant, source)
    ).filter(({ connector }) => connector.pull || connector.reports);
  if (sources.length === 0) throw nothingToAsk(tenant);
  const outcomes: Outcome[] = [];
  for (const source of sources) {
    const run = () => engine.sources.sync(source, terminal.progress);
    const outcome = await timed(source.source, run);
    const asked = typeof options.source === "string";
    if (asked || !onlyPushes(source, outcome)) outcomes.push(outcome);
  }
  terminal.done();
  if (options.json) {
    terminal.line(JSON.stringify(outcomes.map(toJson), null, 2));
  } else printOutcomes(outcomes).forEach(terminal.line);
  return exitCode(outcomes);
}

/** A source that also pushes may be configured for that alone. */
function onlyPushes({ connector }: Source, { error }: Outcome): boolean {
  return connector.receive !== undefined &&
    error?.code === "configuration_invalid";
}

/** Asks for days of the past. */
export const backfillCommand: Command = {
  name: "backfill",
  about: "ask a configured source for days of the past, beside its syncs",
  operands: ["SOURCE"],
  options: {
    ...TENANT,
    "from*": "first day",
    "until*": "day after the last",
    "estimate!": "only say what it will take",
    "again!": "from the start, though a run over these days was left",
    "json!": "print JSON",
  },
  run: (scope, [source = ""], options) =>
    withEngine(scope, (opened) => backfill(scope, opened, { source, options })),
};

async function backfill(
  { terminal }: CommandScope,
  { engine }: Opened,
  { source: name, options }: { source: string; options: Options },
): Promise<number> {
  const source = engine.findSource(tenantOption(options), name);
  const range = {
    from: dayOption(options, "from", ""),
    until: dayOption(options, "until", ""),
  };
  if (range.from >= range.until) {
    throw new EngineError(
      "request_invalid",
      "Cannot backfill: --until must be after --from",
    );
  }
  const plan = await engine.sources.planBackfill(
    source,
    range,
    { report: terminal.progress, again: options.again === true },
  );
  if (!options.json) {
    printEstimate(plan.estimate).forEach(terminal.line);
    if (plan.goesOn) terminal.line("goes on with the run that was left");
  }
  if (options.estimate) {
    if (options.json) terminal.line(JSON.stringify(plan.estimate, null, 2));
    return 0;
  }
  const outcome = await timed(name, () => plan.run());
  terminal.done();
  if (options.json) {
    const { estimate } = plan;
    terminal.line(JSON.stringify({ estimate, ...toJson(outcome) }, null, 2));
  } else printOutcomes([outcome]).forEach(terminal.line);
  return exitCode([outcome]);
}

async function timed(
  source: string,
  run: () => Promise<SyncReport>,
): Promise<Outcome> {
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 100) / 10;
  try {
    const report = await run();
    return { source, report, error: null, seconds: seconds() };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { source, report: null, error, seconds: seconds() };
  }
}

const COLUMNS: readonly Column[] = [
  { heading: "source" },
  { heading: "days", numeric: true },
  { heading: "new", numeric: true },
  { heading: "restated", numeric: true },
  { heading: "vanished", numeric: true },
  { heading: "unchanged", numeric: true },
  { heading: "events", numeric: true },
  { heading: "dead letters", numeric: true },
  { heading: "totals agree" },
  { heading: "seconds", numeric: true },
];

function printOutcomes(outcomes: readonly Outcome[]): string[] {
  const rows = outcomes.map(({ source, report, seconds }) => [
    source,
    ...report ? cellsOf(report, report.written) : Array(8).fill("–"),
    seconds.toFixed(1),
  ]);
  const problems = outcomes.flatMap(({ source, report, error }) => [
    ...error ? [`${source}: ${error.code}: ${error.message}`] : [],
    ...report?.failures.map(({ code, message }) =>
      `${source}: ${code}: ${message}`
    ) ?? [],
  ]);
  return [...printTable(COLUMNS, rows), ...problems];
}

function cellsOf(
  { days, reconciled }: SyncReport,
  written: IngestReport,
): string[] {
  const { inserted, restated, vanished, unchanged, events, deadLetters } =
    written;
  const numbers = [
    inserted,
    restated,
    vanished,
    unchanged,
    events,
    deadLetters,
  ];
  const compared = Object.entries(reconciled)
    .filter(([outcome]) => outcome !== "not compared")
    .map(([outcome, slices]) => `${outcome} ${slices}`);
  return [
    String(days),
    ...numbers.map(String),
    compared.join(", ") || "not compared",
  ];
}

function printEstimate(
  { slices, calls, seconds, reports }: BackfillEstimate,
): string[] {
  const ranges = Object.entries(reports).map(([report, range]) => [
    report,
    range ? range.from : "none kept",
    range ? range.until : "",
  ]);
  return [
    ...printTable([
      { heading: "report" },
      { heading: "from" },
      { heading: "until" },
    ], ranges),
    `about ${calls} calls in ${slices} slices, ${printSeconds(seconds)}`,
  ];
}

function printSeconds(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

function toJson({ source, report, error, seconds }: Outcome) {
  return {
    source,
    seconds,
    report,
    error: error && {
      code: error.code,
      message: error.message,
      facts: error.facts,
    },
  };
}

function exitCode(outcomes: readonly Outcome[]): number {
  const well = outcomes.every(({ report, error }) =>
    error === null && report?.failures.length === 0
  );
  return well ? 0 : 1;
}

function nothingToAsk(tenant: string): EngineError {
  return new EngineError(
    "request_invalid",
    `Cannot sync: tenant "${tenant}" has no source that is asked; name sources in the file of MOE_SOURCES`,
  );
}
