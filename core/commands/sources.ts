/**
 * `moe sources`: what is configured, how fresh it is, what it has brought, how much
 * of its quota is used, and when its vendor's API ends.
 *
 * @module
 */
import { countDays } from "../domain/day.ts";
import type { SignalCounts } from "../ports/signals.ts";
import type { Connector } from "../../plugins/contract.ts";
import type { Command, CommandScope, Options } from "./command.ts";
import { type Opened, TENANT, withEngine } from "./open.ts";
import { tenantOption } from "./option.ts";
import { printTable } from "./terminal.ts";

/** Days before the end of a vendor's API at which it is pointed out. */
const SUNSET_DAYS = [90, 30] as const;
const HOUR_MS = 3_600_000;

/** A source as an operator sees it. */
export interface SourceOverview {
  readonly source: string;
  readonly connector: string;
  readonly configured: boolean;
  readonly performance: number;
  readonly revisions: number;
  readonly events: number;
  readonly deadLetters: number;
  readonly latestDay: string | null;
  readonly lastObservedAt: string | null;
  /** Hours since it was last heard of; null if never. */
  readonly quietHours: number | null;
  /** What to look after, for a person. */
  readonly warnings: readonly string[];
}

/** What each source has brought. */
export const sources: Command = {
  name: "sources",
  about:
    "sources, how fresh they are, what they brought, and what to look after",
  operands: [],
  options: { ...TENANT, "json!": "print JSON" },
  run: (scope, _operands, options) =>
    withEngine(scope, (opened) => show(scope, opened, options)),
};

async function show(
  { terminal }: CommandScope,
  opened: Opened,
  options: Options,
): Promise<number> {
  const overview = await overviewOf(opened, tenantOption(options));
  if (options.json) {
    terminal.line(JSON.stringify(overview, null, 2));
    return 0;
  }
  printTable(
    [
      { heading: "source" },
      { heading: "connector" },
      { heading: "rows", numeric: true },
      { heading: "revisions", numeric: true },
      { heading: "events", numeric: true },
      { heading: "dead letters", numeric: true },
      { heading: "latest day" },
      { heading: "last heard of" },
    ],
    overview.map((one) => [
      one.source,
      one.connector,
      String(one.performance),
      String(one.revisions),
      String(one.events),
      String(one.deadLetters),
      one.latestDay ?? "none",
      one.lastObservedAt ?? "never",
    ]),
  ).forEach(terminal.line);
  for (const { source, warnings } of overview) {
    for (const warning of warnings) terminal.line(`${source}: ${warning}`);
  }
  return 0;
}

async function overviewOf(
  { engine, stores, clock, connectors }: Opened,
  tenant: string,
): Promise<SourceOverview[]> {
  const counts = new Map(
    (await stores.signals.count(tenant)).map((one) => [one.source, one]),
  );
  const latest = new Map(
    (await stores.signals.freshness())
      .filter((one) => one.tenant === tenant)
      .map((one) => [one.source, one.latestDay]),
  );
  const configured = new Map(
    engine.configured(tenant).map((one) => [one.source, one.connector]),
  );
  const names = [...new Set([...configured.keys(), ...counts.keys()])].sort();
  return names.map((source) => {
    const count = counts.get(source) ?? null;
    const connector = configured.get(source) ?? count?.connector ?? "";
    const known = connectors.find(({ name }) => name === connector) ?? null;
    return describe({
      source,
      connector,
      configured: configured.has(source),
      count,
      latestDay: latest.get(source) ?? null,
      now: clock.now(),
      known,
    });
  });
}

function describe(
  { source, connector, configured, count, latestDay, now, known }: {
    readonly source: string;
    readonly connector: string;
    readonly configured: boolean;
    readonly count: SignalCounts | null;
    readonly latestDay: string | null;
    readonly now: string;
    readonly known: Connector | null;
  },
): SourceOverview {
  const lastObservedAt = count?.lastObservedAt ?? null;
  const letters = Object.values(count?.deadLetters ?? {})
    .reduce((sum, one) => sum + one, 0);
  const quietMs = lastObservedAt === null
    ? null
    : Date.parse(now) - Date.parse(lastObservedAt);
  return {
    source,
    connector,
    configured,
    performance: count?.performance ?? 0,
    revisions: count?.revisions ?? 0,
    events: count?.events ?? 0,
    deadLetters: letters,
    latestDay,
    lastObservedAt,
    quietHours: quietMs === null
      ? null
      : Math.round(quietMs / HOUR_MS * 10) / 10,
    warnings: [
      ...sunsetWarnings(known, now.slice(0, 10)),
      ...letters > 0
        ? [`${letters} dead letters wait; see moe dead-letters`]
        : [],
    ],
  };
}

/**
 * Warns of a vendor's API that ends.
 *
 * @param connector Which declares the day.
 * @param today The present day.
 * @returns A sentence from 90 days before, and another from 30.
 */
export function sunsetWarnings(
  connector: Pick<Connector, "vendorApi"> | null,
  today: string,
): string[] {
  const api = connector?.vendorApi;
  if (!api) return [];
  const left = countDays({ from: today, until: api.sunset });
  if (left <= 0) return [`API ${api.version} ended on ${api.sunset}`];
  const [early, late] = SUNSET_DAYS;
  if (left > early) return [];
  const urgency = left <= late ? "is about to end" : "will end";
  return [`API ${api.version} ${urgency} on ${api.sunset}, in ${left} days`];
}
