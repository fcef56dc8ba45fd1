/**
 * What is written as CSV is read as the same numbers and words.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { readTable, type TableOptions } from "./table.ts";

async function read(text: string, options: TableOptions = {}) {
  const path = await Deno.makeTempFile({ suffix: ".csv" });
  try {
    await Deno.writeTextFile(path, text);
    return await readTable(path, options);
  } finally {
    await Deno.remove(path);
  }
}

const number = fc.oneof(fc.double({ noDefaultInfinity: true }), fc.integer());
const word = fc.string({ unit: "grapheme", maxLength: 6 })
  .filter((text) => text !== "" && !text.includes("\r"));

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

Deno.test("readTable() reads back what was written, however it was written", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(number, word, number), { maxLength: 20 }),
      fc.constantFrom("\n", "\r\n"),
      fc.boolean(),
      fc.boolean(),
      async (rows, end, bom, ended) => {
        const lines = [
          'a,"w ""x""",y',
          ...rows.map(([a, w, y]) =>
            [Number.isNaN(a) ? "" : a, quote(w), Number.isNaN(y) ? 7 : y].join()
          ),
        ];
        const text = (bom ? "\ufeff" : "") + lines.join(end) +
          (ended ? end : "");
        const table = await read(text, {
          target: "y",
          categorical: ['w "x"'],
        });
        assert.equal(table.rows, rows.length);
        assert.deepEqual(table.names, ["a", 'w "x"']);
        assert.deepEqual([...table.columns[0] ?? []], rows.map(([a]) => a + 0));
        const words = table.words[0] ?? [];
        assert.deepEqual(words, [...new Set(rows.map(([, w]) => w))].sort());
        assert.deepEqual(
          [...table.columns[1] ?? []].map((code) => words[code]),
          rows.map(([, w]) => w),
        );
        assert.deepEqual(
          [...table.label ?? []],
          rows.map(([, , y]) => Number.isNaN(y) ? 7 : y + 0),
        );
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("readTable() grows past its first rows", async () => {
  const lines = Array.from({ length: 5000 }, (_, row) => `${row},${-row}`);
  const { columns, rows } = await read(["a,b", ...lines].join("\n"));
  assert.equal(rows, 5000);
  assert.equal(columns[1]?.length, 5000);
  assert.equal(columns[1]?.[4999], -4999);
});

Deno.test("readTable() knows what stands for missing, and for numbers", async () => {
  const { columns } = await read(
    "a,c\n,NA\nNA,\nnan,x\nnull,x\n inf ,x\ntrue,x\nFALSE,x\n",
    { categorical: ["c"] },
  );
  assert.deepEqual([...columns[0] ?? []], [NaN, NaN, NaN, NaN, Infinity, 1, 0]);
  assert.deepEqual([...columns[1] ?? []], [0, NaN, 1, 1, 1, 1, 1]);
});

Deno.test("readTable() reads a second file by the columns and words of the first", async () => {
  const first = await read("c,a,y\nb,1,0\na,2,1\n", {
    target: "y",
    categorical: ["c"],
  });
  const second = await read("extra,y,a,c\nq,1,5,b\nq,0,6,new\n", {
    target: "y",
    like: first,
  });
  assert.deepEqual(second.names, ["c", "a"]);
  assert.deepEqual([...second.columns[0] ?? []], [1, NaN]);
  assert.deepEqual([...second.columns[1] ?? []], [5, 6]);
  assert.deepEqual(second.words, [["a", "b"]]);
  assert.deepEqual([...second.label ?? []], [1, 0]);
});

Deno.test("readTable() takes lines that end in different ways", async () => {
  const text = "a,w\n1,x\r\n2,y\n";
  const { words } = await read(text, { categorical: ["w"] });
  assert.deepEqual(words, [["x", "y"]]);
});

Deno.test("readTable() leaves out what is to be dropped", async () => {
  const { names } = await read("id,a\nx,1\n", { drop: ["id"] });
  assert.deepEqual(names, ["a"]);
});

Deno.test.each([
  { note: "a ragged row", text: "a,b\n1,2\n3\n", want: /line 3 has 1 field/ },
  { note: "a quote that stays open", text: 'a\n1\n"2\n', want: /never closes/ },
  { note: "a stray quote", text: 'a,b\n1,2"3"\n', want: /line 2 has a quote/ },
  { note: "an endless row", text: `a\n"${"x".repeat(5e6)}`, want: /longer/ },
  { note: "an empty file", text: "", want: /it is empty/ },
  { note: "words", text: "a,b\n1,red\n", want: /--categorical b/ },
  { note: "hexadecimal", text: "a\n0x10\n", want: /row 1 is not a number/ },
  { note: "lines that end in CR", text: "a,b\r1,2\r", want: /end in CR alone/ },
  { note: "a column twice", text: "a,a\n1,2\n", want: /names it twice/ },
])("readTable() refuses $note", async ({ text, want }) => {
  await assert.rejects(read(text), want);
});

Deno.test.each<{ note: string; options: TableOptions; want: RegExp }>([
  {
    note: "a target that is not there",
    options: { target: "clicks" },
    want: /"clicks".*did you mean "click"/,
  },
  {
    note: "an unknown categorical column",
    options: { categorical: ["zap"] },
    want: /"zap".*did you mean "zip"/,
  },
  {
    note: "a row without label",
    options: { target: "click" },
    want: /row 2 has no number$/,
  },
  {
    note: "a table of nothing but the target",
    options: { target: "click", drop: ["zip"] },
    want: /no column is left beside the target/,
  },
])("readTable() refuses $note", async ({ options, want }) => {
  const refused = read("click,zip\n1,2\nNA,3\n", options);
  await assert.rejects(refused, want);
  await assert.rejects(refused, { code: "dataset_invalid" });
});

Deno.test("readTable() says how to write a target of words, and that a test file lacks it", async () => {
  const options = { target: "y" };
  await assert.rejects(read("a,y\n1,no\n", options), /row 1.*write 1 and 0/);
  const like = await read("a,y\n1,0\n", options);
  await assert.rejects(
    read("a\n1\n", { ...options, like }),
    /"y".*it is not there, and predictions are measured by the target/,
  );
});

Deno.test("readTable() says that a file does not exist", async () => {
  await assert.rejects(readTable("/nonexistent/rows.csv"), {
    code: "file_unreadable",
    message: /it does not exist/,
  });
});
