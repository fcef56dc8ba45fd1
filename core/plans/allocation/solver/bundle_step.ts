/**
 * The next step of the bundle method, and when none is needed, in units in which
 * values and multipliers are about 1.
 *
 * @module
 */
import type { Evaluation, Model } from "./evaluate.ts";
import { dot } from "./dense.ts";
import { solveStep, type Step, type Stepped } from "./quadratic.ts";

/** Multipliers beyond this many units say nothing that numbers can hold. */
const REACH = 1e7;

/** Where a search stands, as its steps see it. */
export interface Standing {
  readonly model: Model;
  /** Size of each multiplier that counts as 1. */
  readonly unit: Float64Array;
  readonly centre: Evaluation;
  /** Weight of the identity in the metric. */
  readonly hold: number;
}

/** Changes of the value that rounding hides: large multipliers cancel. */
export function noiseAt(
  { unit }: Standing,
  { multipliers }: Evaluation,
): number {
  return multipliers.reduce(
    (sum, y, row) => sum + 1e-15 * Math.abs(y) / (unit[row] as number),
    0,
  );
}

/** A multiplier within what it may be; 0 if it is next to that. */
export function clip(
  search: Pick<Standing, "model" | "unit">,
  row: number,
  y: number,
): number {
  const [low, high] = rangeOf(search, row);
  const tiny = Math.abs(y) < 1e-13 * (search.unit[row] as number);
  return Math.min(Math.max(tiny ? 0 : y, low), high);
}

/** Within what a multiplier may move. */
function rangeOf(
  { model, unit }: Pick<Standing, "model" | "unit">,
  row: number,
): readonly [number, number] {
  const { equal, penalty } = model.rows[row] as Model["rows"][number];
  const high = Math.min(penalty, REACH * (unit[row] as number));
  return [equal ? -high : 0, high];
}

/** The programme of the next step, in units of size and unit. */
export function findStep(search: Standing, cuts: readonly Evaluation[]) {
  const { model: { size }, centre, unit, hold } = search;
  const count = unit.length;
  const slopes = cuts.map(({ excess }) =>
    excess.map((c, row) => -c * (unit[row] as number) / size)
  );
  const errors = Float64Array.from(cuts, (cut, index) => {
    const moved = centre.multipliers.map((y, row) =>
      (y - (cut.multipliers[row] as number)) / (unit[row] as number)
    );
    const below = (centre.value - cut.value) / size -
      dot(slopes[index] as Float64Array, moved);
    return Math.max(below, 0);
  });
  const metric = centre.curvature.map((value, cell) => {
    const row = Math.floor(cell / count);
    const other = cell % count;
    return value * (unit[row] as number) * (unit[other] as number) / size +
      (row === other ? hold : 0);
  });
  const room = (side: 0 | 1) =>
    unit.map((one, row) =>
      (rangeOf(search, row)[side] - (centre.multipliers[row] as number)) / one
    );
  const scaled = solveScaled({
    metric,
    slopes,
    errors,
    low: room(0),
    high: room(1),
  });
  return { ...scaled, slopes, errors };
}

/** Solves the programme at its own scale: near the optimum all its numbers are tiny. */
function solveScaled(step: Step): Stepped {
  const steepest = step.slopes.reduce(
    (least, slope, cut) =>
      Math.min(
        least,
        Math.sqrt(dot(slope, slope)) +
          Math.sqrt(step.errors[cut] as number),
      ),
    Infinity,
  );
  const scale = Math.min(Math.max(steepest, 1e-9), 1);
  const over = (values: Float64Array, by: number) => values.map((x) => x / by);
  const { d, weights } = solveStep({
    metric: step.metric,
    slopes: step.slopes.map((slope) => over(slope, scale)),
    errors: over(step.errors, scale * scale),
    low: over(step.low, scale),
    high: over(step.high, scale),
  });
  return { d: d.map((x) => x * scale), weights };
}

/** Whether the combination keeps every row, and pays for none that it does not use up. */
export function isBalanced(
  { model, centre, unit }: Standing,
  cuts: readonly Evaluation[],
  weights: Float64Array,
): boolean {
  return model.rows.every(({ equal, scale, penalty }, row) => {
    const excess = cuts.reduce(
      (sum, cut, index) =>
        sum + (weights[index] as number) * (cut.excess[row] as number),
      0,
    ) / scale;
    const y = (centre.multipliers[row] as number) / (unit[row] as number);
    const dear = Math.abs(centre.multipliers[row] as number) >=
      penalty * (1 - 1e-9);
    if (dear && y !== 0) return excess * Math.sign(y) >= -1e-12;
    const kept = (equal ? Math.abs(excess) : excess) <= 1e-12;
    return kept && Math.abs(excess * y) <= 1e-12;
  });
}

/** Size of the slope, without the parts that bounds hold. */
export function steepness(
  { model, unit }: Standing,
  at: Evaluation,
): number {
  return at.excess.reduce((sum, c, row) => {
    const { equal } = model.rows[row] as Model["rows"][number];
    const held = !equal && c < 0 && at.multipliers[row] === 0;
    return sum + (held ? 0 : (c * (unit[row] as number) / model.size) ** 2);
  }, 0);
}
