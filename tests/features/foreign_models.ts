/**
 * A sound model from elsewhere, and how it is brought.
 *
 * @module
 */
import type { FeatureView } from "../../core/domain/feature.ts";
import type { ModelUse } from "../../core/domain/score.ts";
import { importModel } from "../../core/scores/foreign/import_model.ts";
import { type BytesModel, type BytesPort, onnxBytes } from "./onnx_bytes.ts";

/** When. */
export const AT = "2026-03-01T00:00:00.000Z";
/** Bids. */
export const USE: ModelUse = {
  kind: "bid",
  valueMicros: 1n,
  currency: "EUR",
  targetReturnPermille: 1000,
};
/** Views that serve. */
export const VIEWS = [{
  name: "audience",
  version: 4,
  features: [{ name: "age" }, { name: "zip" }],
}] as unknown as readonly FeatureView[];

const X: BytesPort = { name: "X", type: "float32", width: 3 };
const CHANCE: BytesPort = { name: "chance", type: "float32", width: 1 };

/** Chance by age, for those in the city or not: 3 columns in, 1 out. */
export const PLAIN: BytesModel = {
  inputs: [X],
  outputs: [CHANCE],
  nodes: [
    { operator: "MatMul", inputs: ["X", "w"], outputs: ["odds"] },
    { operator: "Sigmoid", inputs: ["odds"], outputs: ["chance"] },
  ],
  constants: [{ name: "w", shape: [3, 1], floats: [0.1, 1, -1] }],
};

/** What it reads. */
export const INPUTS = [
  { name: "audience.age", kind: "number", fill: 0 },
  { name: "audience.zip", kind: "category", vocabulary: ["city", "land"] },
];
/** What it tells. */
export const OUTPUT = { name: "chance", unit: "probability" };
/** What is said of it. */
export const DECLARED = {
  inputs: INPUTS,
  ports: { input: "X" },
  output: OUTPUT,
};

/** What it scores. */
export function chance(age: number, zip: string): number {
  const odds = 0.1 * age + (zip === "city" ? 1 : zip === "land" ? -1 : 0);
  return 1 / (1 + Math.exp(-odds));
}

/** Rows with the scores that are right. */
export const SAMPLE = [[-30, "city"], [10, "land"], [5, "sea"], [40, "city"]]
  .map((
    [age, zip],
  ) => ({
    ["audience.age"]: age,
    ["audience.zip"]: zip,
    expected: chance(Number(age), String(zip)),
  }));

/** What is brought; the sound one unless said. */
export interface Given {
  readonly model?: BytesModel;
  readonly onnx?: Uint8Array;
  readonly declaration?: unknown;
  readonly sample?: unknown;
  readonly use?: ModelUse;
}

/** Imports into a registry that keeps nothing. */
export async function bring(given: Given) {
  const { model = PLAIN, declaration = DECLARED, sample = SAMPLE } = given;
  return await importModel(
    {
      models: {
        register: (_tenant, record) =>
          Promise.resolve({
            ...{ ...record, version: 1, status: "pending" as const },
            ...{ reviewedBy: null, reviewedAt: null },
          }),
      },
      views: VIEWS,
      code: "1",
    },
    {
      ...{ tenant: "acme", name: "lookalike", by: "ann", at: AT },
      onnx: given.onnx ?? onnxBytes(model),
      ...{ declaration, sample, use: given.use ?? USE },
    },
  );
}
