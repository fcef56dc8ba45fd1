/**
 * Columns that look like outcomes: known only after the treatment, they would tell
 * the outcome and not whom the treatment moves.
 *
 * @module
 */
import { auc, mean } from "../../../domain/measures.ts";
import type { Experiment } from "./read_experiment.ts";

const SUSPECT_AUC = 0.9;
const SUSPECT_CORRELATION = 0.9;
const FEW_ROWS = 20;
/** Chance of rows agreeing on the outcome by luck alone. */
const LUCK = 1e-9;

/**
 * Looks for columns that look like outcomes.
 *
 * @param experiment Rows of the experiment.
 * @returns A warning for each column.
 */
export function findOutcomeLike(experiment: Experiment): string[] {
  const { names, columns, label, kind } = experiment;
  const binary = label.every((y) => y === 0 || y === 1);
  return names.flatMap((name, at) => {
    const column = columns[at] as Float64Array;
    const known = column.map((x) => Number.isNaN(x) ? 0 : x);
    const told = binary
      ? tellsChance(label, known)
      : kind === "number" && Math.abs(correlate(label, known)) >
          SUSPECT_CORRELATION;
    return told
      ? [
        `column "${name}" tells the outcome so well that it may be known only after it; leave it out with --drop ${name}`,
      ]
      : [];
  });
}

function tellsChance(label: Float64Array, column: Float64Array): boolean {
  const area = auc(label, column);
  if (Math.max(area, 1 - area) > SUSPECT_AUC) return true;
  const usual = commonest(column);
  const others = label.filter((_, row) => column[row] !== usual);
  const share = mean(label);
  const ones = mean(others);
  if (others.length < FEW_ROWS || (ones > 0 && ones < 1)) return false;
  return (ones === 1 ? share : 1 - share) ** others.length < LUCK;
}

function commonest(column: Float64Array): number {
  const counts = new Map<number, number>();
  for (const value of column) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((one, other) => other[1] > one[1] ? other : one)[0];
}

function correlate(one: Float64Array, other: Float64Array): number {
  const [centre, middle] = [mean(one), mean(other)];
  let product = 0;
  let squares = 0;
  let others = 0;
  one.forEach((value, row) => {
    const [x, y] = [value - centre, (other[row] as number) - middle];
    product += x * y;
    squares += x * x;
    others += y * y;
  });
  return product / Math.sqrt(squares * others);
}
