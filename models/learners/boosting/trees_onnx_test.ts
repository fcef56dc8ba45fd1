/**
 * onnxruntime decides every row as our trees do: missing values, cuts themselves
 * and their float32 neighbours, infinities and unknown words included.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import * as ort from "onnxruntime-node";
import type { Random } from "@moe/plugin";
import { seededRandom } from "@moe/plugin/test";
import { fitBoosting, predictEnsemble } from "./boosting.ts";
import type { BoostingOptions, Ensemble, Loss } from "./options.ts";
import { treesOnnx } from "./trees_onnx.ts";

const ROWS = 700;
const WORDS = 12;
const LOSSES: readonly Loss[] = ["logistic", "squared", "poisson", "quantile"];
const report = () => {};

interface Case {
  readonly loss: Loss;
  readonly seed: number;
  readonly leaves: number;
  readonly maxBins: number;
  readonly codes: number;
}

const cases = fc.record({
  loss: fc.constantFrom(...LOSSES),
  seed: fc.nat(),
  leaves: fc.integer({ min: 2, max: 20 }),
  maxBins: fc.integer({ min: 2, max: 255 }),
  codes: fc.integer({ min: 1, max: 60 }),
});

function learn({ loss, seed, leaves, maxBins, codes }: Case): Ensemble {
  const random = seededRandom(seed);
  const columns = Array.from(
    { length: 5 },
    (_, at) => at === 4 ? words(random, codes) : numbers(random, at),
  );
  const effects = Array.from({ length: codes }, () => random.normal());
  const label = Float64Array.from({ length: ROWS }, (_, row) => {
    const [a = NaN, b = NaN, , , word = NaN] = columns.map((all) => all[row]);
    const product = Number.isFinite(a * b) ? a * b : 0.5;
    const sum = product + (effects[word] ?? 0);
    return loss === "logistic" ? Number(sum > 0.3) : Math.max(0, 2 + sum);
  });
  return fitBoosting({ columns, label, coded: [4] }, {
    ...OPTIONS,
    loss,
    leaves,
    maxBins,
  }, { validation: null, random, report });
}

const OPTIONS: BoostingOptions = {
  loss: "logistic",
  trees: 15,
  leaves: 9,
  learningRate: 0.1,
  l2: 1,
  minChildWeight: 1e-3,
  categoryL2: 1,
  categorySmoothing: 1,
  quantile: 0.7,
  rowShare: 0.8,
  columnShare: 0.8,
  patience: 5,
};

function numbers(random: Random, at: number): Float64Array {
  return Float64Array.from({ length: ROWS }, () => {
    if (random.next() < 0.15 * (at % 3)) return NaN;
    if (random.next() < 0.01) return random.next() < 0.5 ? -Infinity : Infinity;
    return at === 3 ? Math.round(3 * random.next()) : random.normal();
  });
}

function words(random: Random, codes: number): Float64Array {
  return Float64Array.from(
    { length: ROWS },
    () => random.next() < 0.1 ? NaN : Math.floor(codes * random.next()),
  );
}

/** Rows at every cut, just above it, missing, unknown, and at random. */
function edgeRows(ensemble: Ensemble, random: Random): Float64Array[] {
  const edges = ensemble.trees.flatMap(({ cuts, columns, codes }) => [
    ...[...codes.values()].flatMap((some) => [...some]),
    ...cuts.filter((_, node) => (columns[node] ?? -1) >= 0),
  ]);
  const picks = [NaN, Infinity, -Infinity, 0, -0, WORDS, 99, -1, 0.5];
  return Array.from(
    { length: ensemble.columns },
    () =>
      Float64Array.from({ length: 1_000 }, () => {
        const edge = edges[Math.floor(edges.length * random.next())] ?? 0;
        const way = random.next();
        if (way < 0.4) return edge;
        if (way < 0.6) return Math.fround(edge * (1 + 2 ** -22));
        return way < 0.8
          ? random.normal()
          : picks[Math.floor(picks.length * random.next())] ?? NaN;
      }),
  );
}

async function run(ensemble: Ensemble, columns: Float64Array[]) {
  const session = await ort.InferenceSession.create(treesOnnx(ensemble));
  const rows = columns[0]?.length ?? 0;
  const features = new Float32Array(rows * columns.length);
  columns.forEach((values, at) =>
    values.forEach((x, row) => features[row * columns.length + at] = x)
  );
  const tensor = new ort.Tensor("float32", features, [rows, columns.length]);
  const { score } = await session.run({ features: tensor });
  await session.release();
  assert.deepEqual(score?.dims, [rows, 1]);
  return score?.data as Float32Array;
}

Deno.test("treesOnnx() says in onnxruntime what our trees say", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (each) => {
      const ensemble = learn(each);
      const columns = edgeRows(ensemble, seededRandom(12));
      const want = predictEnsemble(ensemble, columns);
      const got = await run(ensemble, columns);
      const worst = want.reduce((most, value, row) => {
        const off = Math.abs(value - (got[row] ?? NaN));
        return Math.max(most, off / Math.max(1, Math.abs(value)));
      }, 0);
      assert.ok(worst < 2e-6, `off by ${worst}`);
    }),
    { numRuns: 60 },
  );
});

Deno.test("treesOnnx() parts words in the trees that it is tried with", () => {
  const { trees } = learn({
    loss: "squared",
    seed: 1,
    leaves: 9,
    maxBins: 255,
    codes: 30,
  });
  assert.ok(trees.some(({ codes }) => codes.size > 0));
  assert.ok(
    trees.some(({ codes }) =>
      [...codes.values()].some((some) => some.length > 3)
    ),
  );
});

Deno.test("treesOnnx() gives the same bytes for the same seed", () => {
  const once = {
    loss: "logistic" as const,
    seed: 3,
    leaves: 9,
    maxBins: 255,
    codes: 9,
  };
  assert.deepEqual(treesOnnx(learn(once)), treesOnnx(learn(once)));
});

Deno.test("treesOnnx() serves an ensemble that never split", async () => {
  const flat = fitBoosting(
    {
      columns: [new Float64Array(9).fill(1)],
      label: Float64Array.of(1, 0, 0, 0, 0, 0, 0, 0, 1),
    },
    { ...OPTIONS, trees: 2, rowShare: 1 },
    { validation: null, random: seededRandom(1), report },
  );
  const got = await run(flat, [Float64Array.of(5, NaN)]);
  assert.ok(got.every((chance) => Math.abs(chance - 2 / 9) < 1e-6));
});
