/**
 * onnxruntime says of every row and action what each learner's own prediction says,
 * missing values and rows beyond those learnt from included.
 *
 * @module
 */
import assert from "node:assert/strict";
import * as ort from "onnxruntime-node";
import type { Random } from "@moe/plugin";
import { seededRandom } from "@moe/plugin/test";
import { type EffectModel, predictTaken } from "./effect_model.ts";
import { fitUplift, LEARNERS } from "./fit_uplift.ts";
import { prepareUplift } from "./prepare.ts";
import { type UpliftLayout, upliftOnnx } from "./uplift_onnx.ts";

const ROWS = 1_200;
const WIDTH = 3;
const ARMS = 2;
/** Indicators stand among the columns, and control has one too. */
const LAYOUT: UpliftLayout = {
  columns: WIDTH + ARMS + 1,
  places: [0, 4, 5],
  indicators: [1, 3],
};

function anyColumns(random: Random, rows: number): Float64Array[] {
  return Array.from(
    { length: WIDTH },
    (_, at) =>
      new Float64Array(rows).map(() =>
        random.next() < 0.1 * at
          ? NaN
          : Math.fround(random.normal() * (at === 1 ? 1_000 : 1))
      ),
  );
}

const options = {
  trees: 20,
  leaves: 5,
  learningRate: 0.1,
  l2: 1,
  leafRows: 20,
  rowShare: 0.8,
  columnShare: 1,
  steps: 200,
  folds: 2,
};

async function learn(
  choice: {
    learner: typeof LEARNERS[number];
    base: "trees" | "logistic";
    kind: "chance" | "number";
  },
): Promise<EffectModel> {
  const random = seededRandom(5);
  const columns = anyColumns(random, ROWS);
  const arm = new Uint8Array(ROWS).map(() => Math.floor(3 * random.next()));
  const label = new Float64Array(ROWS).map((_, row) => {
    const level = (columns[0]?.[row] ?? 0) + (arm[row] ?? 0) * 0.5;
    return choice.kind === "number"
      ? level + random.normal()
      : random.next() < 1 / (1 + Math.exp(-level))
      ? 1
      : 0;
  });
  const rows = {
    columns,
    label,
    arm,
    arms: ARMS,
    names: ["a", "b", "c"],
    armNames: ["none", "email", "call"],
  };
  const prepared = await prepareUplift(rows, { ...options, ...choice, random });
  return await fitUplift(rows, { ...options, ...choice, ...prepared, random });
}

async function serve(
  model: EffectModel,
  columns: readonly Float64Array[],
  arm: Uint8Array,
): Promise<Float32Array> {
  const rows = arm.length;
  const features = new Float32Array(rows * LAYOUT.columns);
  const put = (at: number, row: number, value: number) =>
    features[row * LAYOUT.columns + at] = value;
  for (let row = 0; row < rows; row++) {
    LAYOUT.places.forEach((at, from) =>
      put(at, row, columns[from]?.[row] ?? NaN)
    );
    LAYOUT.indicators.forEach((at, before) =>
      put(at, row, arm[row] === before + 1 ? 1 : 0)
    );
    put(2, row, arm[row] === 0 ? 1 : 0);
  }
  const session = await ort.InferenceSession.create(upliftOnnx(model, LAYOUT));
  const tensor = new ort.Tensor("float32", features, [rows, LAYOUT.columns]);
  const { score } = await session.run({ features: tensor });
  await session.release();
  assert.deepEqual(score?.dims, [rows, 1]);
  return score?.data as Float32Array;
}

Deno.test.each(
  LEARNERS.flatMap((learner) =>
    (["trees", "logistic"] as const).flatMap((base) =>
      (["chance", "number"] as const).map((kind) => ({ learner, base, kind }))
    )
  ),
)(
  "upliftOnnx() says in onnxruntime what $learner of $base says of a $kind",
  async (choice) => {
    const model = await learn(choice);
    const random = seededRandom(8);
    const columns = anyColumns(random, 900);
    const arm = new Uint8Array(900).map(() => Math.floor(3 * random.next()));
    const taken = [1, 2].map((one) =>
      Float64Array.from(arm, (is) => is === one ? 1 : 0)
    );
    const want = predictTaken(model, columns, taken);
    const got = await serve(model, columns, arm);
    for (const [row, value] of want.entries()) {
      const off = Math.abs(value - (got[row] ?? NaN));
      assert.ok(
        off <= 1e-5 * Math.max(1, Math.abs(value)),
        `row ${row}: ${got[row]}, not ${value}`,
      );
    }
    assert.ok(new Set(want).size > 10, "all rows are predicted alike");
  },
);

Deno.test("upliftOnnx() writes the same bytes for the same rows and seed", async () => {
  const choice = { learner: "dr", base: "trees", kind: "chance" } as const;
  assert.deepEqual(
    upliftOnnx(await learn(choice), LAYOUT),
    upliftOnnx(await learn(choice), LAYOUT),
  );
});
