/**
 * Signals as rows: which columns they fill, and how they travel to Postgres in bulk.
 *
 * @module
 */
import {
  ENTITY_TYPES,
  type EntityIds,
  type EntityType,
} from "../domain/entity.ts";
import { type EventSignal, METRICS } from "../domain/signal.ts";
import type { KeyedPerformance } from "../ports/signals.ts";
import type { Instant } from "../domain/day.ts";
import { printCopyRow } from "./copy_rows.ts";
import { printJson } from "./storable.ts";
import { idColumn } from "./tables/columns.ts";

/** Postgres types by name in TypeScript; a column has the same name in snake case. */
type Columns = Readonly<Record<string, string>>;

const ID_COLUMNS: Columns = Object.fromEntries(
  ENTITY_TYPES.map((type) => [idColumn(type), "text"]),
);

/** Columns that hold the metrics. */
export const METRIC_COLUMNS: readonly string[] = Object.keys(METRICS);

/** What a performance signal fills. */
export const PERFORMANCE_COLUMNS: Columns = {
  rowKey: "text",
  partitionKey: "text",
  contentHash: "text",
  report: "text",
  level: "text",
  ...ID_COLUMNS,
  day: "date",
  periodDays: "int4",
  zone: "text",
  currency: "text",
  breakdowns: "jsonb",
  attribution: "text",
  record: "text",
  maturity: "text",
  ...Object.fromEntries(METRIC_COLUMNS.map((metric) => [metric, "int8"])),
};

/** What an event fills. */
export const EVENT_COLUMNS: Columns = {
  eventId: "text",
  type: "text",
  occurredAt: "timestamptz",
  ...ID_COLUMNS,
  valueMicros: "int8",
  currency: "text",
  properties: "jsonb",
  consent: "jsonb",
};

/** Fills the columns of a performance signal; absent ones are null. */
export function performanceRow(keyed: KeyedPerformance) {
  const { signal, rowKey, partitionKey, contentHash } = keyed;
  return {
    rowKey: rowKey,
    partitionKey: partitionKey,
    contentHash: contentHash,
    report: signal.report,
    level: signal.level,
    ...idColumns(signal.entities),
    day: signal.day,
    periodDays: signal.periodDays,
    zone: signal.zone,
    currency: signal.currency,
    breakdowns: signal.breakdowns,
    attribution: signal.attribution,
    record: signal.record,
    maturity: keyed.maturity,
    ...signal.metrics,
  };
}

/** Names of the columns that {@link printEvent} fills. */
export const EVENT_COPY: readonly string[] = [
  "tenant",
  "source",
  "observed_at",
  "batch",
  ...columnNames(EVENT_COLUMNS),
];

/** What all events of a batch have in common. */
export interface EventBatch {
  readonly tenant: string;
  readonly source: string;
  readonly observedAt: Instant;
  readonly batch: number;
}

/** Prints an event as a row of {@link EVENT_COPY}. */
export function printEvent(
  signal: EventSignal,
  { tenant, source, observedAt, batch }: EventBatch,
): string {
  const { entities, consent } = signal;
  return printCopyRow([
    tenant,
    source,
    observedAt,
    batch,
    signal.eventId,
    signal.type,
    signal.occurredAt,
    ...ENTITY_TYPES.map((type) => entities[type]),
    signal.valueMicros,
    signal.currency,
    printJson(signal.properties),
    consent === undefined ? null : printJson(consent),
  ]);
}

function idColumns(entities: EntityIds): Record<string, string> {
  const columns: Record<string, string> = {};
  for (const type in entities) {
    const id = entities[type as EntityType];
    if (id !== undefined) columns[idColumn(type as EntityType)] = id;
  }
  return columns;
}

/** Names of the columns in Postgres. */
export function columnNames(columns: Columns): string[] {
  return Object.keys(columns).map((name) =>
    name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`)
  );
}

/** `select` list of {@link recordset}, in the order of {@link columnNames}. */
export function givenColumns(columns: Columns): string {
  return Object.keys(columns).map((name) => `given."${name}"`).join(", ");
}

/** `jsonb_to_recordset` of a parameter, as a table of these columns. */
export function recordset(parameter: string, columns: Columns): string {
  const typed = Object.entries(columns)
    .map(([name, type]) => `"${name}" ${type}`);
  return `jsonb_to_recordset(${parameter}::jsonb) as given(${
    typed.join(", ")
  })`;
}

/** Prints rows for {@link recordset}; bigints as their digits. */
export function printRows(rows: readonly unknown[]): string {
  return printJson(
    rows,
    (_, member) => typeof member === "bigint" ? String(member) : member,
  );
}
