/**
 * The arithmetic of ONNX Runtime in float32: its sigmoid, a rational approximation, and
 * sums with fused multiply-adds.
 *
 * @see https://github.com/microsoft/onnxruntime/blob/main/onnxruntime/core/mlas/lib/logistic.cpp
 * @module
 */

/** Numerator and denominator of the runtime's sigmoid, by falling power of x². */
const NUMERATOR = Float32Array.of(
  4.37031012579801e-11,
  1.15627324459942e-7,
  6.08574864600143e-5,
  8.51377133304701e-3,
  2.48287947061529e-1,
);
const DENOMINATOR = Float32Array.of(
  6.10247389755681e-13,
  5.76102136993427e-9,
  6.2910678501704e-6,
  1.70198817374094e-3,
  1.16817656904453e-1,
  9.9315192102318e-1,
);
/** Beyond, the approximation is level. */
const RANGE = 18;

/**
 * The sigmoid as ONNX Runtime computes it.
 *
 * @param odds A float32.
 * @returns A float32.
 */
export function sigmoid(odds: number): number {
  const x = Math.min(RANGE, Math.max(-RANGE, odds));
  const square = Math.fround(x * x);
  const above = Math.fround(polynomial(NUMERATOR, square) * x);
  const below = polynomial(DENOMINATOR, square);
  const chance = Math.fround(Math.fround(above / below) + 0.5);
  return Math.min(1, Math.max(0, chance));
}

function polynomial(coefficients: Float32Array, x: number): number {
  let sum = coefficients[0] as number;
  for (let power = 1; power < coefficients.length; power++) {
    sum = multiplyAdd(sum, x, coefficients[power] as number);
  }
  return sum;
}

/**
 * a·b + c of float32s, rounded once.
 *
 * The product is exact in float64, the sum is not: where it lies midway between two
 * float32s, what was cut off decides.
 */
export function multiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const near = Math.fround(sum);
  const beyond = sum + (sum - near);
  if (beyond === near || Math.fround(beyond) !== beyond) return near;
  const back = sum - product;
  const cut = product - (sum - back) + (c - back);
  if (cut === 0) return near;
  return cut > 0 ? Math.max(near, beyond) : Math.min(near, beyond);
}
