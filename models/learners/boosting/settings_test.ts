/**
 * What boosting refuses, and that it says which row and why.
 *
 * @module
 */
import assert from "node:assert/strict";
import { seededRandom } from "@moe/plugin/test";
import { fitBoosting } from "./boosting.ts";
import type { BoostingOptions, BoostingRows } from "./options.ts";

const OPTIONS: BoostingOptions = {
  loss: "logistic",
  trees: 1,
  leaves: 2,
  learningRate: 1,
  l2: 0,
  minChildWeight: 0,
  rowShare: 1,
  columnShare: 1,
  patience: 1,
};

const refused: {
  note: string;
  rows: Partial<BoostingRows>;
  options: Partial<BoostingOptions>;
  error: object;
}[] = [
  {
    note: "no rows",
    rows: { columns: [new Float64Array()], label: new Float64Array() },
    options: {},
    error: { code: "dataset_invalid" },
  },
  {
    note: "a chance above 1",
    rows: { label: Float64Array.of(0, 1.5) },
    options: {},
    error: { message: /"label": row 2 has 1.5, and it must be from 0 to 1/ },
  },
  {
    note: "a count below 0",
    rows: { label: Float64Array.of(-1, 1) },
    options: { loss: "poisson" },
    error: { message: /"label": row 1 has -1,/ },
  },
  {
    note: "a weight of 0",
    rows: { weight: Float64Array.of(1, 0) },
    options: {},
    error: { message: /weigh row 2 with "0"/ },
  },
  {
    note: "words that should rise",
    rows: { coded: [0], names: ["region"] },
    options: { monotone: [1] },
    error: { code: "dataset_invalid", message: /"region" .* holds words/ },
  },
  {
    note: "words without a name that should fall",
    rows: { coded: [0] },
    options: { monotone: [-1] },
    error: { code: "dataset_invalid", message: /column "1" .* holds words/ },
  },
  {
    note: "a quantile that should rise",
    rows: { names: ["age"] },
    options: { loss: "quantile", monotone: [1] },
    error: { code: "dataset_invalid", message: /"age" .* takes no directions/ },
  },
  {
    note: "no columns",
    rows: { columns: [] },
    options: {},
    error: { code: "dataset_invalid", message: /no column to learn from/ },
  },
  {
    note: "labels too large to add up",
    rows: { label: Float64Array.of(1e308, -1e308) },
    options: { loss: "squared" },
    error: { message: /too large to add up/ },
  },
  {
    note: "a direction too many",
    rows: {},
    options: { monotone: [1, 0] },
    error: { name: "RangeError" },
  },
  {
    note: "a quantile of 1",
    rows: {},
    options: { loss: "quantile", quantile: 1 },
    error: { name: "RangeError" },
  },
];

Deno.test.each(refused)(
  "fitBoosting() refuses $note",
  ({ rows, options, error }) => {
    const dataset = {
      columns: [Float64Array.of(1, 2)],
      label: Float64Array.of(0, 1),
      ...rows,
    };
    assert.throws(
      () =>
        fitBoosting(dataset, { ...OPTIONS, ...options }, {
          validation: null,
          random: seededRandom(1),
          report: () => {},
        }),
      error,
    );
  },
);
