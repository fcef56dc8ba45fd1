/**
 * Laplace's approximation where it is exact, where importance puts it right, and where
 * it must say that it cannot be trusted.
 *
 * @module
 */
import assert from "node:assert/strict";
import { seededRandom } from "../../core/domain/random.ts";
import { findMode, fitLaplace, type LaplaceFit } from "./laplace.ts";
import { fitPareto, smoothWeights } from "./pareto_smoothing.ts";
import type { Target } from "./trajectory.ts";

/** Two normals of deviations 2 and 0.5, correlated by 0.6, around (3, -1). */
const NORMAL: Target = {
  size: 2,
  logDensity([x = 0, y = 0], gradient) {
    const [a, b, rho] = [(x - 3) / 2, (y + 1) / 0.5, 0.6];
    const scale = 1 / (1 - rho * rho);
    gradient[0] = -(a - rho * b) * scale / 2;
    gradient[1] = -(b - rho * a) * scale / 0.5;
    return -(a * a - 2 * rho * a * b + b * b) * scale / 2;
  },
};

/** Logarithm of a gamma of shape 3 and rate 1: skewed to the left. */
const SKEWED: Target = {
  size: 1,
  logDensity([u = 0], gradient) {
    gradient[0] = 3 - Math.exp(u);
    return 3 * u - Math.exp(u);
  },
};

function fit(target: Target, draws = 4000): LaplaceFit {
  return fitLaplace(target, {
    starts: [
      new Float64Array(target.size),
      new Float64Array(target.size).fill(1),
    ],
    draws,
    random: seededRandom(3),
  });
}

function moments(draws: Float64Array, size: number, at: number) {
  const column = draws.filter((_, place) => place % size === at);
  const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
  const square = column.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(square / column.length) };
}

function close(got: number, want: number, room: number): void {
  assert.ok(Math.abs(got - want) < room, `${got} is not ${want}`);
}

Deno.test("fitLaplace() is exact for a normal density", () => {
  const { mode, draws, ridge, logDensity } = fit(NORMAL);
  close(mode[0] ?? 0, 3, 1e-5);
  close(mode[1] ?? 0, -1, 1e-5);
  close(logDensity, 0, 1e-8);
  assert.equal(ridge, 0);
  const [x, y] = [moments(draws, 2, 0), moments(draws, 2, 1)];
  close(x.mean, 3, 4 * 2 / Math.sqrt(4000));
  close(x.deviation, 2, 0.1);
  close(y.deviation, 0.5, 0.025);
  let product = 0;
  for (let at = 0; at < draws.length; at += 2) {
    product += ((draws[at] ?? 0) - x.mean) * ((draws[at + 1] ?? 0) - y.mean);
  }
  close(product / 4000 / x.deviation / y.deviation, 0.6, 0.05);
});

Deno.test("fitLaplace() is put right by importance where the density is skewed", () => {
  const { draws, shape, mode } = fit(SKEWED);
  assert.ok(shape < 0.7);
  close(mode[0] ?? 0, Math.log(3), 1e-5);
  const digamma3 = 0.9227843351;
  close(moments(draws, 1, 0).mean, digamma3, 0.05);
});

Deno.test("fitLaplace() says when its draws are not to be trusted", () => {
  const cauchy: Target = {
    size: 8,
    logDensity(x, gradient) {
      x.forEach((u, i) => gradient[i] = -2 * u / (1 + u * u));
      return -x.reduce((sum, u) => sum + Math.log1p(u * u), 0);
    },
  };
  assert.ok(fit(cauchy).shape > 0.7);
});

Deno.test("fitLaplace() raises a curvature that is flat somewhere", () => {
  const { ridge, draws } = fit({
    size: 2,
    logDensity([x = 0], gradient) {
      gradient[0] = -x;
      gradient[1] = 0;
      return -x * x / 2;
    },
  });
  assert.ok(ridge > 0);
  assert.ok(draws.every(Number.isFinite));
});

Deno.test("fitLaplace() repeats to the bit", () => {
  assert.deepEqual(fit(SKEWED, 200), fit(SKEWED, 200));
});

Deno.test("findMode() takes the higher of two modes, and refuses without density", () => {
  const modes: Target = {
    size: 1,
    logDensity([x = 0], gradient) {
      const [left, right] = [
        Math.exp(-((x + 3) ** 2) / 2),
        2 * Math.exp(-((x - 3) ** 2) / 2),
      ];
      gradient[0] = -((x + 3) * left + (x - 3) * right) / (left + right);
      return Math.log(left + right);
    },
  };
  const starts = [-4, 2].map((x) => Float64Array.of(x));
  close(findMode(modes, { starts }).mode[0] ?? 0, 3, 1e-4);
  const nowhere: Target = { size: 1, logDensity: () => NaN };
  assert.throws(() => findMode(nowhere, { starts }), RangeError);
});

Deno.test.each([{ shape: -0.2 }, { shape: 0.3 }, { shape: 0.9 }])(
  "fitPareto() finds the shape $shape of a sample",
  ({ shape }) => {
    const random = seededRandom(4);
    const values = Float64Array.from(
      { length: 20_000 },
      () => 2 * ((1 - random.next()) ** -shape - 1) / shape,
    ).sort();
    const found = fitPareto(values);
    close(found.shape, shape, 0.05);
    close(found.scale, 2, 0.1);
  },
);

Deno.test("smoothWeights() keeps the order of weights, and tells their tail", () => {
  const random = seededRandom(9);
  const logs = Float64Array.from(
    { length: 4000 },
    () => -0.4 * Math.log(1 - random.next()),
  );
  const { weights, shape } = smoothWeights(logs);
  close(weights.reduce((sum, weight) => sum + weight, 0), 1, 1e-9);
  close(shape, 0.4, 0.15);
  const order = [...logs.keys()].sort((a, b) =>
    (logs[a] ?? 0) - (logs[b] ?? 0)
  );
  order.slice(1).forEach((at, place) =>
    assert.ok((weights[at] ?? 0) >= (weights[order[place] as number] ?? 0))
  );
  const [most, raw] = [Math.max(...weights), logs.map(Math.exp)];
  const share = Math.max(...raw) / raw.reduce((sum, value) => sum + value, 0);
  assert.ok(most < share, "the largest weight is tamed");
});

Deno.test("smoothWeights() of equal weights leaves them, and trusts them", () => {
  const { weights, shape } = smoothWeights(new Float64Array(100).fill(5));
  assert.ok(weights.every((weight) => Math.abs(weight - 0.01) < 1e-12));
  assert.equal(shape, -Infinity);
});
