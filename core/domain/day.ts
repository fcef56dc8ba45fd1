/**
 * Days and instants. A day is `YYYY-MM-DD`; an instant is ISO 8601 in UTC with
 * milliseconds, `2026-01-31T09:00:00.000Z`, so that text order is time order.
 * Ranges are half-open: `from` is in, `until` is out.
 *
 * @module
 */

/** A calendar day, `YYYY-MM-DD`. */
export type Day = string;

/** A moment: ISO 8601, UTC, milliseconds, `Z`. */
export type Instant = string;

/** Days from `from` (in) to `until` (out). */
export interface DayRange {
  /** First day. */
  readonly from: Day;
  /** The day after the last. */
  readonly until: Day;
}

/** Milliseconds in a day of 24 hours. */
export const DAY_MS = 86_400_000;

/**
 * Whether a text is a real calendar day.
 *
 * @param text Any text.
 * @returns False for `2026-02-30`.
 */
export function isDay(text: string): text is Day {
  if (!/^(?!0000)\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00.000Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/**
 * Normalises a moment.
 *
 * @param text ISO 8601 with a zone, or milliseconds since 1970.
 * @returns The instant in UTC.
 * @throws {SyntaxError} If it is not a moment or names no zone.
 */
export function parseInstant(text: string | number): Instant {
  const zoned = typeof text === "number" ||
    /T.*(?:Z|[+-]\d{2}:?\d{2})$/i.test(text);
  const at = new Date(text);
  if (!zoned || Number.isNaN(at.getTime())) {
    throw new SyntaxError(
      "Cannot read instant: expected ISO 8601 with a zone, such as 2026-01-31T09:00:00Z",
    );
  }
  return at.toISOString();
}

/**
 * Prints moments of which the same is asked for again and again: each is printed once.
 *
 * @returns What prints the moment of so many milliseconds since 1970.
 * @example
 * ```ts
 * import { createInstantPrinter } from "./day.ts";
 * import assert from "node:assert/strict";
 * const print = createInstantPrinter();
 * assert.equal(print(0), "1970-01-01T00:00:00.000Z");
 * ```
 */
export function createInstantPrinter(): (ms: number) => Instant {
  let printedMs = NaN;
  let printed = "";
  return (ms) => {
    if (ms !== printedMs) {
      printed = new Date(ms).toISOString();
      printedMs = ms;
    }
    return printed;
  };
}

/**
 * Reads moments of which the same is asked for again and again: each is read once.
 *
 * @returns What reads an instant, in milliseconds since 1970; NaN for what is none.
 * @example
 * ```ts
 * import { createInstantReader } from "./day.ts";
 * import assert from "node:assert/strict";
 * const read = createInstantReader();
 * assert.equal(read("1970-01-01T00:00:01.000Z"), 1000);
 * ```
 */
export function createInstantReader(): (at: Instant) => number {
  let known: Instant | null = null;
  let knownMs = NaN;
  return (at) => {
    if (at !== known) {
      knownMs = Date.parse(at);
      known = at;
    }
    return knownMs;
  };
}

/**
 * Whether a text is an instant as the engine writes it: instants compare as texts then.
 *
 * @param text Any text.
 * @returns True for `YYYY-MM-DDThh:mm:ss.sssZ`, of the years 1 to 9999.
 */
export function isInstant(text: string): text is Instant {
  const at = new Date(text);
  return /^(?!0000)\d{4}-/.test(text) && !Number.isNaN(at.getTime()) &&
    at.toISOString() === text;
}

/**
 * Moves a day.
 *
 * @param day The day.
 * @param days How many days later; negative for earlier.
 * @returns The moved day.
 */
export function addDays(day: Day, days: number): Day {
  const at = Date.parse(`${day}T00:00:00.000Z`) + days * DAY_MS;
  return new Date(at).toISOString().slice(0, 10);
}

/**
 * Counts days.
 *
 * @param range Half-open range.
 * @returns Days from `from` to `until`; negative when reversed.
 */
export function countDays({ from, until }: DayRange): number {
  return Math.round((Date.parse(until) - Date.parse(from)) / DAY_MS);
}

/**
 * First moment of a UTC day.
 *
 * @param day The day.
 * @returns Its midnight in UTC.
 */
export function startOfDay(day: Day): Instant {
  return `${day}T00:00:00.000Z`;
}

/** Where a moment falls on the wall clock of a zone. */
export interface LocalTime {
  /** Local calendar day. */
  readonly day: Day;
  /** Minutes since local midnight, 0 to 1439. */
  readonly minute: number;
  /** 0 is Sunday, 6 is Saturday. */
  readonly weekday: number;
}

/** More than there are zones; spellings in other cases are not kept for ever. */
const MAX_FORMATS = 1000;

const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * Reads the wall clock of a zone.
 *
 * @param at The moment.
 * @param zone IANA name, such as `Europe/Berlin`.
 * @returns Local day, minute and weekday.
 * @throws {RangeError} If the zone is unknown.
 */
export function localTime(at: Instant, zone: string): LocalTime {
  const parts = Object.fromEntries(
    zoneFormat(zone).formatToParts(new Date(at))
      .map(({ type, value }) => [type, value]),
  );
  const day = `${parts.year}-${parts.month}-${parts.day}`;
  return {
    day,
    minute: Number(parts.hour) * 60 + Number(parts.minute),
    weekday: new Date(startOfDay(day)).getUTCDay(),
  };
}

/**
 * Whether a text names a time zone.
 *
 * @param zone IANA name.
 * @returns True if this runtime knows it.
 */
export function isZone(zone: string): boolean {
  try {
    zoneFormat(zone);
    return true;
  } catch {
    return false;
  }
}

function zoneFormat(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  if (formats.size >= MAX_FORMATS) formats.clear();
  formats.set(zone, made);
  return made;
}
