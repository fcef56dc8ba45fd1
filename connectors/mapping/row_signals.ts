/**
 * Rows to signals: a mapping, made once into readers for the columns of a file.
 *
 * @module
 */
import { isCurrency, isEntityId, RecordFault } from "@moe/plugin";
import type {
  DayRange,
  EntityIds,
  EventSignal,
  Metric,
  Metrics,
  PerformanceSignal,
  Scalar,
  Signal,
} from "@moe/plugin";
import type { Columns } from "./columns.ts";
import {
  inside,
  type Place,
  type Read,
  readCondition,
  readProperty,
  readQuantity,
  readTemplate,
  required,
} from "./fields.ts";
import {
  type EventMapping,
  mappingInvalid,
  type PerformanceMapping,
  type SignalMapping,
} from "./mapping.ts";
import { readDay, readMoment } from "./moments.ts";

/** What a mapping says of each row. */
export interface RowMapping {
  /** Texts that mean "no value". */
  readonly nulls: readonly string[];
  /** The signals in a row. */
  readonly signals: readonly SignalMapping[];
}

/**
 * Makes the reader of the rows of a file or stream.
 *
 * @param mapping How they are read.
 * @param columns Where its columns are.
 * @param path Path of the mapping, for messages.
 * @returns All signals of a row; throws a `RecordFault` if one of them cannot be read.
 * @throws {EngineError} `mapping_invalid` naming columns that there are not.
 */
export function compileMapping(
  mapping: RowMapping,
  columns: Columns,
  path: string,
): Read<readonly Signal[]> {
  const nulls = new Set(mapping.nulls);
  const readers = mapping.signals.map((signal, at) => {
    const place = { columns, nulls, path: `${path}.signals.${at}` };
    const read = signal.grain === "event"
      ? readEvent(signal, place)
      : readPerformance(signal, place);
    return onlyWhen(signal.when, read, place);
  });
  if (columns.faults.length > 0) throw mappingInvalid(columns.faults);
  return (row) =>
    readers.map((read) => read(row)).filter((one) => one !== null);
}

/**
 * Whether a signal is of the days asked for.
 *
 * @param signal Its day, or for an event the day in UTC.
 * @param range Days asked for; null for all.
 * @returns True if it is.
 */
export function isInRange(signal: Signal, range: DayRange | null): boolean {
  const day = signal.grain === "event"
    ? signal.occurredAt.slice(0, 10)
    : signal.day;
  return range === null || (day >= range.from && day < range.until);
}

function onlyWhen(
  when: PerformanceMapping["when"],
  read: Read<Signal | null>,
  place: Place,
): Read<Signal | null> {
  const conditions = when.map((condition, at) =>
    readCondition(condition, inside(place, `when.${at}`))
  );
  return (row) => conditions.every((holds) => holds(row)) ? read(row) : null;
}

function readPerformance(
  mapping: PerformanceMapping,
  place: Place,
): Read<PerformanceSignal | null> {
  const { report, level, periodDays, zone, attribution } = mapping;
  const entities = readEntities(mapping.entities, inside(place, "entities"));
  const day = readDay({ ...mapping.day, zone }, inside(place, "day"));
  const currency = readCurrency(mapping.currency, inside(place, "currency"));
  const breakdowns = readTexts(mapping.breakdowns, inside(place, "breakdowns"));
  const metrics = readMetrics(mapping.metrics, inside(place, "metrics"));
  const record = readRecord(mapping.record, inside(place, "record"));
  if (mapping.entities[level] === undefined) {
    place.columns.faults.push(
      `${place.path}.entities: name the ${level}, which is the level`,
    );
  }
  return (row) => {
    const totals = metrics(row);
    if (Object.keys(totals).length === 0) return null;
    return {
      grain: "performance",
      report,
      level,
      entities: entities(row),
      day: day(row),
      periodDays,
      zone,
      currency: currency(row),
      breakdowns: breakdowns(row),
      attribution,
      metrics: totals,
      ...record(row),
    };
  };
}

type RecordName = Pick<PerformanceSignal, "record">;

function readRecord(
  template: string | undefined,
  place: Place,
): Read<RecordName> {
  if (template === undefined) return () => ({});
  const read = readId(template, place);
  return (row) => ({ record: read(row) });
}

function readEvent(mapping: EventMapping, place: Place): Read<EventSignal> {
  const eventId = readId(mapping.eventId, inside(place, "eventId"));
  const type = readId(mapping.type, inside(place, "type"));
  const occurredAt = readMoment(
    mapping.occurredAt,
    inside(place, "occurredAt"),
  );
  const entities = readEntities(mapping.entities, inside(place, "entities"));
  const value = readValue(mapping.value, inside(place, "value"));
  const properties = readProperties(
    mapping.properties,
    inside(place, "properties"),
  );
  return (row) => ({
    grain: "event",
    eventId: eventId(row),
    type: type(row),
    occurredAt: occurredAt(row),
    entities: entities(row),
    ...value(row),
    properties: properties(row),
  });
}

type Value = Pick<EventSignal, "valueMicros" | "currency">;

function readValue(mapping: EventMapping["value"], place: Place): Read<Value> {
  if (!mapping) return () => ({ valueMicros: null, currency: null });
  const micros = readQuantity(mapping, "value_micros", place);
  const currency = readCurrency(mapping.currency, inside(place, "currency"));
  return (row) => {
    const valueMicros = micros(row);
    return {
      valueMicros,
      currency: valueMicros === null ? null : currency(row),
    };
  };
}

function readEntities(
  mapping: Readonly<Record<string, string>>,
  place: Place,
): Read<EntityIds> {
  const readers = Object.entries(mapping).map(([type, template]) =>
    [type, readId(template, inside(place, type))] as const
  );
  return (row) => {
    const ids: Record<string, string> = {};
    for (const [type, read] of readers) ids[type] = read(row);
    return ids;
  };
}

function readId(template: string, place: Place): Read<string> {
  const read = required(readTemplate(template, place), place.path);
  return (row) => {
    const id = read(row);
    if (isEntityId(id)) return id;
    throw new RecordFault(
      "id_invalid",
      `${place.path}: expected 1 to 200 characters, no control characters`,
    );
  };
}

function readCurrency(template: string, place: Place): Read<string> {
  const read = required(readTemplate(template, place), place.path);
  return (row) => {
    const code = read(row);
    if (isCurrency(code)) return code;
    throw new RecordFault(
      "currency_invalid",
      `${place.path}: expected an ISO 4217 code, such as EUR`,
    );
  };
}

function readTexts(
  mapping: Readonly<Record<string, string>>,
  place: Place,
): Read<Readonly<Record<string, string>>> {
  const readers = Object.entries(mapping).map(([name, template]) =>
    [
      name,
      required(readTemplate(template, inside(place, name)), place.path),
    ] as const
  );
  return (row) =>
    Object.fromEntries(readers.map(([name, read]) => [name, read(row)]));
}

function readMetrics(
  mapping: PerformanceMapping["metrics"],
  place: Place,
): Read<Metrics> {
  const readers = Object.entries(mapping).map(([name, quantity]) => {
    const metric = name as Metric;
    const read = readQuantity(quantity, metric, inside(place, name));
    return [metric, read] as const;
  });
  return (row) => {
    const totals: Partial<Record<Metric, bigint>> = {};
    for (const [metric, read] of readers) {
      const total = read(row);
      if (total !== null) totals[metric] = total;
    }
    return totals;
  };
}

function readProperties(
  mapping: EventMapping["properties"],
  place: Place,
): Read<Readonly<Record<string, Scalar>>> {
  const readers = Object.entries(mapping).map(([name, property]) =>
    [name, readProperty(property, inside(place, name))] as const
  );
  return (row) => {
    const properties: Record<string, Scalar> = {};
    for (const [name, read] of readers) properties[name] = read(row);
    return properties;
  };
}
