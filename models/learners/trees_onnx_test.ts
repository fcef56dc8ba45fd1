/**
 * onnxruntime decides every row as our trees do: missing values, cuts themselves
 * and their float32 neighbours included.
 *
 * @module
 */
import assert from "node:assert/strict";
import * as ort from "onnxruntime-node";
import type { Random } from "@moe/plugin";
import { seededRandom } from "@moe/plugin/test";
import { type Ensemble, fitBoosting, predictEnsemble } from "./boosting.ts";
import { treesOnnx } from "./trees_onnx.ts";

const ROWS = 1_500;
const report = () => {};

function learn(loss: "logistic" | "squared", seed: number): Ensemble {
  const random = seededRandom(seed);
  const columns = Array.from({ length: 5 }, (_, at) => column(random, at));
  const label = Float64Array.from({ length: ROWS }, (_, row) => {
    const [a = NaN, b = NaN] = columns.map((values) => values[row]);
    return (Number.isNaN(a) ? 0.5 : a) * b > 0.3 ? 1 : 0;
  });
  return fitBoosting({ columns, label }, {
    loss,
    trees: 40,
    leaves: 9,
    learningRate: 0.1,
    l2: 1,
    minChildWeight: 1,
    rowShare: 0.8,
    columnShare: 0.8,
    patience: 5,
  }, { validation: null, random, report });
}

function column(random: Random, at: number): Float64Array {
  return Float64Array.from({ length: ROWS }, () => {
    if (random.next() < 0.15 * (at % 3)) return NaN;
    return at === 3 ? Math.round(3 * random.next()) : random.normal();
  });
}

/** Rows at every cut, just above it, missing, and at random. */
function edgeRows(ensemble: Ensemble, random: Random): Float64Array[] {
  const edges = ensemble.trees.flatMap(({ cuts, columns }) =>
    Array.from(cuts).filter((_, node) => (columns[node] ?? -1) >= 0)
  );
  const picks = [NaN, Infinity, -Infinity, 0, -0];
  return Array.from(
    { length: ensemble.columns },
    () =>
      Float64Array.from({ length: 4_000 }, () => {
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

Deno.test.each([
  { note: "chances", loss: "logistic" as const },
  { note: "numbers", loss: "squared" as const },
])(
  "treesOnnx() says in onnxruntime what our trees say of $note",
  async ({ loss }) => {
    const ensemble = learn(loss, 11);
    const columns = edgeRows(ensemble, seededRandom(12));
    const want = predictEnsemble(ensemble, columns);
    const got = await run(ensemble, columns);
    const worst = want.reduce(
      (most, value, row) => Math.max(most, Math.abs(value - (got[row] ?? NaN))),
      0,
    );
    assert.ok(worst < 1e-6, `off by ${worst}`);
  },
);

Deno.test("treesOnnx() gives the same bytes for the same seed", () => {
  assert.deepEqual(
    treesOnnx(learn("logistic", 3)),
    treesOnnx(learn("logistic", 3)),
  );
});

Deno.test("treesOnnx() serves an ensemble that never split", async () => {
  const flat = fitBoosting(
    {
      columns: [new Float64Array(9).fill(1)],
      label: Float64Array.of(1, 0, 0, 0, 0, 0, 0, 0, 1),
    },
    {
      loss: "logistic",
      trees: 2,
      leaves: 4,
      learningRate: 0.1,
      l2: 1,
      minChildWeight: 1,
      rowShare: 1,
      columnShare: 1,
      patience: 5,
    },
    { validation: null, random: seededRandom(1), report },
  );
  const got = await run(flat, [Float64Array.of(5, NaN)]);
  assert.ok(got.every((chance) => Math.abs(chance - 2 / 9) < 1e-6));
});
