/**
 * Support: whether every kind of row could get every arm, kinds being the values of
 * one column.
 *
 * @module
 */
import { type ArmRows, armShares } from "./effect_model.ts";

/** Rows with what they are called. */
export interface NamedArmRows extends ArmRows {
  /** Names of the columns, shape [columns]. */
  readonly names: readonly string[];
  /** Names of the arms, control first, shape [arms + 1]. */
  readonly armNames: readonly string[];
}

const RANGES = 10;
/** Rows of an arm that must be expected where there are none: chance would have left none once in e^20. */
const LEAST_EXPECTED = 20;

/**
 * Looks for values of a column of which no row got an arm, though many would have.
 *
 * @param rows Rows of an experiment.
 * @returns What was found and what to do, or null.
 */
export function findHole(rows: NamedArmRows): string | null {
  const shares = armShares(rows);
  for (const [at, column] of rows.columns.entries()) {
    const edges = edgesOf(column);
    const counts = countArms(rows, column, edges);
    for (const [range, ofArms] of counts.entries()) {
      const there = ofArms.reduce((sum, count) => sum + count, 0);
      const arm = ofArms.findIndex((count, one) =>
        count === 0 && (shares[one] as number) * there >= LEAST_EXPECTED
      );
      if (arm < 0) continue;
      return `none of the ${there} rows whose "${rows.names[at]}" is ${
        sayRange(edges, range)
      } got "${
        rows.armNames[arm]
      }", so nothing can be learnt of it there; leave these rows out, or drop the column if it tells the arm`;
    }
  }
  return null;
}

/** Where ranges begin, ascending: at each value if they are few, otherwise at deciles. */
function edgesOf(column: Float64Array): Float64Array {
  const sorted = column.filter((value) => !Number.isNaN(value)).sort();
  const distinct = sorted.filter((value, at) => value !== sorted[at - 1]);
  if (distinct.length <= RANGES) return distinct;
  return Float64Array.from(
    { length: RANGES },
    (_, at) => sorted[Math.floor(sorted.length * at / RANGES)] as number,
  ).filter((edge, at, all) => edge !== all[at - 1]);
}

/** Rows by range and arm; the missing are the last range. */
function countArms(
  { arm, arms }: ArmRows,
  column: Float64Array,
  edges: Float64Array,
): Float64Array[] {
  const counts = Array.from(
    { length: edges.length + 1 },
    () => new Float64Array(arms + 1),
  );
  column.forEach((value, row) => {
    const range = Number.isNaN(value)
      ? edges.length
      : edges.findLastIndex((edge) => edge <= value);
    const ofArms = counts[range] as Float64Array;
    const one = arm[row] as number;
    ofArms[one] = (ofArms[one] as number) + 1;
  });
  return counts;
}

function sayRange(edges: Float64Array, range: number): string {
  if (range === edges.length) return "missing";
  const [from, until] = [edges[range], edges[range + 1]];
  return until === undefined
    ? `${from} or more`
    : `at least ${from} and below ${until}`;
}
