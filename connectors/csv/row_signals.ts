/**
 * Rows to signals: a mapping, made once into readers for the columns of a file.
 *
 * @module
 */
import { holdsEmail, isCurrency, isEntityId } from "@moe/plugin";
import type {
  EntityIds,
  EventSignal,
  Metric,
  Metrics,
  PerformanceSignal,
  Scalar,
  Signal,
} from "@moe/plugin";
import { openColumns } from "./columns.ts";
import {
  inside,
  type Place,
  type Read,
  readCondition,
  readDay,
  readMoment,
  readProperty,
  readQuantity,
  readTemplate,
  required,
  RowFault,
} from "./fields.ts";
import {
  type EventMapping,
  type Mapping,
  mappingInvalid,
  type PerformanceMapping,
} from "./mapping.ts";

/**
 * Makes the reader of a file's rows.
 *
 * @param mapping How the file is read.
 * @param header Its first record.
 * @returns All signals of a row; throws a RowFault if one of them cannot be read.
 * @throws {EngineError} `mapping_invalid` naming columns that the file does not have.
 */
export function compileMapping(
  mapping: Mapping,
  header: readonly string[],
): Read<readonly Signal[]> {
  const columns = openColumns(header);
  const nulls = new Set(mapping.nulls);
  const readers = mapping.signals.map((signal, at) => {
    const place = { columns, nulls, path: `mapping.signals.${at}` };
    const read = signal.grain === "event"
      ? readEvent(signal, place)
      : readPerformance(signal, place);
    return onlyWhen(signal.when, read, place);
  });
  if (columns.faults.length > 0) throw mappingInvalid(columns.faults);
  return (row) =>
    readers.map((read) => read(row)).filter((one) => one !== null);
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
  const day = readDay(mapping.day, inside(place, "day"));
  const currency = readCurrency(mapping.currency, inside(place, "currency"));
  const breakdowns = readTexts(mapping.breakdowns, inside(place, "breakdowns"));
  const metrics = readMetrics(mapping.metrics, inside(place, "metrics"));
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
    };
  };
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
    if (isEntityId(id) && !holdsEmail(id)) return id;
    if (isEntityId(id)) throw personal(place);
    throw new RowFault(
      "id_invalid",
      `${place.path}: expected 1 to 200 characters, no control characters`,
    );
  };
}

function personal({ path }: Place): RowFault {
  return new RowFault(
    "personal_data_refused",
    `${path}: an e-mail address; use a pseudonymous id`,
  );
}

function readCurrency(template: string, place: Place): Read<string> {
  const read = required(readTemplate(template, place), place.path);
  return (row) => {
    const code = read(row);
    if (isCurrency(code)) return code;
    throw new RowFault(
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
    for (const [name, read] of readers) {
      const value = read(row);
      if (typeof value === "string" && holdsEmail(value)) {
        throw personal(inside(place, name));
      }
      properties[name] = value;
    }
    return properties;
  };
}
