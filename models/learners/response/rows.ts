/**
 * Rows of a dataset taken out, and put together.
 *
 * @module
 */
import type { RowDataset } from "@moe/plugin";

/**
 * Rows at some places, without their delays.
 *
 * @param dataset The rows.
 * @param places In the order wanted.
 * @returns Copies of them.
 */
export function pickRows(
  { names, columns, label, weight, coded }: RowDataset,
  places: readonly number[],
): RowDataset {
  const pick = (values: Float64Array) =>
    Float64Array.from(places, (place) => values[place] as number);
  return {
    rows: places.length,
    names,
    columns: columns.map(pick),
    label: pick(label),
    ...(weight && { weight: pick(weight) }),
    ...(coded && { coded }),
  };
}

/**
 * Rows, and mature rows after them.
 *
 * @param dataset The first rows, with delays if some are not mature.
 * @param mature The rows after them.
 * @returns All of them.
 */
export function joinRows(dataset: RowDataset, mature: RowDataset): RowDataset {
  const { names, columns, label, weight, coded, delays } = dataset;
  return {
    rows: dataset.rows + mature.rows,
    names,
    columns: columns.map((column, at) =>
      concat(column, mature.columns[at] as Float64Array)
    ),
    label: concat(label, mature.label),
    ...((weight || mature.weight) && {
      weight: concat(weight ?? ones(dataset), mature.weight ?? ones(mature)),
    }),
    ...(coded && { coded }),
    ...(delays && {
      delays: {
        ...delays,
        delay: concat(delays.delay, ones(mature).fill(NaN)),
        watched: concat(delays.watched, ones(mature).fill(delays.withinDays)),
      },
    }),
  };
}

function concat(one: Float64Array, other: Float64Array): Float64Array {
  const all = new Float64Array(one.length + other.length);
  all.set(one);
  all.set(other, one.length);
  return all;
}

function ones({ rows }: RowDataset): Float64Array {
  return new Float64Array(rows).fill(1);
}
