/**
 * Numbers for people: few digits, and k, M, B, T for thousands and more.
 *
 * @module
 */

const SUFFIXES = ["", "k", "M", "B", "T"];
const MINUS = "\u2212";
/** Below it whole numbers stay as they are: years are no thousands. */
const FIRST_SHORTENED = 10_000;
const SMALLEST_PLAIN = 1e-4;

/**
 * Prints one value with three digits that count.
 *
 * @param value Any number.
 * @returns Such as `0.0123`, `1.2k`, `−34M`, `1.5e18`; `–` if not finite.
 */
export function printCompact(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const rounded = Number(value.toPrecision(3));
  if (rounded === 0) return "0";
  const power = thousands(rounded);
  if (power === null) return signed(exponential(rounded));
  const mantissa = Number((rounded / 1000 ** power).toPrecision(3));
  return signed(`${mantissa}${SUFFIXES[power]}`);
}

/**
 * Prints the ticks of an axis, all in the same unit and with as many decimals as
 * tell neighbours apart.
 *
 * @param ticks Ascending, evenly spaced.
 */
export function printTicks(ticks: readonly number[]): string[] {
  const largest = Math.max(...ticks.map(Math.abs));
  const step = Math.abs((ticks[1] ?? largest) - (ticks[0] ?? 0));
  const plain = largest < FIRST_SHORTENED && largest >= SMALLEST_PLAIN;
  const power = plain ? 0 : thousands(largest);
  if (power === null) {
    return ticks.map((tick) => tick === 0 ? "0" : signed(exponential(tick)));
  }
  const unit = 1000 ** power;
  const decimals = decimalsOf(step / unit);
  return ticks.map((tick) =>
    tick === 0
      ? "0"
      : signed(`${(tick / unit).toFixed(decimals)}${SUFFIXES[power]}`)
  );
}

/** How many times a thousand goes into it; null if suffixes do not reach. */
function thousands(value: number): number | null {
  const size = Math.abs(value);
  if (size === 0) return 0;
  if (size < SMALLEST_PLAIN) return null;
  if (size < 1000) return 0;
  const power = Math.floor(Math.log10(size * 1.000001) / 3);
  return power < SUFFIXES.length ? power : null;
}

function decimalsOf(step: number): number {
  for (let decimals = 0; decimals < 12; decimals++) {
    const scaled = step * 10 ** decimals;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * scaled) return decimals;
  }
  return 12;
}

function exponential(value: number): string {
  return Number(value.toPrecision(3)).toExponential().replace("+", "");
}

function signed(text: string): string {
  return text.replace("-", MINUS).replace("e-", `e${MINUS}`);
}
