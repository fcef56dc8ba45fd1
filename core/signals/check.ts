/**
 * What a signal must be before it is kept. Plugins are not believed: whatever
 * they emit is checked member by member, and what does not hold is named.
 *
 * @module
 */
import { isDay, isZone } from "../domain/day.ts";
import { isEntityId, isEntityType } from "../domain/entity.ts";
import { isCurrency } from "../domain/money.ts";
import { METRICS } from "../domain/signal.ts";

/** Why something cannot be kept: stable name, and a sentence without the value. */
export interface Problem {
  readonly reason: string;
  readonly detail: string;
}

type Members = Readonly<Record<string, unknown>>;

const MAX_TEXT = 8_192;
const MAX_NAME = 100;
const MAX_PROPERTIES = 200;
/** Characters of all properties: what is streamed must fit a message. */
const MAX_PROPERTIES_SIZE = 200_000;
const MAX_PERIOD_DAYS = 366;
const INT64 = 2n ** 63n;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const YEARS = ["1970", "2200"] as const;

/**
 * Checks what a plugin emitted as a signal.
 *
 * @param signal Anything.
 * @param emits Grains that the plugin declared.
 * @returns Null for a good signal, else the first problem found.
 */
export function findProblem(
  signal: unknown,
  emits: readonly string[],
): Problem | null {
  if (!isMembers(signal)) {
    return problem("signal_malformed", "A signal must be an object");
  }
  const { grain } = signal;
  if (grain !== "performance" && grain !== "event") {
    return problem("grain_invalid", "grain must be performance or event");
  }
  if (!emits.includes(grain)) {
    return problem("grain_undeclared", `The connector does not emit ${grain}`);
  }
  return entitiesProblem(signal.entities) ??
    (grain === "event" ? eventProblem(signal) : performanceProblem(signal));
}

function performanceProblem(signal: Members): Problem | null {
  const { report, level, entities, day, periodDays, zone, currency } = signal;
  if (!isName(report)) return problem("report_invalid", "report must be text");
  if (typeof level !== "string" || !isEntityType(level)) {
    return problem("level_invalid", "level must be an entity type");
  }
  if ((entities as Members)[level] === undefined) {
    return problem("id_invalid", `entities.${level} is missing at that level`);
  }
  if (typeof day !== "string" || !isDay(day) || !isInEra(day)) {
    return problem("day_invalid", "day must be YYYY-MM-DD, 1970 to 2199");
  }
  if (!isPeriod(periodDays)) {
    return problem("period_invalid", "periodDays must be 1 to 366");
  }
  if (typeof zone !== "string" || !isZone(zone)) {
    return problem("zone_invalid", "zone must be an IANA time zone");
  }
  if (typeof currency !== "string" || !isCurrency(currency)) {
    return problem("currency_invalid", "currency must be an ISO 4217 code");
  }
  if (typeof signal.attribution !== "string" || !isText(signal.attribution)) {
    return problem("attribution_invalid", "attribution must be text");
  }
  const { record } = signal;
  if (record !== undefined && (typeof record !== "string" || !isId(record))) {
    return problem("record_invalid", "record must be 1 to 200 characters");
  }
  return breakdownsProblem(signal.breakdowns) ?? metricsProblem(signal.metrics);
}

function eventProblem(signal: Members): Problem | null {
  const { eventId, type, occurredAt, valueMicros, currency } = signal;
  if (typeof eventId !== "string" || !isId(eventId)) {
    return problem("event_id_invalid", "eventId must be 1 to 200 characters");
  }
  if (!isName(type)) return problem("type_invalid", "type must be text");
  if (!isInstant(occurredAt)) {
    return problem("instant_invalid", "occurredAt must be an instant in UTC");
  }
  if (valueMicros !== null && !isInt64(valueMicros)) {
    return problem("number_invalid", "valueMicros must be whole micros");
  }
  const coded = typeof currency === "string" && isCurrency(currency);
  if (valueMicros === null ? currency !== null && !coded : !coded) {
    return problem("currency_invalid", "A value needs an ISO 4217 currency");
  }
  return propertiesProblem(signal.properties) ??
    consentProblem(signal.consent);
}

function consentProblem(consent: unknown): Problem | null {
  if (consent === undefined) return null;
  const good = isMembers(consent) &&
    Object.keys(consent).length <= MAX_PROPERTIES &&
    Object.entries(consent).every(([purpose, given]) =>
      isName(purpose) && typeof given === "boolean"
    );
  return good
    ? null
    : problem("consent_invalid", "consent must be true or false by purpose");
}

function entitiesProblem(entities: unknown): Problem | null {
  if (!isMembers(entities)) {
    return problem("id_invalid", "entities must be ids by entity type");
  }
  for (const [type, id] of Object.entries(entities)) {
    if (!isEntityType(type) || type === "tenant") {
      return problem("id_invalid", "entities has an unknown entity type");
    }
    if (typeof id !== "string" || !isId(id)) {
      return problem("id_invalid", `entities.${type} is not an id`);
    }
  }
  return null;
}

function metricsProblem(metrics: unknown): Problem | null {
  if (!isMembers(metrics)) {
    return problem("metric_invalid", "metrics must be numbers by name");
  }
  for (const [name, total] of Object.entries(metrics)) {
    if (!Object.hasOwn(METRICS, name)) {
      return problem("metric_unknown", "metrics has a name that is no metric");
    }
    if (!isInt64(total)) {
      return problem("number_invalid", `metrics.${name} must be whole`);
    }
    if (total < 0n && METRICS[name as keyof typeof METRICS] === "count") {
      return problem("count_negative", `metrics.${name} is below zero`);
    }
  }
  return null;
}

function breakdownsProblem(breakdowns: unknown): Problem | null {
  if (!isMembers(breakdowns)) {
    return problem("breakdown_invalid", "breakdowns must be texts by name");
  }
  for (const [name, value] of Object.entries(breakdowns)) {
    if (!isName(name) || typeof value !== "string" || !isText(value)) {
      return problem("breakdown_invalid", "breakdowns must be texts by name");
    }
  }
  return null;
}

function propertiesProblem(properties: unknown): Problem | null {
  if (!isMembers(properties)) {
    return problem("property_invalid", "properties must be values by name");
  }
  const entries = Object.entries(properties);
  if (entries.length > MAX_PROPERTIES) {
    return problem(
      "property_invalid",
      `More than ${MAX_PROPERTIES} properties`,
    );
  }
  let size = 0;
  for (const [name, value] of entries) {
    if (!isName(name) || !isScalar(value)) {
      return problem("property_invalid", "A property must be a plain value");
    }
    size += name.length + (typeof value === "string" ? value.length : 8);
  }
  return size > MAX_PROPERTIES_SIZE
    ? problem(
      "properties_too_large",
      `More than ${MAX_PROPERTIES_SIZE} characters of properties`,
    )
    : null;
}

function problem(reason: string, detail: string): Problem {
  return { reason, detail };
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): boolean {
  if (typeof value === "string") return isText(value);
  return value === null || typeof value === "boolean" ||
    (typeof value === "number" && Number.isFinite(value));
}

function isText(value: string): boolean {
  return value.length <= MAX_TEXT && !value.includes("\0") &&
    value.isWellFormed();
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value.length <= MAX_NAME && isId(value);
}

function isId(value: string): boolean {
  return isEntityId(value) && value.isWellFormed();
}

function isInt64(value: unknown): value is bigint {
  return typeof value === "bigint" && value >= -INT64 && value < INT64;
}

function isPeriod(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 &&
    Number(value) <= MAX_PERIOD_DAYS;
}

function isInstant(value: unknown): boolean {
  return typeof value === "string" && INSTANT.test(value) && isInEra(value) &&
    !Number.isNaN(Date.parse(value)) && isDay(value.slice(0, 10));
}

function isInEra(time: string): boolean {
  return time >= YEARS[0] && time < YEARS[1];
}
