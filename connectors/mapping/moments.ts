/**
 * Readers of days and moments, made once for a file or stream.
 *
 * @module
 */
import { isDay, localTime, parseInstant, RecordFault } from "@moe/plugin";
import type { Day, Instant } from "@moe/plugin";
import { type Place, type Read, readColumn, required } from "./fields.ts";
import type { Moment } from "./mapping.ts";

/** A day as its pattern says, or the local day of a moment (`iso`, `unix_…`). */
export function readDay(
  { column, format, zone }: {
    readonly column: string;
    readonly format: string;
    /** Where a moment's day is counted. */
    readonly zone: string;
  },
  place: Place,
): Read<Day> {
  const read = required(readColumn(column, place), place.path);
  const match = momentFormat(format, place);
  const local = format === "iso" || UNITS.has(format);
  return (row) => {
    const moment = match(read(row));
    if (moment === null) throw dayInvalid(place.path, format);
    return local ? localTime(moment, zone).day : moment.slice(0, 10);
  };
}

/** Milliseconds in one unit of a count since 1970. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ["unix_seconds", 1000],
  ["unix_millis", 1],
]);

/** A moment: constant, ISO 8601, seconds or milliseconds since 1970, or a pattern in UTC. */
export function readMoment(moment: Moment, place: Place): Read<Instant> {
  const plusMs = moment.plusSeconds * 1000;
  if ("at" in moment) {
    const fixed = shift(parseInstant(moment.at), plusMs);
    return () => fixed;
  }
  const read = required(readColumn(moment.column, place), place.path);
  const match = momentFormat(moment.format, place);
  return (row) => {
    const at = match(read(row));
    if (at === null) throw dayInvalid(place.path, moment.format);
    return shift(at, plusMs);
  };
}

type Match = (text: string) => Instant | null;

function momentFormat(format: string, place: Place): Match {
  if (format === "iso") return (text) => attempt(() => parseInstant(text));
  const unit = UNITS.get(format);
  if (unit === undefined) return readPattern(format, place);
  return (text) =>
    /^\d{1,13}(\.\d+)?$/.test(text)
      ? attempt(() => parseInstant(Math.round(Number(text) * unit)))
      : null;
}

const PARTS = {
  YYYY: "\\d{4}",
  MM: "\\d{1,2}",
  DD: "\\d{1,2}",
  HH: "\\d{1,2}",
  mm: "\\d{2}",
  ss: "\\d{2}(?:\\.\\d{1,9})?",
} as const;

function readPattern(format: string, place: Place): Match {
  const pattern = toPattern(format);
  const whole = ["YYYY", "MM", "DD"].every((part) => format.includes(part));
  if (!whole) {
    place.columns.faults.push(
      `${place.path}.format: expected YYYY, MM and DD in it, as in YYYY-MM-DD`,
    );
  }
  return (text) => {
    const parts = pattern.exec(text)?.groups;
    if (!parts) return null;
    const { YYYY = "", MM = "", DD = "", HH = "0", mm = "0", ss = "0" } = parts;
    const day = `${YYYY}-${pad(MM)}-${pad(DD)}`;
    const time = `${pad(HH)}:${pad(mm)}:${pad(ss)}`;
    return isDay(day) ? attempt(() => parseInstant(`${day}T${time}Z`)) : null;
  };
}

function toPattern(format: string): RegExp {
  const pieces = format.split(/(YYYY|MM|DD|HH|mm|ss)/).map((piece) =>
    Object.hasOwn(PARTS, piece)
      ? `(?<${piece}>${PARTS[piece as keyof typeof PARTS]})`
      : piece.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")
  );
  return new RegExp(`^${pieces.join("")}$`);
}

function pad(part: string): string {
  return part.padStart(2, "0");
}

function shift(at: Instant, plusMs: number): Instant {
  return plusMs === 0 ? at : parseInstant(Date.parse(at) + plusMs);
}

function attempt(run: () => Instant): Instant | null {
  try {
    const at = run();
    return at >= "1970" && at < "2200" ? at : null;
  } catch {
    return null;
  }
}

function dayInvalid(path: string, format: string): RecordFault {
  return new RecordFault("day_invalid", `${path}: not a moment as ${format}`);
}
