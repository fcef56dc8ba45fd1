/**
 * The sampler against densities whose means and variances are known, its ranks against
 * uniformity, and its promises of repetition and of saying what went wrong.
 *
 * @module
 */
import assert from "node:assert/strict";
import { chiSquareQuantile } from "../../core/domain/distributions.ts";
import { seededRandom } from "../../core/domain/random.ts";
import {
  coordinateChains,
  type QuantityChains,
  summarizeQuantity,
} from "./chains.ts";
import {
  type Chain,
  type ChainOptions,
  planWindows,
  sampleChain,
} from "./nuts.ts";
import type { Target } from "./trajectory.ts";

/** Standard errors that a mean may be off: once in 30,000 by chance. */
const MOST_ERRORS = 4.2;

/** Neighbours correlated by 0.9, all of variance 1: its precision has three diagonals. */
const CORRELATED: Target = {
  size: 50,
  logDensity(x, gradient) {
    const rho = 0.9;
    let sum = 0;
    gradient.fill(0);
    for (let i = 0; i < x.length; i++) {
      const variance = i === 0 ? 1 : 1 - rho * rho;
      const rest = (x[i] ?? 0) - (i === 0 ? 0 : rho * (x[i - 1] ?? 0));
      sum -= rest * rest / variance / 2;
      gradient[i] = (gradient[i] ?? 0) - rest / variance;
      if (i > 0) {
        gradient[i - 1] = (gradient[i - 1] ?? 0) + rho * rest / variance;
      }
    }
    return sum;
  },
};

/** x is standard normal, y is normal around x² with deviation 0.5. */
const BANANA: Target = {
  size: 2,
  logDensity([x = 0, y = 0], gradient) {
    const rest = (y - x * x) / 0.25;
    gradient[0] = -x + 2 * x * rest;
    gradient[1] = -rest;
    return -x * x / 2 - (y - x * x) * rest / 2;
  },
};

/** The logarithm of a scale, and nine numbers of that scale. */
const FUNNEL: Target = {
  size: 10,
  logDensity(x, gradient) {
    const [log = 0] = x;
    let sum = -log * log / 18 - 4.5 * log;
    gradient[0] = -log / 9 - 4.5;
    for (let i = 1; i < 10; i++) {
      const pull = (x[i] ?? 0) * Math.exp(-log);
      gradient[i] = -pull;
      gradient[0] = (gradient[0] ?? 0) + (x[i] ?? 0) * pull / 2;
      sum -= (x[i] ?? 0) * pull / 2;
    }
    return sum;
  },
};

function sample(
  target: Target,
  options: Partial<ChainOptions> = {},
  chains = 4,
): Chain[] {
  return Array.from({ length: chains }, (_, chain) =>
    sampleChain(target, {
      warmup: 500,
      draws: 1000,
      start: new Float64Array(target.size).fill(0.5),
      random: seededRandom(100 + chain),
      ...options,
    }));
}

function coordinate(chains: readonly Chain[], at: number): Float64Array[] {
  const draws = chains.map(({ draws }) => draws);
  const size = (draws[0]?.length ?? 0) / (chains[0]?.logDensity.length ?? 1);
  return coordinateChains(draws, size, at);
}

function map(
  chains: QuantityChains,
  of: (value: number) => number,
): Float64Array[] {
  return chains.map((chain) => chain.map(of));
}

function assertMean(chains: QuantityChains, want: number): void {
  const { mean, standardError, rHat } = summarizeQuantity(chains);
  assert.ok(rHat < 1.01, `R-hat is ${rHat}`);
  assert.ok(
    Math.abs(mean - want) < MOST_ERRORS * standardError,
    `${mean} ± ${standardError} is not ${want}`,
  );
}

Deno.test("sampleChain() draws 50 correlated normals", () => {
  const chains = sample(CORRELATED);
  for (let i = 0; i < 50; i += 7) {
    const draws = coordinate(chains, i);
    assertMean(draws, 0);
    assertMean(map(draws, (x) => x * x), 1);
    const next = coordinate(chains, (i + 1) % 50);
    if (i === 49) continue;
    assertMean(
      draws.map((chain, at) => chain.map((x, t) => x * (next[at]?.[t] ?? 0))),
      0.9,
    );
  }
  for (const { divergences, accepted } of chains) {
    assert.equal(divergences, 0);
    assert.ok(accepted > 0.7 && accepted < 0.95);
  }
});

Deno.test("sampleChain() goes along a curved ridge", () => {
  const chains = sample(BANANA, { accept: 0.95, draws: 2000 });
  const [x = [], y = []] = [coordinate(chains, 0), coordinate(chains, 1)];
  assertMean(x, 0);
  assertMean(map(x, (value) => value * value), 1);
  assertMean(y, 1);
  assertMean(map(y, (value) => (value - 1) ** 2), 2.25);
});

Deno.test("sampleChain() weighs points right where its steps are rough", () => {
  const chains = sample({
    size: 2,
    logDensity([x = 0, y = 0], gradient) {
      gradient[0] = -4e4 * x ** 3;
      gradient[1] = -4 * y ** 3;
      return -1e4 * x ** 4 - y ** 4;
    },
  }, { warmup: 60, draws: 10_000 });
  const energies = chains.map(({ logDensity }) => logDensity);
  assertMean(map(energies, (log) => -log), 1 / 2);
});

Deno.test("sampleChain() says that it cannot follow a funnel", () => {
  const lost = sample(FUNNEL).reduce((sum, one) => sum + one.divergences, 0);
  assert.ok(lost > 0);
});

Deno.test("sampleChain() draws a funnel whose members are told apart from their scale", () => {
  const chains = sample({
    size: 10,
    logDensity(x, gradient) {
      x.forEach((value, i) => gradient[i] = -value / (i === 0 ? 9 : 1));
      return x.reduce((s, v, i) => s - v * v / (i === 0 ? 18 : 2), 0);
    },
  });
  const [log = [], unit = []] = [coordinate(chains, 0), coordinate(chains, 1)];
  const member = unit.map((chain, at) =>
    chain.map((value, t) => value * Math.exp((log[at]?.[t] ?? 0) / 2))
  );
  assertMean(map(log, (value) => value * value), 9);
  assertMean(map(member, (value) => Math.abs(value) < 1 ? 1 : 0), 0.6053);
});

Deno.test("sampleChain() repeats to the bit, and only with its seed", () => {
  const run = (seed: number) =>
    sampleChain(CORRELATED, {
      warmup: 100,
      draws: 50,
      start: new Float64Array(50),
      random: seededRandom(seed),
    });
  assert.deepEqual(run(1), run(1));
  assert.notDeepEqual(run(1).draws, run(2).draws);
});

Deno.test("sampleChain() refuses a start without density", () => {
  const nowhere: Target = { size: 1, logDensity: () => -Infinity };
  assert.throws(() => sample(nowhere), RangeError);
});

Deno.test("sampleChain() counts gradients, and moves cut short", () => {
  let asked = 0;
  const counting: Target = {
    size: CORRELATED.size,
    logDensity(position, gradient) {
      asked++;
      return CORRELATED.logDensity(position, gradient);
    },
  };
  const [chain] = sample(counting, { maxDepth: 2, draws: 100 }, 1);
  assert.equal(chain?.evaluations, asked - 1);
  assert.ok((chain?.cutShort ?? 0) > 80);
});

Deno.test.each([
  { warmup: 1000, from: 75, ends: [100, 150, 250, 450, 950] },
  { warmup: 150, from: 75, ends: [100] },
  { warmup: 100, from: 15, ends: [90] },
  { warmup: 0, from: 0, ends: [] },
])("planWindows() of $warmup moves", ({ warmup, ...want }) => {
  assert.deepEqual(planWindows(warmup), want);
});

/**
 * Simulation-based calibration: ranks of true parameters among posterior draws are
 * uniform if the sampler is right. Normal data of unknown mean and scale.
 *
 * @see Talts et al. (2018), Validating Bayesian Inference Algorithms with SBC
 */
Deno.test("sampleChain() is calibrated on simulated data", () => {
  const [worlds, kept, bins] = [300, 39, 10];
  const counts = [0, 1].map(() => new Float64Array(bins));
  const random = seededRandom(11);
  for (let world = 0; world < worlds; world++) {
    const truth = [random.normal(), random.normal()] as const;
    const data = Float64Array.from(
      { length: 5 },
      () => truth[0] + Math.exp(truth[1]) * random.normal(),
    );
    const { draws } = sampleChain(normalModel(data), {
      warmup: 150,
      draws: 10 * kept,
      start: new Float64Array(2),
      random,
    });
    truth.forEach((value, at) => {
      let rank = 0;
      for (let draw = 0; draw < kept; draw++) {
        if ((draws[20 * draw + at] ?? 0) < value) rank++;
      }
      const bin = Math.floor(rank * bins / (kept + 1));
      const count = counts[at] as Float64Array;
      count[bin] = (count[bin] ?? 0) + 1;
    });
  }
  for (const count of counts) {
    const each = worlds / bins;
    const square = count.reduce((s, n) => s + (n - each) ** 2 / each, 0);
    assert.ok(square < chiSquareQuantile(0.999, bins - 1), `${count}`);
  }
});

/** Mean and log scale are standard normal a priori. */
function normalModel(data: Float64Array): Target {
  return {
    size: 2,
    logDensity([mean = 0, log = 0], gradient) {
      const precision = Math.exp(-2 * log);
      let [pull, square] = [0, 0];
      for (const value of data) {
        pull += (value - mean) * precision;
        square += (value - mean) ** 2 * precision;
      }
      gradient[0] = pull - mean;
      gradient[1] = square - data.length - log;
      return -square / 2 - data.length * log - (mean * mean + log * log) / 2;
    },
  };
}
