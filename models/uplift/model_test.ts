/**
 * The conformance kit, and datasets that uplift cannot be learnt from.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { RowDataset } from "@moe/plugin";
import { seededRandom, testModel } from "@moe/plugin/test";
import family from "./model.ts";

testModel(family, { actions: true });

const ROWS = 1_500;

function experiment(
  takenOf: (row: number, age: number) => number,
): RowDataset {
  const random = seededRandom(4);
  const age = new Float64Array(ROWS).map(() => Math.floor(90 * random.next()));
  const taken = Uint8Array.from(age, (value, row) => takenOf(row, value));
  const is = (action: number) =>
    Float64Array.from(taken, (one) => one === action ? 1 : 0);
  return {
    rows: ROWS,
    names: ["age_days", "action=none", "action=email"],
    columns: [age, is(0), is(1)],
    label: age.map(() => random.next() < 0.3 ? 1 : 0),
    actions: {
      names: ["none", "email"],
      firstColumn: 1,
      control: 0,
      taken,
    },
  };
}

async function fit(dataset: RowDataset, said: string[] = []) {
  assert.ok(family.grain === "rows");
  return await family.fit({
    dataset,
    validation: null,
    params: family.params.parse({}),
    random: seededRandom(1),
    report: (step) => void said.push(step),
  });
}

Deno.test("uplift scores each action by what it did, wherever control stands", async () => {
  const random = seededRandom(6);
  const age = new Float64Array(ROWS).map(() => Math.floor(90 * random.next()));
  const taken = Uint8Array.from(age, () => Math.floor(3 * random.next()));
  const rates = [0.1, 0.3, 0.6];
  const is = (action: number) =>
    Float64Array.from(taken, (one) => one === action ? 1 : 0);
  const { predict } = await fit({
    rows: ROWS,
    names: ["action=email", "action=none", "action=call", "age_days"],
    columns: [is(0), is(1), is(2), age],
    label: age.map((_, row) =>
      random.next() < (rates[taken[row] ?? 0] ?? 0) ? 1 : 0
    ),
    actions: {
      names: ["email", "none", "call"],
      firstColumn: 0,
      control: 1,
      taken,
    },
  });
  for (const [action, rate] of rates.entries()) {
    const columns = [0, 1, 2].map((one) =>
      new Float64Array(ROWS).fill(one === action ? 1 : 0)
    );
    const said = predict([...columns, age]);
    const mean = said.reduce((sum, chance) => sum + chance, 0) / ROWS;
    assert.ok(Math.abs(mean - rate) < 0.05, `action ${action}: ${mean}`);
  }
});

Deno.test("uplift says that treatment looks randomised where it was", async () => {
  const said: string[] = [];
  await fit(experiment((row) => row % 2), said);
  assert.match(said.join(), /looks randomised/);
});

Deno.test("uplift warns of an assignment that the columns tell", async () => {
  const said: string[] = [];
  const random = seededRandom(9);
  await fit(
    experiment((_, age) => random.next() < 0.15 + 0.7 * age / 90 ? 1 : 0),
    said,
  );
  assert.match(said.join(), /was not randomised/);
});

Deno.test.each([
  {
    note: "an action that no row of a kind got",
    dataset: experiment((row, age) => age < 30 ? 0 : row % 2),
    says: /none of the \d+ rows whose "age_days" is at least .* got "email"/,
  },
  {
    note: "an action that hardly any row got",
    dataset: experiment((row) => row < 5 ? 1 : 0),
    says: /uplift of "email": 5 rows got it/,
  },
  {
    note: "labels that are no chances",
    dataset: {
      ...experiment((row) => row % 2),
      label: new Float64Array(ROWS).fill(7),
    },
    says: /label/,
  },
])("uplift refuses $note", async ({ dataset, says }) => {
  await assert.rejects(fit(dataset), {
    code: "dataset_invalid",
    message: says,
  });
});

Deno.test("uplift refuses rows without actions", async () => {
  const { actions: _, ...dataset } = experiment((row) => row % 2);
  await assert.rejects(fit(dataset), { code: "dataset_invalid" });
});
