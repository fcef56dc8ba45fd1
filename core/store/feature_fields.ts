/**
 * What a signal says, as SQL: its moment, and its fields as numbers, text and JSON.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { FeatureView, SignalField } from "../domain/feature.ts";
import { DECIMAL } from "../domain/scalar.ts";
import { type Metric, METRICS } from "../domain/signal.ts";
import type { Moments } from "./feature_moments.ts";
import type { Statement } from "./statement.ts";

/** How the signals of a grain are kept, in a relation named `s`. */
export interface Grain {
  readonly table: "event" | "performance";
  /** Column that orders signals in time: a moment or a day. */
  readonly time: string;
  /** Column that names a signal within its source. */
  readonly key: string;
  /** A bound of that column, from the moment that many milliseconds before the end. */
  bound(at: Moments, ms: number): string;
  /** The moment of a value of that column. */
  moment(time: string): string;
}

const EVENTS: Grain = {
  table: "event",
  time: "s.occurred_at",
  key: "s.event_id",
  bound: (at, ms) => at.before(ms),
  moment: (time) => time,
};

/** A day is in a window when its start is, so bounds are whole days as well. */
const TOTALS: Grain = {
  table: "performance",
  time: "s.day",
  key: "s.row_key",
  bound: (at, ms) => at.firstDay(ms),
  moment: (day) => `((${day})::timestamp at time zone 'UTC')`,
};

/**
 * How the signals of a view are kept.
 *
 * @throws {EngineError} `view_invalid` if it has none.
 */
export function grainOf(view: FeatureView): Grain {
  switch (view.source.grain) {
    case "event":
      return EVENTS;
    case "performance":
      return TOTALS;
    default:
      throw unreadable(view, "it reads no signals");
  }
}

/**
 * A field as a number, of any exact type; null where it is none. What JSON has as a
 * number is compared with what the text of a decimal may be, which takes half the time
 * of reading the text.
 */
export function numberSql(
  view: FeatureView,
  field: SignalField,
  { typed }: Statement,
): string {
  if (!field.startsWith("properties.")) return columnSql(view, field);
  const name = propertyName(view, field, typed);
  const [json, text] = [
    `(s.properties -> ${name})`,
    `(s.properties ->> ${name})`,
  ];
  return `case jsonb_typeof(${json})
    when 'number' then case when abs(${json}::numeric) < 1e30
      and scale(${json}::numeric) <= 30 then ${json}::numeric end
    when 'string' then case when ${text} ~ '${DECIMAL}'
      then ${text}::numeric end end`;
}

/** A field as JSON: a number or text; truth values as text, null where it is none. */
export function scalarSql(
  view: FeatureView,
  field: SignalField,
  { typed }: Statement,
): string {
  if (!field.startsWith("properties.")) {
    return `to_jsonb(${columnSql(view, field)})`;
  }
  const name = propertyName(view, field, typed);
  return `case jsonb_typeof(s.properties -> ${name})
    when 'number' then s.properties -> ${name}
    when 'string' then s.properties -> ${name}
    when 'boolean' then to_jsonb(s.properties ->> ${name}) end`;
}

/** The first 52 bits of the MD5 of a field's text, int8. */
export function hashSql(
  view: FeatureView,
  field: SignalField,
  { typed }: Statement,
): string {
  const text = field.startsWith("properties.")
    ? `s.properties ->> ${propertyName(view, field, typed)}`
    : `${columnSql(view, field)}::text`;
  return `('x' || left(md5(${text}), 13))::bit(52)::int8`;
}

function propertyName(
  view: FeatureView,
  field: SignalField,
  typed: Statement["typed"],
): string {
  if (view.source.grain !== "event") {
    throw unreadable(view, "only events have properties");
  }
  return typed(field.slice("properties.".length), "text");
}

function columnSql(view: FeatureView, field: SignalField): string {
  const known = view.source.grain === "event"
    ? field === "value_micros"
    : Object.hasOwn(METRICS, field);
  if (!known) throw unreadable(view, `its signals have no "${field}"`);
  return `s.${field as Metric | "value_micros"}`;
}

/** That a view asks for what its signals do not have. */
export function unreadable(
  { name }: Pick<FeatureView, "name">,
  reason: string,
): EngineError {
  return new EngineError(
    "view_invalid",
    `Cannot compute feature view "${name}": ${reason}`,
  );
}
