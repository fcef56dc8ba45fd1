/**
 * The conformance kit with both bases, and outcomes that come late.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { RowDataset } from "@moe/plugin";
import { seededRandom, testModel } from "@moe/plugin/test";
import {
  drawWorld,
  exponential,
  matureRows,
  takeRows,
  WITHIN_DAYS,
} from "../learners/response/delayed_world.ts";
import family from "./model.ts";

testModel(family);
testModel(family, { params: { base: "logistic" } });

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const WORLD = drawWorld({
  rows: 12_000,
  oldestDays: 1.5 * WITHIN_DAYS,
  column: (random) => random.normal(),
  chance: (column) => 0.3 / (1 + Math.exp(-2 * column)),
  delay: exponential(6),
}, seededRandom(21));
const UNSEEN = drawWorld({
  rows: 12_000,
  oldestDays: 2 * WITHIN_DAYS,
  column: (random) => random.normal(),
  chance: (column) => 0.3 / (1 + Math.exp(-2 * column)),
  delay: exponential(6),
}, seededRandom(22));

/** What it says of rows it has not seen, as a share above or below the truth. */
async function bias(
  dataset: RowDataset,
  validation: RowDataset | null,
  params: unknown,
): Promise<number> {
  assert.ok(family.grain === "rows");
  const { predict } = await family.fit({
    dataset,
    validation,
    params: family.params.parse(params),
    random: seededRandom(1),
    report: () => {},
  });
  return mean(predict(UNSEEN.columns)) / mean(UNSEEN.eventual) - 1;
}

const BASES = [{ base: "trees" }, { base: "logistic" }];

Deno.test.each(BASES)(
  "response_rate by $base says what will have come in the end",
  async ({ base }) => {
    const { delays: _, ...naive } = WORLD;
    const params = { base, trees: 60 };
    const uncorrected = await bias(naive, null, params);
    assert.ok(uncorrected < -0.15, `${uncorrected}`);
    const corrected = await bias(WORLD, null, params);
    assert.ok(Math.abs(corrected) < 0.05, `${corrected}`);
  },
);

Deno.test("response_rate is calibrated on mature rows set apart", async () => {
  const mature = matureRows(UNSEEN);
  const validation = takeRows(mature, [...Array(3000).keys()]);
  const said = await bias(WORLD, validation, { trees: 60 });
  assert.ok(Math.abs(said) < 0.06, `${said}`);
});

Deno.test("response_rate refuses labels that are no chances", () => {
  assert.ok(family.grain === "rows");
  const { fit, params } = family;
  const dataset = {
    rows: 2,
    names: ["age_days"],
    columns: [Float64Array.of(1, 2)],
    label: Float64Array.of(0, 5e6),
  };
  const lent = { random: seededRandom(1), report: () => {} };
  assert.throws(
    () => fit({ dataset, validation: null, params: params.parse({}), ...lent }),
    { code: "dataset_invalid" },
  );
});
