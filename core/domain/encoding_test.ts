/**
 * Encoding fills exactly the columns that are named.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  columnNames,
  encode,
  type EncodingRow,
  type InputSchema,
} from "./encoding.ts";

const SCHEMA: InputSchema = {
  inputs: [
    { name: "audience.recency", kind: "number", fill: 5, typical: 5 },
    {
      name: "audience.zip",
      kind: "category",
      vocabulary: ["Rural", "Urban"],
      fill: null,
      typical: "Urban",
    },
  ],
  actions: ["mail", "none"],
  crossed: true,
};

function encoded(values: (number | string | null)[], action: string | null) {
  const out = new Float64Array(columnNames(SCHEMA).length);
  assert.equal(encode(SCHEMA, { values, action }, out), out.length);
  return Object.fromEntries(
    columnNames(SCHEMA).map((name, i) => [name, out[i]]),
  );
}

Deno.test("encode() crosses the plain columns with the action taken", () => {
  assert.deepEqual(encoded([3, "Rural"], "mail"), {
    "audience.recency": 3,
    "audience.zip=Rural": 1,
    "audience.zip=Urban": 0,
    "action=mail": 1,
    "action=none": 0,
    "action=mail×audience.recency": 3,
    "action=mail×audience.zip=Rural": 1,
    "action=mail×audience.zip=Urban": 0,
    "action=none×audience.recency": 0,
    "action=none×audience.zip=Rural": 0,
    "action=none×audience.zip=Urban": 0,
  });
});

Deno.test("encode() fills a missing number and leaves an unknown word all zeros", () => {
  const row = encoded([null, "Moon"], null);
  assert.equal(row["audience.recency"], 5);
  assert.equal(row["audience.zip=Rural"], 0);
  assert.equal(row["audience.zip=Urban"], 0);
  assert.equal(row["action=mail"], 0);
});

Deno.test("encode() passes NaN where there is no fill", () => {
  const schema: InputSchema = {
    inputs: [{ name: "x", kind: "number", fill: null, typical: null }],
    actions: [],
    crossed: false,
  };
  const out = new Float32Array(1);
  encode(schema, { values: [null], action: null }, out);
  assert.ok(Number.isNaN(out[0]));
});

Deno.test("encode() fills as many columns as columnNames() names", () => {
  const input = fc.record({
    name: fc.string(),
    kind: fc.constantFrom("number" as const, "category" as const),
    vocabulary: fc.array(fc.string(), { maxLength: 4 }),
    fill: fc.constant(0),
    typical: fc.constant(null),
  });
  const schema = fc.record({
    inputs: fc.array(input, { maxLength: 5 }),
    actions: fc.array(fc.string(), { maxLength: 3 }),
    crossed: fc.boolean(),
  });
  fc.assert(fc.property(schema, (made) => {
    const columns = columnNames(made).length;
    const out = new Float64Array(columns + 1).fill(7);
    assert.equal(encode(made, { values: [], action: null }, out), columns);
    assert.equal(out[columns], 7);
  }));
});

/** Each column from its definition alone. */
function columnsOf(
  { inputs, actions, crossed, coded = false }: InputSchema,
  { values, action }: EncodingRow,
): number[] {
  const plain = inputs.flatMap(({ kind, vocabulary = [], fill }, place) => {
    const value = values[place] ?? null;
    if (kind === "number") {
      return [typeof value === "number" ? value : fill ?? NaN];
    }
    const code = vocabulary.indexOf(String(value));
    return coded
      ? [code < 0 ? NaN : code]
      : vocabulary.map((word) => Number(word === String(value)));
  });
  const taken = actions.map((one) => Number(one === action));
  const crosses = taken.flatMap((weight) =>
    plain.map((value) => weight === 0 ? 0 : value)
  );
  return [...plain, ...taken, ...(crossed ? crosses : [])];
}

Deno.test("encode() fills each column as it is defined, whatever was there", () => {
  const word = fc.constantFrom("a", "b", "null", "1");
  const input = fc.record({
    name: fc.constantFrom("x", "y"),
    kind: fc.constantFrom("number" as const, "category" as const),
    vocabulary: fc.uniqueArray(word),
    fill: fc.constantFrom(null, 0.5),
    typical: fc.constant(null),
  });
  const schema = fc.record({
    inputs: fc.array(input, { maxLength: 5 }),
    actions: fc.uniqueArray(word, { maxLength: 3 }),
    crossed: fc.boolean(),
    coded: fc.boolean(),
  });
  const row = fc.record({
    values: fc.array(fc.oneof(word, fc.constantFrom(null, 1, -2.5))),
    action: fc.option(word),
  });
  fc.assert(fc.property(schema, row, (schema, row) => {
    const out = new Float64Array(columnNames(schema).length).fill(7);
    encode(schema, row, out);
    assert.deepEqual([...out], columnsOf(schema, row));
  }));
});
