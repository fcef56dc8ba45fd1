/**
 * Some rows of a dataset, and orders in which to take them.
 *
 * @module
 */
import type { RowDataset } from "../domain/dataset.ts";
import { seededRandom } from "../domain/random.ts";

/** The rows at some places, in their order. */
export function takeRows(
  dataset: RowDataset,
  places: Uint32Array,
): RowDataset {
  const pick = (values: Float64Array) =>
    Float64Array.from(places, (place) => values[place] ?? NaN);
  const { weight, valueMicros, actions, delays } = dataset;
  return {
    ...dataset,
    rows: places.length,
    columns: dataset.columns.map(pick),
    label: pick(dataset.label),
    ...(weight && { weight: pick(weight) }),
    ...(actions && {
      actions: {
        ...actions,
        taken: Uint8Array.from(places, (place) => actions.taken[place] ?? 0),
      },
    }),
    ...(valueMicros && { valueMicros: pick(valueMicros) }),
    ...(delays && {
      delays: {
        ...delays,
        delay: pick(delays.delay),
        watched: pick(delays.watched),
      },
    }),
  };
}

/** All places in an order by chance. */
export function shuffled(rows: number, seed: number): Uint32Array {
  const random = seededRandom(seed);
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  for (let last = rows - 1; last > 0; last--) {
    const other = Math.floor(random.next() * (last + 1));
    const moved = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = moved;
  }
  return order;
}
