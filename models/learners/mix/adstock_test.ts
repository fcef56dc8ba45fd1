/**
 * Carry-over against its definition as a weighted sum of past spend.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type AdstockKind,
  ADSTOCKS,
  carryHalfLife,
  createCarry,
  setCarry,
} from "./adstock.ts";
import { carryOver } from "./carry_over.ts";

/** Weights as the literature has them, from parameters in their own units. */
const DEFINED: Record<
  AdstockKind,
  (lag: number, first: number, second: number, lags: number) => number
> = {
  geometric: (lag, decay) => decay ** lag,
  delayed: (lag, decay, peak, lags) =>
    decay ** ((lag - peak * (lags - 1)) ** 2),
  "weibull_pdf": (lag, scale, shape) =>
    shape / scale * ((lag + 1) / scale) ** (shape - 1) *
    Math.exp(-(((lag + 1) / scale) ** shape)),
  "weibull_cdf": (lag, scale, shape) =>
    Array.from({ length: lag }, (_, at) => at + 1)
      .reduce(
        (kept, time) => kept * Math.exp(-((time / scale) ** shape)),
        1,
      ),
};

const shares = fc.double({ min: 0.02, max: 0.9, noNaN: true });
const sizes = fc.double({ min: 0.5, max: 4, noNaN: true });
const spends = fc.array(
  fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })),
  { minLength: 1, maxLength: 40 },
).map((values) => Float64Array.from(values));

Deno.test.each(ADSTOCKS.map((kind) => ({ kind })))(
  "carryOver() equals the weighted sum of past spend: $kind",
  ({ kind }) => {
    const unit = kind === "geometric" || kind === "delayed";
    const parameter = unit ? shares : sizes;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        parameter,
        parameter,
        spends,
        (lags, first, second, spend) => {
          const onLine = (value: number) =>
            Math.log(unit ? value / (1 - value) : value);
          const carry = createCarry(kind, lags);
          setCarry(carry, Float64Array.of(onLine(first), onLine(second)), 0);
          const raw = Array.from(
            { length: lags },
            (_, lag) => DEFINED[kind](lag, first, second, lags),
          );
          const whole = raw.reduce((sum, weight) => sum + weight, 0);
          const out = new Float64Array(spend.length);
          carryOver(carry, spend, out);
          out.forEach((got, t) => {
            const want = raw.reduce(
              (sum, weight, lag) =>
                sum + weight / whole * (spend[t - lag] ?? 0),
              0,
            );
            assert.ok(Math.abs(got - want) < 1e-12, `${got} is not ${want}`);
          });
        },
      ),
    );
  },
);

Deno.test("carryOver() leaves nothing behind a spend that has worked off", () => {
  const carry = createCarry("geometric", 5);
  setCarry(carry, Float64Array.of(0.3), 0);
  const spend = Float64Array.from(
    { length: 30 },
    (_, t) => t < 9 ? 0.1 * t : 0,
  );
  const out = new Float64Array(30);
  carryOver(carry, spend, out);
  assert.deepEqual(out.slice(13), new Float64Array(17));
  assert.ok((out[12] ?? 0) > 0);
});

Deno.test.each([
  { note: "none of the effect lasts", decay: -40, want: 0.5 },
  { note: "half of it lasts", decay: 0, want: 0.9921875 },
])("carryHalfLife(): $note", ({ decay, want }) => {
  const carry = createCarry("geometric", 7);
  setCarry(carry, Float64Array.of(decay), 0);
  assert.ok(Math.abs(carryHalfLife(carry) - want) < 1e-9);
});
