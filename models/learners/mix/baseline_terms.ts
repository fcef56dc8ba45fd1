/**
 * Terms of what the outcome would be without media: level, trend, season, controls
 * and events. They are settled once, from the data learnt from; later data are
 * described in the same terms.
 *
 * @module
 */
import { addDays, type Day } from "@moe/plugin";
import { HOLIDAYS } from "./holidays.ts";
import type { MixGeo, MixPanel } from "./panel.ts";
import { isHoliday, type MixSpec } from "./spec.ts";

/** Parts that the baseline is shown in. */
export type TermGroup = "baseline" | "trend" | "season" | "controls" | "events";

/** How a term follows time. */
type TermForm =
  | { readonly kind: "constant" }
  /** Grows by 1 over `span` days, from day `from` on. */
  | { readonly kind: "line"; readonly from: number; readonly span: number }
  /** Grows from 0 to 1 between two days. */
  | { readonly kind: "ramp"; readonly from: number; readonly until: number }
  | { readonly kind: "wave"; readonly days: number; readonly phase: number }
  | { readonly kind: "column"; readonly at: number; readonly unit: number }
  /** Share of the period's days that are among these. */
  | { readonly kind: "days"; readonly among: readonly Day[] };

/** A term. */
export interface Term {
  readonly name: string;
  readonly group: TermGroup;
  readonly form: TermForm;
  /** Deviation believed of its coefficient, in deviations of the outcome. */
  readonly deviation: number;
  /** Whether that is times the trend's flexibility. */
  readonly flexible: boolean;
}

const YEAR_DAYS = 365.25;
const DAY_MS = 86_400_000;
const WEAK = 2;
const MOST_KNOTS = 10;

/**
 * Chooses terms.
 *
 * @param spec What is wanted.
 * @param panel What to learn from; a season needs data that cover it.
 * @returns Terms, the level first.
 */
export function chooseTerms(spec: MixSpec, panel: MixPanel): Term[] {
  const { periodDays, geos } = panel;
  const days = geos.flatMap(({ days }) => [days[0] as Day, days.at(-1) as Day])
    .sort();
  const first = dayNumber(days[0] as Day);
  const span = dayNumber(days.at(-1) as Day) - first + periodDays;
  const years = span / YEAR_DAYS;
  const yearly = spec.seasonality.yearly ?? (years >= 0.97 ? 2 : 0);
  const weekly = spec.seasonality.weekly ?? 3;
  const daily = periodDays === 1 && span >= 28;
  return [
    {
      name: "level",
      group: "baseline",
      form: { kind: "constant" },
      deviation: 1,
      flexible: false,
    },
    ...trendTerms(spec, { first, span, years }),
    ...waves("year", YEAR_DAYS, yearly),
    ...(daily ? waves("week", 7, weekly) : []),
    ...panel.controls.flatMap((name, at) =>
      controlTerm(spec, panel, { name, at })
    ),
    ...eventTerms(spec, days),
  ];
}

function trendTerms(
  { trend }: MixSpec,
  { first, span, years }: { first: number; span: number; years: number },
): Term[] {
  const type = trend?.type ?? (years < 1 ? "linear" : "piecewise");
  if (type === "none") return [];
  const term = (name: string, form: TermForm, flexible: number): Term => ({
    name,
    group: "trend",
    form,
    deviation: flexible > 0 ? 1 / Math.sqrt(flexible) : WEAK,
    flexible: flexible > 0,
  });
  const line = term("slope", { kind: "line", from: first, span }, 0);
  if (type === "linear") return [line];
  const local = type === "local_level";
  const usual = Math.round(years * (local ? 4 : 2));
  const knots = trend?.knots ??
    Math.min(local ? 60 : MOST_KNOTS, Math.max(1, usual));
  const bends = Array.from({ length: knots }, (_, knot) => {
    const part = local ? knot / knots : (knot + 1) / (knots + 1);
    const from = first + span * part;
    return local
      ? term(`level ${knot + 1}`, {
        kind: "ramp",
        from,
        until: from + span / knots,
      }, knots)
      : term(`bend ${knot + 1}`, { kind: "line", from, span }, knots);
  });
  return local ? bends : [line, ...bends];
}

function waves(name: string, days: number, pairs: number): Term[] {
  return Array.from({ length: 2 * pairs }, (_, at): Term => {
    const pair = 1 + (at >> 1);
    return {
      name: `${name} ${pair}${at % 2 === 0 ? "a" : "b"}`,
      group: "season",
      form: { kind: "wave", days: days / pair, phase: at % 2 },
      deviation: WEAK,
      flexible: false,
    };
  });
}

function controlTerm(
  spec: MixSpec,
  { geos }: MixPanel,
  { name, at }: { name: string; at: number },
): Term[] {
  const all = geos.flatMap(({ controls }) => [...controls[at] as Float64Array]);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const square = all.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const unit = Math.sqrt(square / all.length);
  if (!(unit > 1e-9 * Math.abs(mean))) return [];
  return [{
    name,
    group: spec.controls.includes(name) ? "controls" : "events",
    form: { kind: "column", at, unit },
    deviation: WEAK,
    flexible: false,
  }];
}

function eventTerms({ events }: MixSpec, days: readonly Day[]): Term[] {
  const from = Number(days[0]?.slice(0, 4)) - 1;
  const years = Number(days.at(-1)?.slice(0, 4)) - from + 3;
  const everyYear = Array.from({ length: years }, (_, at) => from + at);
  return events.flatMap((event): Term[] => {
    const among = typeof event !== "string"
      ? event.dates.flatMap((date) => around(date, event))
      : isHoliday(event)
      ? everyYear.map(HOLIDAYS[event])
      : null;
    return among === null ? [] : [{
      name: typeof event === "string" ? event : event.name,
      group: "events",
      form: { kind: "days", among },
      deviation: 10,
      flexible: false,
    }];
  });
}

function around(
  date: Day,
  { before, after }: { before: number; after: number },
): Day[] {
  return Array.from(
    { length: before + after + 1 },
    (_, at) => addDays(date, at - before),
  );
}

/**
 * Describes a geography in terms.
 *
 * @param terms The terms.
 * @param geo Any data.
 * @param periodDays Days in a period.
 * @returns Shape [terms][periods].
 */
export function termColumns(
  terms: readonly Term[],
  { days, controls }: Pick<MixGeo, "days" | "controls">,
  periodDays: number,
): Float64Array[] {
  const numbers = days.map(dayNumber);
  return terms.map(({ form }) => {
    if (form.kind === "column") {
      return (controls[form.at] as Float64Array).map((one) => one / form.unit);
    }
    const among = form.kind === "days"
      ? form.among.map(dayNumber).sort((a, b) => a - b)
      : [];
    return Float64Array.from(numbers, (day) => {
      switch (form.kind) {
        case "constant":
          return 1;
        case "line":
          return Math.max(0, day - form.from) / form.span;
        case "ramp":
          return Math.min(
            1,
            Math.max(0, (day - form.from) / (form.until - form.from)),
          );
        case "wave": {
          const turn = 2 * Math.PI * day / form.days;
          return form.phase === 0 ? Math.sin(turn) : Math.cos(turn);
        }
        case "days":
          return among.filter((one) => one >= day && one < day + periodDays)
            .length;
      }
    });
  });
}

function dayNumber(day: Day): number {
  return Date.parse(`${day}T00:00:00.000Z`) / DAY_MS;
}
