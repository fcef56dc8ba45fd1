/**
 * Densities integrate to one, slopes are difference quotients, and draws follow.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "../../core/domain/random.ts";
import {
  betaDensity,
  type Density,
  gammaDensity,
  halfNormalDensity,
  logNormalDensity,
  normalDensity,
  studentDensity,
} from "./densities.ts";
import { TRANSFORMS } from "./transforms.ts";

const DENSITIES: { note: string; density: Density }[] = [
  { note: "normal", density: normalDensity(-2, 3) },
  { note: "half normal", density: halfNormalDensity(0.7) },
  { note: "log normal", density: logNormalDensity(1, 0.6) },
  { note: "gamma", density: gammaDensity(2.5, 3) },
  { note: "gamma with a pole", density: gammaDensity(0.8, 2) },
  { note: "beta", density: betaDensity(1.5, 4) },
  { note: "Student's t", density: studentDensity(4, 1, 2) },
];

/** Log density on the line. */
function onLine({ support, logDensity }: Density): (u: number) => number {
  const { toSupport, logJacobian } = TRANSFORMS[support];
  return (u) => {
    const x = toSupport(u);
    return logDensity(x) + logJacobian(x);
  };
}

/** Integral over the line from -60 to 60, by the trapezium rule. */
function integrate(of: (u: number) => number): number {
  const step = 1e-3;
  let sum = 0;
  for (let at = -60_000; at <= 60_000; at++) sum += of(at * step) * step;
  return sum;
}

Deno.test.each(DENSITIES)("$note has a whole of one", ({ density }) => {
  const log = onLine(density);
  const whole = integrate((u) => Math.exp(log(u)));
  assert.ok(Math.abs(whole - 1) < 1e-3, `the whole is ${whole}`);
});

Deno.test.each(DENSITIES)("$note draws what it promises", ({ density }) => {
  const random = seededRandom(7);
  const { toSupport, toLine } = TRANSFORMS[density.support];
  const log = onLine(density);
  const median = toLine(
    Array.from({ length: 20_001 }, () => density.draw(random))
      .sort((left, right) => left - right)[10_000] as number,
  );
  const below = integrate((u) => u <= median ? Math.exp(log(u)) : 0);
  assert.ok(Math.abs(below - 0.5) < 4 * 0.5 / Math.sqrt(20_000));
  assert.ok(Number.isFinite(density.logDensity(toSupport(median))));
});

Deno.test.each(DENSITIES)("$note has the slope it shows", ({ density }) => {
  const { toSupport, slope, logJacobianSlope } = TRANSFORMS[density.support];
  const log = onLine(density);
  fc.assert(fc.property(fc.double({ min: -4, max: 4, noNaN: true }), (u) => {
    const x = toSupport(u);
    const got = density.slope(x) * slope(x) + logJacobianSlope(x);
    const want = (log(u + 1e-5) - log(u - 1e-5)) / 2e-5;
    assert.ok(Math.abs(got - want) < 1e-5 * (1 + Math.abs(want)));
  }));
});

Deno.test.each([
  { support: "real" as const },
  { support: "positive" as const },
  { support: "unit" as const },
])(
  "the map to $support has an inverse and stays inside",
  ({ support }) => {
    const { toSupport, toLine } = TRANSFORMS[support];
    fc.assert(fc.property(fc.double({ min: -30, max: 30 }), (u) => {
      if (Number.isNaN(u)) return;
      const back = toLine(toSupport(u));
      assert.ok(Math.abs(back - u) < 1e-2 + 1e-9 * Math.abs(u));
    }));
    for (const u of [-1e9, 1e9]) {
      const x = toSupport(u);
      assert.ok(Number.isFinite(x));
      if (support !== "real") assert.ok(x > 0);
      if (support === "unit") assert.ok(x < 1);
    }
  },
);
