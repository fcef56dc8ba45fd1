/**
 * What one batch of the outbox changed, as messages: read from the signals
 * themselves, which keep every revision.
 *
 * @module
 */
import type { EventSignal, Metrics, Scalar } from "../domain/signal.ts";
import type { Maturity } from "../ports/signals.ts";
import type {
  EventMessage,
  PerformanceMessage,
  StreamMessage,
} from "../ports/stream.ts";
import { VANISHED } from "./performance_revisions.ts";
import { idsOf, metricsOf, toSignal } from "./performance_rows.ts";
import { METRIC_COLUMNS } from "./signal_columns.ts";
import type { Row, Session } from "./sql.ts";

/** A batch of the outbox that has its position. */
export interface Entry {
  readonly position: bigint;
  readonly tenant: string;
  readonly source: string;
  readonly batch: bigint;
  readonly connector: string;
  readonly observedAt: string;
  readonly events: number;
  readonly performance: number;
}

/** Reads the messages of a batch: totals first, then events. */
export async function readMessages(
  sql: Session,
  entry: Entry,
): Promise<StreamMessage[]> {
  const { tenant, source, batch } = entry;
  const params = [tenant, source, batch];
  const performance = entry.performance === 0
    ? []
    : await sql.query(CHANGED_ROWS, params);
  const events = entry.events === 0 ? [] : await sql.query(NEW_EVENTS, params);
  return [
    ...performance.flatMap((row) => toPerformance(entry, row)),
    ...events.map((row) => toEvent(entry, row)),
  ];
}

function originOf(entry: Entry, ...what: readonly string[]) {
  const { tenant, source, connector, observedAt, batch } = entry;
  const id = [tenant, source, String(batch), ...what]
    .map(encodeURIComponent).join("/");
  return { id, tenant, source, connector, observedAt };
}

/** One message, or two if the row is counted in another currency or zone than before. */
function toPerformance(entry: Entry, row: Row): PerformanceMessage[] {
  const { metrics: after, ...dimensions } = toSignal(row);
  const rowKey = String(row.row_key);
  const kept = {
    kind: "performance",
    rowKey,
    revision: Number(row.revision),
    maturity: String(row.maturity) as Maturity,
  } as const;
  const told = {
    ...originOf(entry, "row", rowKey),
    ...kept,
    row: dimensions,
    after,
  };
  const first = { ...told, change: "new", before: null } as const;
  if (row.before_revision === null) return [first];
  const before = metricsOf(row, "before_");
  const zone = String(row.before_zone);
  const currency = String(row.before_currency);
  if (zone === dimensions.zone && currency === dimensions.currency) {
    const vanished = row.content_hash === VANISHED;
    return [{ ...told, change: vanished ? "vanished" : "restated", before }];
  }
  return [{
    ...originOf(entry, "row", rowKey, "before"),
    ...kept,
    change: "vanished",
    row: { ...dimensions, zone, currency },
    before,
    after: zeros(before),
  }, first];
}

function zeros(metrics: Metrics): Metrics {
  return Object.fromEntries(
    Object.keys(metrics).map((metric) => [metric, 0n]),
  );
}

function toEvent(entry: Entry, row: Row): EventMessage {
  const event: EventSignal = {
    grain: "event",
    eventId: String(row.event_id),
    type: String(row.type),
    occurredAt: String(row.occurred_at),
    entities: idsOf(row),
    valueMicros: row.value_micros as bigint | null,
    currency: row.currency as string | null,
    properties: row.properties as Record<string, Scalar>,
    ...(row.consent !== null && {
      consent: row.consent as Record<string, boolean>,
    }),
  };
  return { ...originOf(entry, "event", event.eventId), kind: "event", event };
}

const CHANGED_ROWS = `
  select s.*, b.revision as before_revision, b.zone as before_zone,
    b.currency as before_currency,
    ${METRIC_COLUMNS.map((name) => `b.${name} as before_${name}`).join(", ")}
  from performance s
  left join performance b on b.tenant = s.tenant and b.row_key = s.row_key
    and b.revision = s.revision - 1
  where s.tenant = $1 and s.source = $2 and s.batch = $3::int8
  order by s.day, s.row_key, s.revision`;

const NEW_EVENTS = `
  select * from event
  where tenant = $1 and source = $2 and batch = $3::int8
  order by occurred_at, event_id`;
