/**
 * Where columns are cut into bins: bin 0 is missing, bin b holds the values above
 * cut b - 2 and up to cut b - 1; the last cut is `Infinity`. Of a column of words
 * bin b holds code b - 1 of its list, and every other code is as good as missing.
 *
 * Values are read as float32, as the served model reads them. A cut lies between
 * two neighbouring values and is rounded down to float32, so that `value <= cut`
 * says the same in training, in our evaluator and in ONNX.
 *
 * @module
 */

/** Bins of a column at most, without that of the missing. */
export const MOST_BINS = 255;

/**
 * Chooses where to cut a column: between all its values if they are few,
 * otherwise at quantiles of those that do not fill a bin by themselves.
 *
 * @param sorted Values, ascending, then NaN where missing.
 * @param most Bins at most.
 * @returns Cuts, shape [bins].
 */
export function chooseCuts(sorted: Float32Array, most: number): Float32Array {
  const { present, distinct, heavy, heavyRows } = countValues(sorted, most);
  const wanted = distinct <= most
    ? 0
    : (present - heavyRows) / Math.max(1, most - heavy);
  const cuts: number[] = [];
  let filled = 0;
  for (let at = 1; at < present && cuts.length < most - 1; at++) {
    const below = sorted[at - 1] as number;
    const above = sorted[at] as number;
    if (below === above || at - filled < wanted) continue;
    cuts.push(between(below, above));
    filled = at;
  }
  return Float32Array.from([...cuts, Infinity]);
}

/**
 * Chooses the codes that get a bin: the commonest.
 *
 * @param column Codes; NaN is missing.
 * @param most Bins at most.
 * @returns Codes, ascending, shape [bins].
 */
export function chooseCodes(column: Float64Array, most: number): Float32Array {
  const counts = new Map<number, number>();
  for (const value of column) {
    const code = Math.fround(value);
    if (!Number.isNaN(code)) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const codes = [...counts].sort(([a, many], [b, more]) =>
    more - many || a - b
  );
  return Float32Array.from(codes.slice(0, most), ([code]) => code).sort();
}

/**
 * Puts codes into bins.
 *
 * @param column Codes; NaN is missing.
 * @param codes As {@link chooseCodes} chose them.
 * @param out Bins, shape [rows].
 */
export function binCodes(
  column: Float64Array,
  codes: Float32Array,
  out: Uint8Array,
): void {
  const bins = new Map(Array.from(codes, (code, at) => [code, at + 1]));
  for (let row = 0; row < column.length; row++) {
    out[row] = bins.get(Math.fround(column[row] as number)) ?? 0;
  }
}

/** Counts values, and those that would fill a bin of equal size by themselves. */
function countValues(sorted: Float32Array, most: number) {
  let present = sorted.length;
  while (present > 0 && Number.isNaN(sorted[present - 1])) present--;
  let distinct = 0;
  let heavy = 0;
  let heavyRows = 0;
  let first = 0;
  for (let at = 0; at < present; at++) {
    if (at + 1 < present && sorted[at] === sorted[at + 1]) continue;
    const rows = at + 1 - first;
    first = at + 1;
    distinct++;
    if (rows * most < present) continue;
    heavy++;
    heavyRows += rows;
  }
  return { present, distinct, heavy, heavyRows };
}

/** A float32 in [below, above), half way when it can be. */
function between(below: number, above: number): number {
  const middle = roundDown(below / 2 + above / 2);
  return middle >= below && middle < above ? middle : below;
}

/**
 * Rounds down to float32.
 *
 * @param value Any number.
 * @returns The greatest float32 that is not above it.
 */
export function roundDown(value: number): number {
  const near = Math.fround(value);
  if (!(near > value)) return near;
  const single = Float32Array.of(near);
  const bits = new Int32Array(single.buffer);
  if (near === 0) return -1.401298464324817e-45;
  bits[0] = (bits[0] as number) + (near > 0 ? -1 : 1);
  return single[0] as number;
}
