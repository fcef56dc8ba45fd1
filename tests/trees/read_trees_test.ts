/**
 * Trees read out of ONNX say what onnxruntime says of the same bytes, whoever wrote
 * them; what is no tree model is null.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Random, seededRandom } from "../../core/domain/random.ts";
import { evaluateTrees } from "../../core/trees/flat_trees.ts";
import { readLinear } from "../../core/trees/read_linear.ts";
import { readTrees } from "../../core/trees/read_trees.ts";
import { readExplainable, reasonCodes } from "../../core/trees/reason_codes.ts";
import { calibrationNodes } from "../../models/learners/calibration/calibration_onnx.ts";
import type { Calibration } from "../../models/learners/calibration/choose.ts";
import { fitGlm, predictGlm } from "../../models/learners/linear/glm.ts";
import { glmOnnx } from "../../models/learners/linear/glm_onnx.ts";
import type { OnnxNode } from "../../models/learners/onnx.ts";
import { runOnnx } from "../../models/learners/run_onnx_test.ts";
import {
  COLUMNS,
  type Surroundings,
  VALUES,
  writeRandomTrees,
} from "./random_graph.ts";

function step(operator: string, inputs: string[], output = "score"): OnnxNode {
  return { operator, domain: "", inputs, outputs: [output], attributes: {} };
}

const PLAIN: Surroundings = {
  kind: "regressor",
  behind: [step("Identity", ["sum"])],
  constants: [],
  transform: "NONE",
  isMean: false,
};
const HALF = { name: "half", shape: [1], floats: [0.5] };
const SECOND = { name: "second", shape: [1], places: [1] };
const PICK: OnnxNode = {
  ...step("ArrayFeatureExtractor", ["sum", "second"]),
  domain: "ai.onnx.ml",
};

function calibrated(calibration: Calibration): Surroundings {
  const { nodes, constants } = calibrationNodes(calibration, {
    from: "sum",
    to: "score",
  });
  return { ...PLAIN, behind: nodes, constants };
}

const SURROUNDINGS: readonly { note: string; around: Surroundings }[] = [
  { note: "numbers", around: PLAIN },
  { note: "a mean of trees", around: { ...PLAIN, isMean: true } },
  {
    note: "chances",
    around: { ...PLAIN, behind: [step("Sigmoid", ["sum"])] },
  },
  { note: "counts", around: { ...PLAIN, behind: [step("Exp", ["sum"])] } },
  {
    note: "a transform that a single target does not get",
    around: { ...PLAIN, transform: "LOGISTIC" },
  },
  {
    note: "a line before the link",
    around: {
      ...PLAIN,
      constants: [HALF],
      behind: [
        step("Mul", ["half", "sum"], "a"),
        step("Sub", ["a", "half"], "b"),
        step("Div", ["b", "half"], "c"),
        step("Sub", ["half", "c"], "d"),
        step("Sigmoid", ["d"]),
      ],
    },
  },
  {
    note: "a calibrated line",
    around: calibrated({
      kind: "platt",
      line: { slope: 0.7, intercept: -0.3 },
    }),
  },
  {
    note: "a calibration curve",
    around: calibrated({
      kind: "isotonic",
      curve: {
        scores: Float64Array.of(-2, -0.5, 0.25, 1.5),
        chances: Float64Array.of(0.1, 0.2, 0.2, 0.9),
      },
    }),
  },
  {
    note: "a classifier's second class",
    around: {
      ...PLAIN,
      kind: "classifier",
      transform: "LOGISTIC",
      constants: [SECOND],
      behind: [PICK],
    },
  },
  {
    note: "a classifier's second class, untransformed",
    around: {
      ...PLAIN,
      kind: "classifier",
      constants: [SECOND],
      behind: [PICK],
    },
  },
];

function randomColumns(random: Random, rows: number): Float64Array[] {
  const picks = [...VALUES, NaN, Infinity, -Infinity];
  return Array.from(
    { length: COLUMNS },
    () =>
      Float64Array.from(
        { length: rows },
        () =>
          random.next() < 0.7
            ? Math.fround(picks[Math.floor(picks.length * random.next())] ?? 0)
            : Math.fround(random.normal()),
      ),
  );
}

function rowAt(columns: readonly Float64Array[], row: number): Float32Array {
  return Float32Array.from(columns, (column) => column[row] ?? NaN);
}

Deno.test.each(SURROUNDINGS)(
  "readTrees() says what onnxruntime says of $note",
  async ({ around }) => {
    for (let seed = 1; seed <= 25; seed++) {
      const random = seededRandom(seed);
      const onnx = writeRandomTrees(random, around);
      const trees = readTrees(onnx);
      assert.ok(trees, `seed ${seed} is not read`);
      const columns = randomColumns(random, 60);
      const served = await runOnnx(onnx, columns);
      served.forEach((want, row) => {
        const got = evaluateTrees(trees, rowAt(columns, row));
        assert.ok(
          Math.abs(got - want) <= 2e-6 * Math.max(1, Math.abs(want)),
          `seed ${seed}, row ${row}: ${got} is not ${want}`,
        );
      });
    }
  },
);

Deno.test("readTrees() reads covers, so that reasons are those of TreeSHAP", () => {
  const random = seededRandom(3);
  const model = readExplainable(writeRandomTrees(random, PLAIN));
  assert.ok(model?.kind === "trees" && model.trees.covers);
  const row = Float32Array.of(0, 1, NaN, 2);
  const { method, score } = reasonCodes(model, row, row);
  assert.equal(method, "tree_shap");
  assert.ok(Math.abs(score - evaluateTrees(model.trees, row)) < 1e-9);
});

Deno.test.each<{ note: string; around: Surroundings }>([
  {
    note: "an operation that it does not know",
    around: { ...PLAIN, behind: [step("Tanh", ["sum"])] },
  },
  {
    note: "two links",
    around: {
      ...PLAIN,
      behind: [step("Exp", ["sum"], "a"), step("Sigmoid", ["a"])],
    },
  },
  {
    note: "a line behind a link",
    around: {
      ...PLAIN,
      constants: [HALF],
      behind: [step("Sigmoid", ["sum"], "a"), step("Mul", ["a", "half"])],
    },
  },
  {
    note: "a graph that bites its tail",
    around: { ...PLAIN, behind: [step("Identity", ["score"])] },
  },
  {
    note: "both of two sums",
    around: { ...PLAIN, behind: [step("Add", ["sum", "sum"])] },
  },
])("readTrees() gives null for $note", ({ around }) => {
  assert.equal(readTrees(writeRandomTrees(seededRandom(1), around)), null);
});

Deno.test("readLinear() reads the regressions that are written here, and nothing else", () => {
  const random = seededRandom(4);
  const columns = [0, 1e6].map((centre) =>
    Float64Array.from(
      { length: 50 },
      () => Math.fround(centre + random.normal()),
    )
  );
  const label = Float64Array.from({ length: 50 }, () => random.next());
  for (const family of ["logistic", "linear", "poisson"] as const) {
    const model = fitGlm(
      { columns, label },
      { family, l1: 0, l2: 1, steps: 100 },
    );
    const onnx = glmOnnx(model);
    assert.equal(readTrees(onnx), null);
    const read = readExplainable(onnx);
    assert.ok(read?.kind === "linear");
    predictGlm(model, columns).forEach((want, row) => {
      const codes = reasonCodes(read, rowAt(columns, row), new Float32Array(2));
      assert.ok(Math.abs(codes.score - want) < 1e-5);
      assert.equal(codes.method, "linear_shap");
    });
  }
  assert.equal(readLinear(writeRandomTrees(random, PLAIN)), null);
});
