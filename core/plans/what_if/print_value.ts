/**
 * Numbers in sentences: four digits that count, and shares in percent.
 *
 * @module
 */

const DIGITS = 4;
const MINUS = "\u2212";

/** Such as `1,234`, `0.05`, `1.235e12`; at least four digits count, whole parts up to a million in full. */
export function printValue(value: number): string {
  const size = Math.abs(value);
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const rounded = size >= 1000 && size < 1e9
    ? Math.round(value)
    : Number(value.toPrecision(DIGITS));
  const text = size >= 1e9 || size < 1e-4
    ? rounded.toExponential().replace("+", "")
    : rounded.toLocaleString("en-US", { maximumFractionDigits: 10 });
  return text.replace(/^-/, MINUS);
}

/** Such as `+12.5 %`. */
export function printShare(share: number): string {
  const percent = Math.abs(share) * 100;
  const text = percent >= 1000
    ? printValue(percent)
    : percent >= 0.05
    ? percent.toFixed(1)
    : printValue(percent);
  return `${share < 0 ? MINUS : "+"}${text} %`;
}
