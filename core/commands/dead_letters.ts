/**
 * `moe dead-letters`: records that could not become signals, and reading them again.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { Source } from "../signals/signals.ts";
import type { ReviveReport } from "../signals/revive_letters.ts";
import type { Command, CommandScope, Options } from "./command.ts";
import { readJsonFile } from "./files.ts";
import { type Opened, TENANT, withEngine } from "./open.ts";
import { tenantOption, wholeNumberOption } from "./option.ts";
import { printTable } from "./terminal.ts";

const LIMIT = { otherwise: 20, least: 1, most: 10_000 };
const SHOWN = 60;

/** Lists, or reads again. */
export const deadLetters: Command = {
  name: "dead-letters",
  about: "records that could not become signals; --replay reads them again",
  operands: [],
  options: {
    ...TENANT,
    source: "only of this source",
    reason: "only for this reason",
    limit: "how many to list at most; 20 unless given",
    "replay!": "read them again by the present code, and keep what makes sense",
    "dry-run!": "with --replay: say what would become of them, change nothing",
    config:
      "with --replay: JSON file with the configuration of a source that is not configured",
    "json!": "print JSON",
  },
  run: (scope, _operands, options) =>
    withEngine(
      scope,
      (opened) =>
        options.replay
          ? replay(scope, opened, options)
          : list(scope, opened, options),
    ),
};

async function list(
  { terminal }: CommandScope,
  { stores }: Opened,
  options: Options,
): Promise<number> {
  const letters = await stores.signals.listDeadLetters(tenantOption(options), {
    ...filterOf(options),
    ...(typeof options.source === "string" && { source: options.source }),
    limit: wholeNumberOption(options, "limit", LIMIT),
  });
  if (options.json) {
    terminal.line(JSON.stringify(letters, null, 2));
    return 0;
  }
  printTable(
    [
      { heading: "source" },
      { heading: "reason" },
      { heading: "detail" },
      { heading: "original" },
    ],
    letters.map(({ source, reason, detail, original }) => [
      source,
      reason,
      detail,
      original.trim().slice(0, SHOWN),
    ]),
  ).forEach(terminal.line);
  return 0;
}

async function replay(
  { terminal }: CommandScope,
  opened: Opened,
  options: Options,
): Promise<number> {
  const sources = await sourcesOf(opened, options);
  const dryRun = options["dry-run"] === true;
  const reports: ({ source: string } & ReviveReport)[] = [];
  for (const source of sources) {
    const report = await opened.engine.sources.revive(source, {
      filter: filterOf(options),
      dryRun,
    });
    reports.push({ source: source.source, ...report });
  }
  if (options.json) {
    terminal.line(JSON.stringify({ dryRun, sources: reports }, null, 2));
    return 0;
  }
  printTable(
    [
      { heading: "source" },
      { heading: "read", numeric: true },
      { heading: dryRun ? "would be kept" : "kept", numeric: true },
      { heading: "signals", numeric: true },
      { heading: "staying" },
    ],
    reports.map(({ source, read, revived, signals, staying }) => [
      source,
      String(read),
      String(revived),
      String(signals),
      Object.entries(staying).map(([reason, count]) => `${reason} ${count}`)
        .join(", "),
    ]),
  ).forEach(terminal.line);
  return 0;
}

function filterOf({ reason }: Options) {
  return typeof reason === "string" ? { reason } : {};
}

/** The source that was named, or all that are configured and have letters. */
async function sourcesOf(
  { engine, stores, connectors }: Opened,
  options: Options,
): Promise<Source[]> {
  const tenant = tenantOption(options);
  const counts = await stores.signals.count(tenant);
  if (typeof options.config === "string") {
    const count = counts.find(({ source }) => source === options.source);
    const connector = connectors.find(({ name }) => name === count?.connector);
    if (!count || !connector) throw unknown(String(options.source ?? ""));
    const config = await readJsonFile(options.config);
    return [{ tenant, source: count.source, connector, config }];
  }
  if (typeof options.source === "string") {
    return [engine.findSource(tenant, options.source)];
  }
  const waiting = new Set(
    counts.filter(({ deadLetters }) => Object.keys(deadLetters).length > 0)
      .map(({ source }) => source),
  );
  return engine.configured(tenant).filter(({ source }) => waiting.has(source))
    .map(({ source }) => engine.findSource(tenant, source));
}

function unknown(source: string): EngineError {
  return new EngineError(
    "request_invalid",
    `Cannot replay dead letters: name with --source the source that the configuration is of; "${source}" has brought nothing`,
  );
}
