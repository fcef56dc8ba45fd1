/**
 * Summaries of chains against the published formulas, written out slowly, and against
 * processes whose effective sample size is known.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "../../core/domain/random.ts";
import {
  coordinateChains,
  quantile,
  summarizeQuantity,
  worstMixing,
} from "./chains.ts";
import { normalQuantile } from "./normal_quantile.ts";

type Chains = readonly (readonly number[])[];

const mean = (x: readonly number[]) => x.reduce((s, v) => s + v, 0) / x.length;
const variance = (x: readonly number[]) =>
  x.reduce((s, v) => s + (v - mean(x)) ** 2, 0) / (x.length - 1);

/** Ranks by counting, chains cut by hand: Vehtari et al. (2021), equations 3, 4, 10, 14. */
function slowScores(chains: Chains): number[][] {
  const halves = slowHalves(chains);
  const all = halves.flat();
  return halves.map((chain) =>
    chain.map((value) => {
      const below = all.filter((other) => other < value).length;
      const same = all.filter((other) => other === value).length;
      const rank = below + (same + 1) / 2;
      return normalQuantile((rank - 3 / 8) / (all.length + 1 / 4));
    })
  );
}

function slowHalves(chains: Chains): number[][] {
  return chains.flatMap((chain) => {
    const half = Math.floor(chain.length / 2);
    return [chain.slice(0, half), chain.slice(chain.length - half)];
  });
}

function slowReduction(chains: Chains): number {
  const n = (chains[0] ?? []).length;
  const within = mean(chains.map(variance));
  const between = n * variance(chains.map(mean));
  return Math.sqrt(((n - 1) / n * within + between / n) / within);
}

function slowRHat(chains: Chains): number {
  const sorted = chains.flat().sort((left, right) => left - right);
  const n = sorted.length;
  const median = ((sorted[Math.floor((n - 1) / 2)] ?? 0) +
    (sorted[Math.ceil((n - 1) / 2)] ?? 0)) / 2;
  const folded = chains.map((chain) => chain.map((v) => Math.abs(v - median)));
  return Math.max(
    slowReduction(slowScores(chains)),
    slowReduction(slowScores(folded)),
  );
}

/** Equations 11 to 13, with Geyer's initial positive and monotone sequence. */
function slowEffective(chains: Chains): number {
  const n = (chains[0] ?? []).length;
  const within = mean(chains.map(variance));
  const plus = (n - 1) / n * within + variance(chains.map(mean));
  const rho = (lag: number) => {
    if (lag === 0) return 1;
    const covariances = chains.map((chain) =>
      chain.reduce(
        (sum, value, t) =>
          t < lag ? sum : sum +
            (value - mean(chain)) * ((chain[t - lag] ?? 0) - mean(chain)),
        0,
      ) / n
    );
    return 1 - (within - mean(covariances)) / plus;
  };
  const pairs: number[] = [];
  let lag = 0;
  while (lag < n - 5 && rho(lag) + rho(lag + 1) > 0) {
    pairs.push(Math.min(...pairs, rho(lag) + rho(lag + 1)));
    lag += 2;
  }
  const tau = 2 * pairs.reduce((s, v) => s + v, 0) - 1 + Math.max(0, rho(lag));
  const draws = chains.length * n;
  return draws / Math.max(tau, 1 / Math.log10(draws));
}

/** Chains of a first-order process, for each its level. */
function process(
  rho: number,
  levels: readonly number[],
  { length, seed }: { readonly length: number; readonly seed: number },
): Float64Array[] {
  const random = seededRandom(seed);
  return levels.map((level) => {
    let now = random.normal();
    return Float64Array.from({ length }, () => {
      now = rho * now + Math.sqrt(1 - rho * rho) * random.normal();
      return level + now;
    });
  });
}

function close(got: number, want: number, relative: number): void {
  assert.ok(
    Math.abs(got - want) <= relative * Math.abs(want),
    `${got} is not ${want}`,
  );
}

Deno.test("summarizeQuantity() equals the published formulas", () => {
  const cases = fc.record({
    rho: fc.double({ min: -0.5, max: 0.95, noNaN: true }),
    levels: fc.array(fc.integer({ min: -1, max: 1 }), {
      minLength: 2,
      maxLength: 4,
    }),
    length: fc.integer({ min: 12, max: 60 }),
    seed: fc.integer(),
    digits: fc.constantFrom(1, 12),
  });
  fc.assert(
    fc.property(cases, ({ rho, levels, length, seed, digits }) => {
      const chains = process(rho, levels, { length, seed })
        .map((chain) => chain.map((value) => Number(value.toFixed(digits))));
      const plain = chains.map((chain) => [...chain]);
      const got = summarizeQuantity(chains);
      const halves = slowHalves(plain);
      close(got.mean, mean(plain.flat()), 1e-9);
      close(got.deviation, Math.sqrt(variance(plain.flat())), 1e-9);
      close(got.rHat, slowRHat(plain), 1e-9);
      close(got.bulkDraws, slowEffective(slowScores(plain)), 1e-9);
      const error = got.deviation / Math.sqrt(slowEffective(halves));
      close(got.standardError, error, 1e-9);
      const sorted = Float64Array.from(plain.flat()).sort();
      const edges = [0.05, 0.95].map((share) => quantile(sorted, share));
      // A draw within rounding of an edge may fall on either side of it.
      const isTied = (edge: number) =>
        sorted.some((value) => value !== edge && Math.abs(value - edge) < 1e-9);
      if (edges.some(isTied)) return;
      const tails = edges.map((edge) => {
        return slowEffective(
          halves.map((half) => half.map((value) => value <= edge ? 1 : 0)),
        );
      });
      close(got.tailDraws, Math.min(...tails), 1e-9);
    }),
    { numRuns: 60 },
  );
});

Deno.test.each([{ rho: 0 }, { rho: 0.5 }, { rho: 0.9 }])(
  "summarizeQuantity() finds the effective draws of a process of memory $rho",
  ({ rho }) => {
    const options = { length: 10_000, seed: 5 };
    const chains = process(rho, [0, 0, 0, 0], options);
    const { bulkDraws, rHat } = summarizeQuantity(chains);
    close(bulkDraws, 40_000 * (1 - rho) / (1 + rho), 0.1);
    assert.ok(rHat < 1.01);
  },
);

Deno.test("summarizeQuantity() sees chains apart in place or in width", () => {
  const apart = process(0, [0, 0, 0, 1], { length: 500, seed: 1 });
  assert.ok(summarizeQuantity(apart).rHat > 1.05);
  const wide = process(0, [0, 0, 0, 0], { length: 500, seed: 2 })
    .map((chain, at) => chain.map((value) => at === 0 ? 3 * value : value));
  assert.ok(summarizeQuantity(wide).rHat > 1.05);
});

Deno.test("worstMixing() tells the worst, and passes over what does not vary", () => {
  const good = process(0, [0, 0], { length: 200, seed: 1 });
  const bad = process(0.9, [0, 1], { length: 200, seed: 2 });
  const still = [new Float64Array(200), new Float64Array(200)];
  const { rHat, bulkDraws, tailDraws } = summarizeQuantity(bad);
  assert.deepEqual(worstMixing([good, bad, still]), {
    rHat,
    effectiveDraws: Math.min(bulkDraws, tailDraws),
  });
  assert.ok(Number.isNaN(summarizeQuantity(still).rHat));
});

Deno.test("coordinateChains() picks one number of each position", () => {
  const rows = [Float64Array.of(1, 2, 3, 4), Float64Array.of(5, 6, 7, 8)];
  assert.deepEqual(coordinateChains(rows, 2, 1), [
    Float64Array.of(2, 4),
    Float64Array.of(6, 8),
  ]);
});

Deno.test("quantile() goes between neighbours by a line", () => {
  const sorted = Float64Array.of(1, 2, 4);
  assert.deepEqual([0, 0.25, 0.5, 0.75, 1].map((q) => quantile(sorted, q)), [
    1,
    1.5,
    2,
    3,
    4,
  ]);
});

/** Of scipy 1.17.1: `norm.ppf`. */
Deno.test.each([
  { share: 1e-300, want: -37.0470962993612 },
  { share: 1e-12, want: -7.034483825301131 },
  { share: 0.001, want: -3.090232306167813 },
  { share: 0.3, want: -0.5244005127080409 },
  { share: 0.5, want: 0 },
  { share: 0.8, want: 0.8416212335729143 },
])("normalQuantile($share)", ({ share, want }) => {
  close(normalQuantile(share), want, 1e-12);
});
