/**
 * When outcomes come, from rows of which many are still being watched.
 *
 * A row watched for w days shows only delays up to w (right truncation), so each seen
 * delay counts with its density divided by the share that comes within w. First a
 * Weibull curve whose scale depends on the columns:
 *
 *     share(t) = 1 − e^−(t/scale)^shape,   scale = e^(level + Σ weight · column)
 *
 * then a correction of its form by the product limit for truncated data: on the axis of
 * what the Weibull says, from the last day backwards, each step is the part of what
 * came by its end that came in it. The correction leans on the Weibull where few rows
 * were watched so long. Outcomes after `withinDays` do not count, so all have come then.
 *
 * @see Lagakos, Barraj and De Gruttola (1988), Nonparametric Analysis of Truncated
 * Survival Data, Biometrika 75(3)
 * @module
 */
import type { OutcomeDelays, RowDataset } from "@moe/plugin";
import { minimize } from "../../math/lbfgs.ts";
import { interpolate, productLimit } from "./product_limit.ts";

/** When outcomes come. */
export interface DelayCurve {
  /** Exponent; 1 is a constant hazard. */
  readonly shape: number;
  /** Logarithm of the days in which 63 % come, in a row of mean columns. */
  readonly level: number;
  /** Change of the level by a standard deviation, shape [columns]. */
  readonly weights: Float64Array;
  readonly standards: readonly Standard[];
  /** Days after which no outcome counts. */
  readonly withinDays: number;
  /** Share that has come at equal steps of what the Weibull says, shape [steps + 1]. */
  readonly corrected: Float64Array;
}

/** Mean and one over the standard deviation of the values that are known. */
interface Standard {
  readonly centre: number;
  readonly scale: number;
}

/** Delays that were seen, one a row with an outcome. */
interface Seen {
  /** Logarithms of days, shape [seen]. */
  readonly delay: Float64Array;
  readonly watched: Float64Array;
  /** Standardised, 0 for missing, shape [columns][seen]. */
  readonly columns: readonly Float64Array[];
  readonly withinDays: number;
}

/** Rows with outcomes that suffice for the curve. */
const MOST_SEEN = 20_000;
/** Pull of the weights towards one curve for all rows. */
const WEIGHT_L2 = 40;
/** Pull of shape and level towards a constant hazard over `withinDays`. */
const CURVE_L2 = 0.1;
/** Rows that the Weibull counts for in each step of the correction. */
const LEAN = 20;
/** Least delay, as a share of `withinDays`: the logarithm of zero is none. */
const LEAST_DELAY = 1e-6;
/** Below that, 1 − e^−x is x to double precision. */
const LEAST_LOG = -36;
/** Beyond that, all has come. */
const MOST_HAZARD = 700;
/** Standard deviations beyond which a column moves the level no further. */
const FURTHEST = 3;

/**
 * Learns when outcomes come.
 *
 * @param dataset Rows and their delays; NaN columns count as their mean.
 * @returns The curve; a constant hazard where no outcome was seen.
 */
export function fitDelayCurve(
  { columns, delays }: Pick<RowDataset, "columns"> & {
    readonly delays: OutcomeDelays;
  },
): DelayCurve {
  const standards = columns.map(standardise);
  const seen = gather(columns, standards, delays);
  const width = columns.length;
  const { withinDays } = delays;
  const start = new Float64Array(width + 2);
  start[width + 1] = Math.log(withinDays);
  const found = minimize(
    (x, gradient) => penalisedLoss(seen, x, gradient),
    start,
    { steps: 200, tolerance: 1e-5 * Math.sqrt(seen.delay.length + 1) },
  );
  const weibull = {
    shape: Math.exp(found[width] as number),
    level: found[width + 1] as number,
    weights: found.subarray(0, width),
    standards,
    withinDays,
  };
  return { ...weibull, corrected: correct(weibull, seen) };
}

/**
 * Share of a row's outcomes that have come after some days.
 *
 * @param curve The curve.
 * @param columns Shape [columns][rows].
 * @param days Days watched, shape [rows].
 * @returns Shape [rows], in [0, 1]; 1 from `withinDays` on.
 */
export function shareCome(
  curve: DelayCurve,
  columns: readonly Float64Array[],
  days: Float64Array,
): Float64Array {
  const { weights, standards, level, corrected } = curve;
  const levels = new Float64Array(days.length).fill(level);
  columns.forEach((column, at) => {
    const standard = standards[at] as Standard;
    const weight = weights[at] as number;
    if (weight === 0) return;
    for (let row = 0; row < levels.length; row++) {
      levels[row] = (levels[row] as number) +
        weight * standardised(column[row] as number, standard);
    }
  });
  return days.map((day, row) =>
    day <= 0 ? 0 : interpolate(
      corrected,
      weibullShare(curve, levels[row] as number, Math.log(day)),
    )
  );
}

/** Share of what comes within `withinDays` that has come by a day, by the Weibull. */
function weibullShare(
  { shape, withinDays }: Pick<DelayCurve, "shape" | "withinDays">,
  level: number,
  logDay: number,
): number {
  const logLast = Math.log(withinDays);
  if (logDay >= logLast) return 1;
  return Math.exp(
    logCome(shape * (logDay - level)) - logCome(shape * (logLast - level)),
  );
}

/** Slope of {@link logCome}. */
function slopeOf(logHazard: number): number {
  const hazard = Math.exp(logHazard);
  if (logHazard < LEAST_LOG) return 1;
  return hazard > MOST_HAZARD ? 0 : hazard / Math.expm1(hazard);
}

/** log(1 − e^−e^hazard). */
function logCome(logHazard: number): number {
  return logHazard < LEAST_LOG
    ? logHazard
    : Math.log(-Math.expm1(-Math.exp(logHazard)));
}

function gather(
  columns: readonly Float64Array[],
  standards: readonly Standard[],
  { delay, watched, withinDays }: OutcomeDelays,
): Seen {
  const all = [...delay.keys()].filter((row) =>
    (delay[row] as number) <= (watched[row] as number)
  );
  const stride = Math.ceil(all.length / MOST_SEEN);
  const rows = all.filter((_, at) => at % stride === 0);
  const least = LEAST_DELAY * withinDays;
  const log = (days: Float64Array) =>
    Float64Array.from(
      rows,
      (row) => Math.log(Math.max(days[row] as number, least)),
    );
  return {
    delay: log(delay),
    watched: log(watched),
    columns: columns.map((column, at) =>
      Float64Array.from(
        rows,
        (row) => standardised(column[row] as number, standards[at] as Standard),
      )
    ),
    withinDays,
  };
}

/** Weights, then the logarithm of the shape, then the level. */
function penalisedLoss(
  { delay, watched, columns, withinDays }: Seen,
  x: Float64Array,
  gradient: Float64Array,
): number {
  const width = columns.length;
  const logShape = x[width] as number;
  const shape = Math.exp(logShape);
  const levels = levelsOf(x, columns, delay.length);
  const away = (x[width + 1] as number) - Math.log(withinDays);
  let loss = CURVE_L2 * (logShape ** 2 + away ** 2) / 2;
  let [byShape, byLevel] = [CURVE_L2 * logShape, CURVE_L2 * away];
  for (let row = 0; row < delay.length; row++) {
    const level = levels[row] as number;
    const came = shape * ((delay[row] as number) - level);
    const seen = shape * ((watched[row] as number) - level);
    const hazard = Math.exp(came);
    loss -= logShape + came - hazard - logCome(seen);
    const slope = slopeOf(seen);
    byShape -= 1 + came * (1 - hazard) - seen * slope;
    const byRow = shape * (1 - hazard - slope);
    byLevel += byRow;
    levels[row] = byRow;
  }
  gradient[width] = byShape;
  gradient[width + 1] = byLevel;
  columns.forEach((column, at) => {
    const weight = x[at] as number;
    loss += WEIGHT_L2 * weight ** 2 / 2;
    gradient[at] = dot(column, levels) + WEIGHT_L2 * weight;
  });
  return loss;
}

function levelsOf(
  x: Float64Array,
  columns: readonly Float64Array[],
  rows: number,
): Float64Array {
  const levels = new Float64Array(rows).fill(x[columns.length + 1] as number);
  columns.forEach((column, at) => {
    const weight = x[at] as number;
    if (weight === 0) return;
    for (let row = 0; row < rows; row++) {
      levels[row] = (levels[row] as number) + weight * (column[row] as number);
    }
  });
  return levels;
}

/** The product limit on the axis of what the Weibull says, leaning on it. */
function correct(
  weibull: Omit<DelayCurve, "corrected">,
  { delay, watched, columns }: Seen,
): Float64Array {
  const { weights, level } = weibull;
  const levels = levelsOf(
    Float64Array.of(...weights, 0, level),
    columns,
    delay.length,
  );
  const shares = (logs: Float64Array) =>
    logs.map((log, row) => weibullShare(weibull, levels[row] as number, log));
  return productLimit(shares(delay), shares(watched), LEAN);
}

function standardise(column: Float64Array): Standard {
  const known = column.filter((value) => !Number.isNaN(value));
  const centre = known.reduce((sum, value) => sum + value, 0) / known.length;
  const squares = known.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  const deviation = Math.sqrt(squares / known.length);
  const varies = deviation > 1e-7 * Math.abs(centre);
  return { centre, scale: varies ? 1 / deviation : 0 };
}

function standardised(value: number, { centre, scale }: Standard): number {
  if (Number.isNaN(value) || scale === 0) return 0;
  return Math.min(Math.max((value - centre) * scale, -FURTHEST), FURTHEST);
}

function dot(left: Float64Array, right: Float64Array): number {
  return left.reduce(
    (sum, value, at) => sum + value * (right[at] as number),
    0,
  );
}
