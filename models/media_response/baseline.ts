/**
 * What the outcome would be without any spend: level, trend, week, year, controls.
 *
 * Which terms there are, and their units, is settled once from the data learnt
 * from; later data are described in the same terms.
 *
 * @module
 */
import type { Day, SeriesDataset } from "@moe/plugin";

/** Which terms a baseline may have. */
export interface BaselineOptions {
  /** Powers of time in the trend: 0 is none, 1 is a line. */
  readonly trendDegree: number;
  /** Sine and cosine pairs over the week; daily data only. */
  readonly weeklyPairs: number;
  /** Sine and cosine pairs over the year. */
  readonly yearlyPairs: number;
}

/** The terms of a baseline. */
export interface Baseline extends BaselineOptions {
  readonly firstDay: number;
  readonly spanDays: number;
  readonly controls: readonly {
    readonly name: string;
    readonly centre: number;
    readonly scale: number;
  }[];
}

const DAY_MS = 86_400_000;
const YEAR_DAYS = 365.25;
const LEAST_WEEKS = 4;
const LEAST_YEARS = 1;

/**
 * Chooses the terms that the data can tell apart.
 *
 * @param dataset What to learn from.
 * @param options Which terms are wanted.
 * @returns The terms: weeks need daily data of four weeks, years a whole year.
 */
export function planBaseline(
  dataset: SeriesDataset,
  { trendDegree, weeklyPairs, yearlyPairs }: BaselineOptions,
): Baseline {
  const { days, periodDays, controls } = dataset;
  const firstDay = dayNumber(days[0] ?? "1970-01-01");
  const spanDays = days.length * periodDays;
  const hasWeeks = periodDays === 1 && spanDays >= LEAST_WEEKS * 7;
  const hasYears = spanDays >= LEAST_YEARS * YEAR_DAYS - 1;
  return {
    trendDegree,
    weeklyPairs: hasWeeks ? weeklyPairs : 0,
    yearlyPairs: hasYears ? yearlyPairs : 0,
    firstDay,
    spanDays,
    controls: Object.keys(controls).sort().map((name) => ({
      name,
      ...spread(controls[name] ?? new Float64Array()),
    })),
  };
}

/**
 * Describes data in the terms of a baseline.
 *
 * @param baseline The terms.
 * @param dataset Any data; a control that it lacks counts as typical.
 * @returns Columns of order 1, the first constant, shape [terms][periods].
 */
export function baselineColumns(
  baseline: Baseline,
  { days, controls }: SeriesDataset,
): Float64Array[] {
  const numbers = Float64Array.from(days, dayNumber);
  const { firstDay, spanDays } = baseline;
  const columns = [new Float64Array(days.length).fill(1)];
  for (let power = 1; power <= baseline.trendDegree; power++) {
    columns.push(numbers.map((day) => ((day - firstDay) / spanDays) ** power));
  }
  addWaves(columns, numbers, { days: 7, pairs: baseline.weeklyPairs });
  addWaves(columns, numbers, { days: YEAR_DAYS, pairs: baseline.yearlyPairs });
  for (const { name, centre, scale } of baseline.controls) {
    const control = controls[name] ?? new Float64Array(days.length).fill(NaN);
    columns.push(
      control.map((value) =>
        Number.isFinite(value) ? (value - centre) * scale : 0
      ),
    );
  }
  return columns;
}

function addWaves(
  columns: Float64Array[],
  numbers: Float64Array,
  { days, pairs }: { days: number; pairs: number },
): void {
  for (let pair = 1; pair <= pairs; pair++) {
    const turn = 2 * Math.PI * pair / days;
    columns.push(numbers.map((day) => Math.sin(turn * day)));
    columns.push(numbers.map((day) => Math.cos(turn * day)));
  }
}

function dayNumber(day: Day): number {
  return Date.parse(`${day}T00:00:00.000Z`) / DAY_MS;
}

function spread(control: Float64Array): { centre: number; scale: number } {
  const known = control.filter(Number.isFinite);
  const centre = known.reduce((sum, value) => sum + value, 0) /
    Math.max(1, known.length);
  const squares = known.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  const deviation = Math.sqrt(squares / Math.max(1, known.length));
  const varies = deviation > 1e-9 * Math.abs(centre);
  return { centre, scale: varies ? 1 / deviation : 0 };
}
