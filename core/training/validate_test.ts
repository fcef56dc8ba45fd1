/**
 * Datasets that are refused, and the schema learnt of those that are not.
 *
 * @module
 */
import assert from "node:assert/strict";
import { columnNames } from "../domain/encoding.ts";
import { EngineError } from "../domain/error.ts";
import type { FeatureValue, FeatureView } from "../domain/feature.ts";
import { encodeRows, hashRows, type LabelledRows } from "./dataset.ts";
import { learnSchema } from "./schema.ts";
import { parseSpec, type RowsSpec } from "./spec.ts";
import { splitRows } from "./split.ts";
import { validateRows } from "./validate.ts";

const AT = "2026-01-01T00:00:00.000Z";
const SPEC = parseSpec({
  grain: "rows",
  model: "visit",
  family: "any",
  use: {
    kind: "action",
    valueMicros: 1,
    currency: "EUR",
    actions: ["mail", "none"],
    control: "none",
  },
  label: {
    start: "a",
    actionProperty: "arm",
    outcome: "b",
    matchOn: "subject",
    withinDays: 1,
  },
  features: ["v.f", "v.zip"],
}) as RowsSpec;

/** Rows whose label is a coin, with one feature of the caller's and one category. */
function rowsOf(
  count: number,
  feature: (row: number, label: number) => FeatureValue,
  label = (row: number) => row % 3 === 0 ? 1 : 0,
): LabelledRows {
  const numbers = Array.from({ length: count }, (_, row) => row);
  return {
    ids: ["v.f", "v.zip"],
    columns: [
      numbers.map((row) => feature(row, label(row))),
      numbers.map((row) => ["Rural", "Urban", null][row % 7 % 3] ?? null),
    ],
    labels: numbers.map((row) => ({
      entities: { subject: `s-${row}` },
      at: AT,
      action: row % 2 === 0 ? "mail" : "none",
      properties: {},
      label: label(row),
      outcomeAt: null,
      valueMicros: 0,
    })),
    slices: [],
    control: "none",
    views: [],
  };
}

async function prepare(rows: LabelledRows) {
  const split = splitRows(
    rows.labels.map(({ entities, at }) => ({ id: entities.subject ?? "", at })),
    { ...SPEC.split, seed: 1, withinDays: 1 },
  );
  const schema = await learnSchema(rows, split.train, {
    missing: "mean",
    crossed: true,
    coded: false,
    actions: ["mail", "none"],
  });
  return { spec: SPEC, rows, split, schema };
}

Deno.test("validateRows() accepts an honest dataset", async () => {
  const rows = rowsOf(1000, (row) => (row * 7919) % 101);
  assert.deepEqual(await validateRows(await prepare(rows)), []);
});

Deno.test.each<{ note: string; rows: LabelledRows }>([
  { note: "rows to learn from", rows: rowsOf(90, (row) => row % 5) },
  { note: "every label", rows: rowsOf(1000, (row) => row % 5, () => 1) },
  { note: "is missing in every training row", rows: rowsOf(1000, () => null) },
  {
    note: "alone tells the label",
    rows: rowsOf(1000, (row, label) => label * 10 + row % 3),
  },
  {
    note: "alone tells the label",
    rows: rowsOf(1000, (row, label) => label === 1 ? row % 5 : null),
  },
  {
    note: "alone tells the label",
    rows: rowsOf(1000, (_, label) => label === 1 ? "won" : "lost"),
  },
])("validateRows() refuses: $note", async ({ note, rows }) => {
  await assert.rejects(validateRows(await prepare(rows)), (error) => {
    assert.ok(error instanceof EngineError);
    assert.equal(error.code, "dataset_invalid");
    assert.ok(error.message.includes(note), error.message);
    return true;
  });
});

Deno.test("validateRows() refuses a column that is not as its view expects", async () => {
  const viewOf = (max: number): FeatureView => ({
    name: "v",
    version: 4,
    entity: "subject",
    owner: "test",
    purposes: ["optimization"],
    about: "",
    ttlSeconds: 60,
    source: { grain: "event" },
    features: [{
      name: "f",
      about: "",
      unit: "count",
      aggregation: { how: "count" },
      window: null,
      expect: { max },
    }],
  });
  const rows = rowsOf(1000, (row) => (row * 7919) % 101);
  const prepared = await prepare(rows);
  const expecting = (max: number) =>
    validateRows({ ...prepared, rows: { ...rows, views: [viewOf(max)] } });
  await expecting(100);
  await assert.rejects(
    expecting(99),
    {
      code: "dataset_invalid",
      message:
        'Cannot train model "visit": feature v@4.f: its greatest value is 100, and 99 is expected; mend the source, or declare what is to be expected',
    },
  );
});

Deno.test("validateRows() refuses an action that nobody took", async () => {
  const rows = rowsOf(1000, (row) => (row * 7919) % 101);
  const labels = rows.labels.map((row) => ({ ...row, action: "mail" }));
  await assert.rejects(
    validateRows({ ...await prepare(rows), rows: { ...rows, labels } }),
    /action "none"/,
  );
});

Deno.test("learnSchema() learns from the training rows alone", async () => {
  const rows = rowsOf(1000, (row) => row % 4 === 0 ? null : row % 4);
  const { split, schema } = await prepare(rows);
  const [number, category] = schema.inputs;
  const known = Array.from(split.train).filter((row) => row % 4 !== 0);
  const mean = known.reduce((sum, row) => sum + row % 4, 0) / known.length;
  assert.equal(number?.fill, mean);
  assert.deepEqual(category?.vocabulary, ["Rural", "Urban"]);
  assert.equal(category?.typical, "Rural");
});

Deno.test("learnSchema() keeps the 32 commonest words", async () => {
  const rows = rowsOf(
    2000,
    (row) => row % 2 === 0 ? "common" : `w-${row % 97}`,
  );
  const { schema } = await prepare(rows);
  const words = schema.inputs[0]?.vocabulary ?? [];
  assert.equal(words.length, 32);
  assert.ok(words.includes("common"));
  assert.equal(schema.inputs[0]?.typical, "common");
});

Deno.test("encodeRows() gives float32 columns, crossed with the action, no gaps", async () => {
  const rows = rowsOf(500, (row) => row % 4 === 0 ? null : 0.1 * row);
  const { split, schema } = await prepare(rows);
  const dataset = await encodeRows(schema, rows, split.train);
  assert.deepEqual(dataset.names, columnNames(schema));
  for (const column of dataset.columns) {
    assert.equal(column.length, split.train.length);
    assert.ok(column.every((value) => value === Math.fround(value)));
  }
});

Deno.test("encodeRows() says which action each row took, and which columns are codes", async () => {
  const rows = rowsOf(300, (row) => row % 5);
  const { split } = await prepare(rows);
  const actions = ["mail", "none"];
  const schema = await learnSchema(rows, split.train, {
    ...{ missing: "native", crossed: true, coded: true, actions },
  });
  const dataset = await encodeRows(schema, rows, split.train);
  const { taken, ...told } = dataset.actions ?? {};
  assert.deepEqual(told, { names: actions, firstColumn: 2, control: 1 });
  assert.deepEqual(
    Array.from(taken ?? []),
    Array.from(split.train, (place) => place % 2),
  );
  assert.deepEqual(dataset.names.slice(2, 4), ["action=mail", "action=none"]);
  assert.deepEqual(dataset.coded, [1]);
  const parts = { train: dataset, validation: dataset, holdout: dataset };
  const first = hashRows(parts);
  const { coded: _, ...plain } = dataset;
  assert.notEqual(hashRows({ ...parts, train: plain }), first);
  const swapped = taken?.map((action) => 1 - action) ?? new Uint8Array();
  const train = {
    ...dataset,
    actions: { names: actions, firstColumn: 2, control: 1, taken: swapped },
  };
  assert.notEqual(hashRows({ ...parts, train }), first);
});

Deno.test("hashRows() sees every value, label and side", async () => {
  const rows = rowsOf(500, (row) => row % 5);
  const { split, schema } = await prepare(rows);
  const parts = async (changed = rows, sides = split) => ({
    train: await encodeRows(schema, changed, sides.train),
    validation: await encodeRows(schema, changed, sides.validation),
    holdout: await encodeRows(schema, changed, sides.holdout),
  });
  const first = hashRows(await parts());
  assert.equal(hashRows(await parts()), first);
  const labels = rows.labels.map((row, place) =>
    place === 7 ? { ...row, label: 1 - row.label } : row
  );
  assert.notEqual(hashRows(await parts({ ...rows, labels })), first);
  const swapped = { ...split, train: split.holdout, holdout: split.train };
  assert.notEqual(hashRows(await parts(rows, swapped)), first);
});
