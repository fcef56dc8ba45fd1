/**
 * The conformance kit with all parts, and values that must add up.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { RowDataset } from "@moe/plugin";
import { seededRandom, testModel } from "@moe/plugin/test";
import {
  drawWorld,
  exponential,
  WITHIN_DAYS,
} from "../learners/response/delayed_world.ts";
import family from "./model.ts";

testModel(family);
testModel(family, { params: { base: "logistic", valueLoss: "log_squared" } });

interface ValueWorld extends RowDataset {
  /** Expected value, micros, shape [rows]. */
  readonly expected: Float64Array;
}

/** Impressions: one column moves the chance, another the size of the order. */
function drawImpressions(rows: number, seed: number): ValueWorld {
  const random = seededRandom(seed);
  const make = () => new Float64Array(rows);
  const [taste, returning, label, expected] = [make(), make(), make(), make()];
  for (let row = 0; row < rows; row++) {
    const [a, b] = [Math.fround(random.normal()), random.next() < 0.3 ? 1 : 0];
    const chance = 1 / (1 + Math.exp(3 - 0.8 * a));
    const size = 20e6 * Math.exp(0.8 * b + 0.3 * a);
    [taste[row], returning[row], expected[row]] = [a, b, chance * size];
    const noise = Math.exp(random.normal() - 0.5);
    if (random.next() < chance) label[row] = Math.round(size * noise);
  }
  const columns = [taste, returning];
  return { rows, names: ["taste", "returning"], columns, label, expected };
}

function sum(values: Float64Array): number {
  return values.reduce((all, value) => all + value, 0);
}

function rmse(said: Float64Array, truth: Float64Array): number {
  const squares = said.map((value, row) => (value - (truth[row] ?? 0)) ** 2);
  return Math.sqrt(sum(squares) / said.length);
}

async function fit(
  dataset: RowDataset,
  validation: RowDataset | null,
  params: unknown,
) {
  assert.ok(family.grain === "rows");
  return await family.fit({
    dataset,
    validation,
    params: family.params.parse(params),
    random: seededRandom(1),
    report: () => {},
  });
}

Deno.test.each([
  { valueLoss: "poisson", base: "trees" },
  { valueLoss: "log_squared", base: "logistic" },
])(
  "response_value by $valueLoss adds up to what there was, and knows where: $base",
  async (params) => {
    const dataset = drawImpressions(8000, 31);
    const validation = drawImpressions(2000, 32);
    const unseen = drawImpressions(8000, 33);
    const { predict } = await fit(dataset, validation, params);
    const had = sum(dataset.label) + sum(validation.label);
    const said = sum(predict(dataset.columns)) +
      sum(predict(validation.columns));
    assert.ok(Math.abs(said / had - 1) < 1e-9, `${said / had}`);
    const mean = sum(unseen.expected) / unseen.rows;
    const learnt = rmse(predict(unseen.columns), unseen.expected);
    const base = rmse(unseen.expected.map(() => mean), unseen.expected);
    assert.ok(learnt < 0.6 * base, `${learnt} of ${base}`);
  },
);

Deno.test("response_value expects what is yet to come, and its size from mature rows", async () => {
  const { eventual, ...seen } = drawWorld({
    rows: 10_000,
    oldestDays: 2 * WITHIN_DAYS,
    column: (_, ageDays) => ageDays < 0.7 * WITHIN_DAYS ? 1 : 0,
    chance: () => 0.3,
    delay: exponential(6),
  }, seededRandom(41));
  const { delay } = seen.delays;
  const { predict } = await fit(
    {
      ...seen,
      label: seen.label.map((one, row) =>
        one * ((delay[row] ?? 0) > WITHIN_DAYS / 4 ? 30e6 : 10e6)
      ),
    },
    null,
    {},
  );
  const early = Math.expm1(-WITHIN_DAYS / 24) / Math.expm1(-WITHIN_DAYS / 6);
  const size = 10e6 * early + 30e6 * (1 - early);
  for (const recent of [0, 1]) {
    const ofKind = (_: number, row: number) =>
      seen.columns[0]?.[row] === recent;
    const truth = size * sum(eventual.filter(ofKind));
    const said = sum(predict(seen.columns).filter(ofKind)) / truth - 1;
    assert.ok(Math.abs(said) < 0.08, `${recent}: ${said}`);
  }
});

Deno.test("response_value refuses rows without any value", async () => {
  const dataset = { ...drawImpressions(50, 1), label: new Float64Array(50) };
  await assert.rejects(fit(dataset, null, {}), { code: "dataset_invalid" });
});
