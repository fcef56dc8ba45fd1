/**
 * Bounds of few digits, for people to read.
 *
 * @module
 */

/** A number of few digits: the next one outwards, unless it is all but one itself. */
export function roundBound(
  x: number,
  digits: number,
  to: "lo" | "hi" | "near",
): number {
  if (Math.abs(x) < 1e-300) return 0;
  const size = digits - Math.ceil(Math.log10(Math.abs(x)));
  const whole = size > 0 ? x * 10 ** size : x / 10 ** -size;
  const rounded = to === "near"
    ? Math.round(whole)
    : to === "hi"
    ? Math.ceil(whole - 0.01)
    : Math.floor(whole + 0.01);
  return size > 0 ? rounded / 10 ** size : rounded * 10 ** -size;
}
