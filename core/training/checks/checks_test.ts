/**
 * Each fault, planted in honest rows, is found; honest rows raise no alarm.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { FeatureView } from "../../domain/feature.ts";
import { validateRows } from "../validate.ts";
import { type PlantOptions, plantRows } from "./planted_rows.ts";
import { checkOutcomeEvents } from "./time_travel.ts";

async function codesOf(options: PlantOptions): Promise<string[]> {
  const found = await validateRows(await plantRows(options));
  return found.map(({ code, input }) => `${code} ${input ?? ""}`.trim());
}

Deno.test.each<
  { note: string; want: string; plant: Omit<PlantOptions, "seed"> }
>([
  {
    note: "a copy of the label with noise",
    want: "near_leak v.extra",
    plant: {
      feature: ({ label, random }) =>
        label + (random.next() < 0.06 ? 1 : 0) * (1 - 2 * label),
    },
  },
  {
    note: "an input that tells far more than all others",
    want: "near_leak v.extra",
    plant: {
      feature: ({ label, random }) => random.next() < 0.15 ? 1 - label : label,
      rows: 4000,
    },
  },
  {
    note: "an input that is missing where nothing happened",
    want: "near_leak v.extra",
    plant: {
      feature: ({ label, random }) =>
        label === 1 || random.next() < 0.1
          ? Math.floor(9 * random.next())
          : null,
    },
  },
  {
    note: "an input that tells by being in the middle",
    want: "near_leak v.extra",
    plant: {
      feature: ({ label, random }) => {
        const spread = random.next() < 0.08 ? 1 - label : label;
        return spread === 1
          ? 40 + 20 * random.next()
          : random.next() < 0.5
          ? 40 * random.next()
          : 60 + 40 * random.next();
      },
    },
  },
  {
    note: "an input that knows when the outcome came",
    want: "time_travel v.extra",
    plant: {
      feature: ({ delay, random }) =>
        delay === null ? 7 * random.next() : Math.round(1000 * delay) / 1000,
    },
  },
  {
    note: "an input that is the same everywhere",
    want: "constant_input v.extra",
    plant: { feature: () => 3 },
  },
  {
    note: "an input that is often missing",
    want: "missing_often v.extra",
    plant: {
      feature: ({ random }) => random.next() < 0.7 ? null : random.next(),
    },
  },
  {
    note: "numbers among words",
    want: "type_mixed v.extra",
    plant: {
      feature: ({ row }) => row % 50 === 0 ? row : ["a", "b"][row % 2] ?? "a",
    },
  },
  {
    note: "words that come later",
    want: "words_unseen v.extra",
    plant: {
      spec: { split: { by: "time" } },
      feature: ({ row }) => `w-${Math.floor(row / 300)}`,
    },
  },
  {
    note: "an input that grows with time",
    want: "split_drift v.extra",
    plant: {
      spec: { split: { by: "time" } },
      feature: ({ row, random }) => Math.floor(row / 100) + random.next(),
    },
  },
  {
    note: "inputs that change together and not alone",
    want: "split_told",
    plant: {
      spec: { split: { by: "time" } },
      feature: ({ row, random }) => Math.floor(row / 100) + random.next(),
    },
  },
  {
    note: "an outcome that becomes common",
    want: "label_drift",
    plant: {
      spec: { split: { by: "time" } },
      rate: (passed) => 0.1 + 0.5 * passed,
    },
  },
  {
    note: "an outcome that is rare",
    want: "few_positives",
    plant: { rate: () => 0.04 },
  },
  {
    note: "an outcome that is very rare",
    want: "class_imbalance",
    plant: { rows: 8000, rate: () => 0.007 },
  },
  {
    note: "an amount told by an input, nearly",
    want: "near_leak v.extra",
    plant: {
      measure: "value",
      feature: ({ label, random }) =>
        label > 0
          ? label * (0.8 + 0.4 * random.next())
          : random.next() < 0.1
          ? 2e6 * random.next()
          : 0,
    },
  },
])("validateRows() finds $note", async ({ want, plant }) => {
  const found = await codesOf({ seed: 5, ...plant });
  assert.ok(found.includes(want), found.join(", "));
});

Deno.test("validateRows() finds an input that says what another says, in another unit", async () => {
  const checked = await plantRows({ seed: 6 });
  const visits = checked.rows.columns[0] ?? [];
  const columns = [...checked.rows.columns];
  columns[3] = visits.map((value) => 60 - 3 * Number(value));
  const rows = { ...checked.rows, columns };
  const found = await validateRows({ ...checked, rows });
  assert.deepEqual(
    found.map(({ code, input }) => [code, input]),
    [["duplicate_input", "v.extra"]],
  );
});

Deno.test.each<{ note: string; plant: Omit<PlantOptions, "seed"> }>([
  { note: "the label itself", plant: { feature: ({ label }) => label } },
  {
    note: "the label in the middle of its values",
    plant: {
      feature: ({ label, random }) =>
        label === 1 ? 5 : random.next() < 0.5 ? 0 : 9,
    },
  },
  {
    note: "an amount on another scale",
    plant: { measure: "value", feature: ({ label }) => Math.log1p(label) },
  },
  {
    note: "whether there was an amount",
    plant: { measure: "value", feature: ({ label }) => label > 0 ? 1 : 0 },
  },
])("validateRows() refuses $note", async ({ plant }) => {
  await assert.rejects(codesOf({ seed: 7, ...plant }), {
    code: "dataset_invalid",
    message: /feature "v\.extra" alone tells the label/,
  });
});

Deno.test("validateRows() refuses an outcome that hardly ever comes", async () => {
  await assert.rejects(
    codesOf({ seed: 8, rate: (passed) => passed > 0.99 ? 0.3 : 0.001 }),
    { code: "dataset_invalid", message: /had the outcome/ },
  );
});

Deno.test("honest rows raise hardly an alarm, by hash and by time", async () => {
  const sets = 40;
  for (const by of ["hash", "time", "time_and_entity"]) {
    let alarms = 0;
    for (let seed = 100; seed < 100 + sets; seed++) {
      const found = await codesOf({
        seed,
        rows: 2000,
        spec: { split: { by } },
      });
      alarms += found.length > 0 ? 1 : 0;
    }
    assert.ok(alarms <= 0.05 * sets, `${alarms} of ${sets} sets by ${by}`);
  }
});

function viewOf(types: readonly string[] | null): FeatureView {
  return {
    name: "v",
    version: 1,
    entity: "subject",
    owner: "test",
    purposes: ["optimization"],
    about: "",
    ttlSeconds: 60,
    source: { grain: "event" },
    features: [{
      name: "visits",
      about: "",
      unit: "count",
      aggregation: { how: "count" },
      window: "7d",
      ...(types && { where: { types } }),
    }],
  };
}

Deno.test.each([
  { note: "counts outcomes", types: ["a", "b"], want: ["v.visits"] },
  { note: "counts other events", types: ["a"], want: [] },
])(
  "checkOutcomeEvents() names an input that $note",
  async ({ types, want }) => {
    const { spec, rows } = await plantRows({ seed: 9, rows: 50 });
    const found = checkOutcomeEvents(
      { spec, rows: { ...rows, views: [viewOf(types)] } },
      ["v.visits"],
    );
    assert.deepEqual(found.map(({ input }) => input), want);
  },
);
