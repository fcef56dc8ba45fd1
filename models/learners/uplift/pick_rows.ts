/**
 * Parts of rows: those of an arm, those of a fold.
 *
 * @module
 */
import type { Random } from "@moe/plugin";
import type { ArmRows } from "./effect_model.ts";

/**
 * Picks rows.
 *
 * @param rows All rows.
 * @param wanted Which, by place.
 * @returns Those, in their order.
 */
export function pickRows(
  rows: ArmRows,
  wanted: (row: number) => boolean,
): ArmRows {
  const places = placesWhere(rows.arm.length, wanted);
  return {
    columns: rows.columns.map((column) => gather(column, places)),
    label: gather(rows.label, places),
    ...(rows.weight ? { weight: gather(rows.weight, places) } : {}),
    arm: Uint8Array.from(places, (row) => rows.arm[row] as number),
    arms: rows.arms,
  };
}

/**
 * Finds rows.
 *
 * @param rows How many there are.
 * @param wanted Which, by place.
 * @returns Their places, ascending.
 */
export function placesWhere(
  rows: number,
  wanted: (row: number) => boolean,
): Uint32Array {
  const places = new Uint32Array(rows);
  let found = 0;
  for (let row = 0; row < rows; row++) if (wanted(row)) places[found++] = row;
  return places.slice(0, found);
}

/**
 * Picks values.
 *
 * @param values Shape [rows].
 * @param places Which.
 * @returns Those, in the order of the places.
 */
export function gather(
  values: Float64Array,
  places: Uint32Array,
): Float64Array {
  const picked = new Float64Array(places.length);
  for (let at = 0; at < places.length; at++) {
    picked[at] = values[places[at] as number] as number;
  }
  return picked;
}

/**
 * Deals rows out to folds of equal size, each arm by itself.
 *
 * @param arm Arm of each row, shape [rows].
 * @param folds How many.
 * @param random Seeded.
 * @returns Fold of each row, shape [rows].
 */
export function dealFolds(
  arm: Uint8Array,
  folds: number,
  random: Random,
): Uint8Array {
  const fold = new Uint8Array(arm.length);
  const arms = new Set(arm);
  for (const one of [...arms].sort((a, b) => a - b)) {
    const rows = placesWhere(arm.length, (row) => arm[row] === one);
    for (let last = rows.length - 1; last > 0; last--) {
      const other = Math.floor(random.next() * (last + 1));
      const row = rows[last] as number;
      rows[last] = rows[other] as number;
      rows[other] = row;
    }
    rows.forEach((row, place) => fold[row] = place % folds);
  }
  return fold;
}
