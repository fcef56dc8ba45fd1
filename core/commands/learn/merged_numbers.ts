/**
 * Numbers that float32, in which models read them, does not tell apart: the seconds
 * of a day since 1970 are some hundred numbers there.
 *
 * @module
 */

/** Rows looked at, evenly over the table. */
const MOST_ROWS = 20_000;
/** Share of the numbers that must stay different. */
const LEAST_KEPT = 0.9;

/**
 * Looks for columns whose numbers merge.
 *
 * @param table Names, and columns of shape [columns][rows].
 * @returns A warning for each.
 */
export function findMerged({ names, columns }: {
  readonly names: readonly string[];
  readonly columns: readonly Float64Array[];
}): string[] {
  return names.flatMap((name, at) => {
    const { numbers, singles } = countDistinct(columns[at] as Float64Array);
    return singles < LEAST_KEPT * numbers
      ? [
        `column "${name}" has ${numbers} different numbers, of which float32 tells ${singles} apart; subtract what they have in common, such as their least`,
      ]
      : [];
  });
}

function countDistinct(column: Float64Array) {
  const every = Math.ceil(column.length / MOST_ROWS);
  const some = column.filter((_, row) => row % every === 0);
  if (some.every((value) => Object.is(value, Math.fround(value)))) {
    return { numbers: 0, singles: 0 };
  }
  const numbers = new Set(some).size;
  return { numbers, singles: new Set(Float32Array.from(some)).size };
}
