/**
 * Rows of a table as one regular series for each geography, checked before anything
 * is learnt from them.
 *
 * @module
 */
import {
  countDays,
  type Day,
  EngineError,
  isDay,
  suggestName,
} from "@moe/plugin";
import { type ChannelSpec, isHoliday, type MixSpec } from "./spec.ts";

/** Columns of a table, all of shape [rows]. */
export interface MixRows {
  /** First day of each row's period; a time behind it is passed over. */
  readonly days: readonly string[];
  /** Geography of each row; null if there is none. */
  readonly geos: readonly string[] | null;
  /** Numbers by column; NaN is missing. */
  readonly columns: Readonly<Record<string, Float64Array>>;
}

/** One geography, all series of shape [periods], in order of time. */
export interface MixGeo {
  readonly name: string;
  readonly days: readonly Day[];
  /** Row of each period in the table. */
  readonly rows: readonly number[];
  /** NaN where unknown. */
  readonly outcome: Float64Array;
  /** Money a period, shape [channels][periods]. */
  readonly spend: readonly Float64Array[];
  /** What curves respond to, shape [channels][periods]; spend or exposure. */
  readonly input: readonly Float64Array[];
  /** Controls, then columns of events, shape [columns][periods]. */
  readonly controls: readonly Float64Array[];
}

/** All geographies. */
export interface MixPanel {
  /** Days in a period; 30 for months. */
  readonly periodDays: number;
  readonly channels: readonly string[];
  /** Names of controls, then of event columns. */
  readonly controls: readonly string[];
  readonly geos: readonly MixGeo[];
}

const FEWEST_PERIODS = 12;
const WHOLE = "all";

/**
 * Arranges rows.
 *
 * @param spec Which column is what.
 * @param rows The table.
 * @returns Geographies in alphabetical order.
 * @throws {EngineError} `dataset_invalid`, naming column, day or row and what would help.
 */
export function arrangePanel(spec: MixSpec, rows: MixRows): MixPanel {
  const days = rows.days.map((text, row) => readDay(spec.date, text, row));
  const read = (role: string, name: string) => readColumn(rows, role, name);
  const outcome = read("target", spec.target);
  const spend = spec.channels.map((channel) => readSpend(rows, channel));
  const input = spec.channels.map(({ exposure }, at) =>
    exposure === undefined
      ? spend[at] as Float64Array
      : readAmounts(rows, "exposure", exposure)
  );
  const names = [
    ...spec.controls,
    ...spec.events.filter((event): event is string =>
      typeof event === "string" && !isHoliday(event)
    ),
  ];
  const controls = names.map((name) => read("controls", name));
  const places = groupRows(rows.geos, days);
  const geos = [...places].map(([name, at]): MixGeo => {
    const pick = (column: Float64Array) =>
      Float64Array.from(at, (row) => column[row] as number);
    return {
      name,
      days: at.map((row) => days[row] as Day),
      rows: at,
      outcome: pick(outcome),
      spend: spend.map(pick),
      input: input.map(pick),
      controls: controls.map((column) => fillGaps(pick(column))),
    };
  });
  return {
    periodDays: checkCalendar(spec.date, geos),
    channels: spec.channels.map(({ name }) => name),
    controls: names,
    geos,
  };
}

function readSpend(rows: MixRows, { name, spend }: ChannelSpec): Float64Array {
  return readAmounts(rows, "channels", spend ?? name);
}

function readAmounts(
  rows: MixRows,
  role: string,
  name: string,
): Float64Array {
  const column = readColumn(rows, role, name);
  const row = column.findIndex((amount) => !(amount >= 0));
  if (row < 0) return column;
  throw unfit(
    `column "${name}" is ${column[row]} in row ${
      row + 1
    }; an amount is wanted, 0 where nothing was spent`,
  );
}

function readColumn(rows: MixRows, role: string, name: string): Float64Array {
  const column = rows.columns[name];
  if (column) return column;
  const near = suggestName(name, Object.keys(rows.columns));
  throw unfit(`${role} names column "${name}", which is not there; ${near}`);
}

function readDay(column: string, text: string, row: number): Day {
  const day = text.slice(0, 10).replaceAll("/", "-");
  if (isDay(day)) return day;
  throw unfit(
    `column "${column}" has "${text}" in row ${
      row + 1
    }; write days as YYYY-MM-DD`,
  );
}

/** Rows of each geography in order of time. */
function groupRows(
  geos: readonly string[] | null,
  days: readonly Day[],
): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const name of [...new Set(geos ?? [WHOLE])].sort()) places.set(name, []);
  days.forEach((_, row) => places.get(geos?.[row] ?? WHOLE)?.push(row));
  const order = (left: number, right: number) =>
    (days[left] as Day) < (days[right] as Day) ? -1 : 1;
  for (const rows of places.values()) rows.sort(order);
  return places;
}

/** Days in a period, the same between all rows. */
function checkCalendar(column: string, geos: readonly MixGeo[]): number {
  const gaps = geos.flatMap(({ days }) =>
    days.slice(1).map((day, at) =>
      countDays({ from: days[at] as Day, until: day })
    )
  );
  const periodDays = gaps.toSorted((a, b) => a - b)[gaps.length >> 1] ?? 1;
  const monthly = periodDays >= 28 && periodDays <= 31;
  for (const { name, days } of geos) {
    if (days.length < FEWEST_PERIODS) {
      throw unfit(
        `geography "${name}" has ${days.length} periods; ${FEWEST_PERIODS} are the fewest`,
      );
    }
    days.slice(1).forEach((day, at) => {
      const gap = countDays({ from: days[at] as Day, until: day });
      if (monthly ? gap >= 28 && gap <= 31 : gap === periodDays) return;
      throw unfit(
        gap === 0
          ? `column "${column}" has ${day} twice in geography "${name}"; name the column that tells them apart as "geo", or sum them`
          : `column "${column}" jumps from ${
            days[at]
          } to ${day} in geography "${name}"; each period of ${periodDays} days needs a row`,
      );
    });
  }
  return monthly ? 30 : periodDays;
}

/** Unknown controls count as typical. */
function fillGaps(column: Float64Array): Float64Array {
  const known = column.filter(Number.isFinite);
  const mean = known.reduce((sum, value) => sum + value, 0) /
    Math.max(1, known.length);
  return column.map((value) => Number.isFinite(value) ? value : mean);
}

function unfit(reason: string): EngineError {
  return new EngineError("dataset_invalid", `Cannot fit media mix: ${reason}`);
}
