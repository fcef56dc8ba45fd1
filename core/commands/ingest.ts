/**
 * `moe ingest`: asks a source for its signals.
 *
 * @module
 */
import type { DayRange } from "../domain/day.ts";
import { EngineError } from "../domain/error.ts";
import {
  type Command,
  type CommandScope,
  type Options,
  textOption,
} from "./command.ts";
import { readJsonFile } from "./files.ts";
import { type Opened, TENANT, withEngine } from "./open.ts";
import { dayOption, tenantOption } from "./option.ts";
import { printTable } from "./terminal.ts";

/** Pulls from a source through its connector. */
export const ingest: Command = {
  name: "ingest",
  about:
    "pull signals through a connector: csv --file F --mapping M, or --config C",
  operands: ["CONNECTOR"],
  options: {
    ...TENANT,
    source: "name of the source; the file's or the connector's unless given",
    file: "file to read (csv)",
    mapping: "JSON file that names the columns (csv)",
    config: "JSON file with the connector's configuration",
    from: "first day",
    until: "day after the last",
    state:
      "file that the state of a tap is written to, for its next run (singer, airbyte)",
    "json!": "print JSON",
  },
  run: (scope, [connector = ""], options) =>
    withEngine(scope, (opened) => pull(scope, opened, { connector, options })),
};

async function pull(
  { terminal }: CommandScope,
  { engine }: Opened,
  { connector, options }: { connector: string; options: Options },
): Promise<number> {
  const file = textOption(options, "file", "");
  const started = performance.now();
  const job = {
    tenant: tenantOption(options),
    source: textOption(options, "source", sourceName(file) || connector),
    config: await readConfig(options),
  };
  const source = { ...job, connector: engine.connector(connector) };
  const report = await engine.ingest({
    ...job,
    connector,
    range: readRange(options),
    report: terminal.progress,
  });
  terminal.done();
  if (typeof options.state === "string") {
    await writeState(options.state, await engine.sources.cursor(source));
  }
  if (options.json) {
    terminal.line(JSON.stringify(report, null, 2));
    return 0;
  }
  const { rejects, ...counts } = report;
  printTable(
    [{ heading: "what" }, { heading: "count", numeric: true }],
    [
      ...Object.entries(counts).map(([name, count]) => [name, String(count)]),
      ...Object.entries(rejects).map((
        [reason, count],
      ) => [`refused: ${reason}`, String(count)]),
    ],
  ).forEach(terminal.line);
  terminal.line(`${((performance.now() - started) / 1000).toFixed(1)} s`);
  return 0;
}

/** A cursor of messages is `{"state":…,"read":"…"}`; the state keeps its every digit. */
async function writeState(path: string, cursor: string | null): Promise<void> {
  const state = /^\{"state":(.*),"read":"[^"]*"\}$/s.exec(cursor ?? "")?.[1];
  if (state === undefined || state === "null") {
    throw new EngineError(
      "request_invalid",
      `Cannot write state "${path}": the source has told none`,
    );
  }
  await Deno.writeTextFile(path, `${state}\n`);
}

function sourceName(file: string): string {
  return file.replace(/^.*\//, "").replace(/\.[a-z.]+$/i, "");
}

async function readConfig(options: Options): Promise<unknown> {
  if (typeof options.config === "string") return readJsonFile(options.config);
  const { file, mapping } = options;
  if (typeof file !== "string" || typeof mapping !== "string") {
    throw new EngineError(
      "request_invalid",
      "Cannot ingest: give --file and --mapping, or --config",
    );
  }
  return { file, mapping: await readJsonFile(mapping) };
}

function readRange(options: Options): DayRange | null {
  const { from, until } = options;
  if (typeof from !== "string" && typeof until !== "string") return null;
  return {
    from: dayOption(options, "from", "0001-01-01"),
    until: dayOption(options, "until", "9999-12-31"),
  };
}
