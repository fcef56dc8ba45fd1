/**
 * Bins keep order, a cut decides as its bin does, and the kernels' sort and bins
 * are those of a plain search.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { chooseCodes, chooseCuts, MOST_BINS, roundDown } from "./bins.ts";
import { prepareField } from "./field.ts";
import { settle } from "./settings.ts";

const values = fc.oneof(
  fc.float(),
  fc.double(),
  fc.constantFrom(0, -0, 1, 1 + 2 ** -23, Infinity, -Infinity, 1e-45, NaN),
);
const columnsOf = fc.array(values, { minLength: 1, maxLength: 600 })
  .map((column) => Float64Array.from(column));

/** Puts columns into bins as boosting does. */
function binsOf(
  columns: Float64Array[],
  { coded = [], maxBins = MOST_BINS }: { coded?: number[]; maxBins?: number } =
    {},
) {
  const rows = columns[0]?.length ?? 0;
  const dataset = { columns, label: new Float64Array(rows), coded };
  const field = prepareField(
    dataset,
    null,
    settle({
      loss: "squared",
      trees: 1,
      leaves: 2,
      learningRate: 1,
      l2: 0,
      minChildWeight: 0,
      rowShare: 1,
      columnShare: 1,
      patience: 1,
      maxBins,
    }, dataset),
  );
  const { cuts, view, layout } = field;
  field.crew.end();
  const bins = columns.map((_, at) =>
    view.bytes(layout.bins + at * rows, rows).slice()
  );
  return { cuts, bins };
}

Deno.test("roundDown() is the greatest float32 that is not above", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: -1e38, max: 1e38 }), (x) => {
      const down = roundDown(x);
      assert.equal(Math.fround(down), down);
      assert.ok(down <= x);
      assert.ok(Math.fround(x) <= x ? down === Math.fround(x) : true);
      const gap = Math.max(Math.abs(x) * 2 ** -23, 1.5e-45);
      assert.ok(x - down <= gap);
    }),
  );
});

Deno.test("a value up to a cut exactly is in the bins up to it", () => {
  fc.assert(
    fc.property(
      fc.array(columnsOf, { minLength: 1, maxLength: 7 }),
      fc.integer({ min: 2, max: 255 }),
      (columns, maxBins) => {
        const rows = Math.min(...columns.map(({ length }) => length));
        const cut = columns.map((column) => column.slice(0, rows));
        const { cuts, bins } = binsOf(cut, { maxBins });
        cut.forEach((column, at) => {
          const edges = cuts[at] ?? new Float32Array();
          assert.ok(edges.length <= maxBins);
          assert.equal(edges.at(-1), Infinity);
          column.forEach((value, row) => {
            const single = Math.fround(value);
            const bin = bins[at]?.[row] ?? 0;
            if (Number.isNaN(single)) return assert.equal(bin, 0);
            edges.forEach((edge, place) =>
              assert.equal(single <= edge, bin <= place + 1)
            );
          });
        });
      },
    ),
  );
});

Deno.test("the cuts are those of a plain sort, whatever the signs and the missing", () => {
  fc.assert(fc.property(columnsOf, (column) => {
    const [got] = binsOf([column]).cuts;
    const singles = Float32Array.from(column, (x) => Math.fround(x) + 0);
    const sorted = singles.filter((x) => !Number.isNaN(x)).sort();
    const missing = new Float32Array(column.length - sorted.length).fill(NaN);
    assert.deepEqual(
      got,
      chooseCuts(Float32Array.from([...sorted, ...missing]), MOST_BINS),
    );
  }));
});

Deno.test("few values are kept apart, and equal ones never parted", () => {
  fc.assert(fc.property(columnsOf, (column) => {
    const [bins = new Uint8Array()] = binsOf([column]).bins;
    const singles = Float32Array.from(column);
    if (new Set(singles).size > MOST_BINS) return;
    singles.forEach((left, i) => {
      const right = singles[(i * 7 + 1) % singles.length] as number;
      const other = bins[(i * 7 + 1) % singles.length];
      if (Number.isNaN(left) || Number.isNaN(right)) return;
      assert.equal(bins[i] === other, left === right);
    });
  }));
});

Deno.test("bins of a wide column are filled about evenly", () => {
  const column = Float64Array.from({ length: 50_000 }, (_, row) => row ** 2);
  const [bins = new Uint8Array()] = binsOf([column]).bins;
  const counts = new Map<number, number>();
  for (const bin of bins) counts.set(bin, (counts.get(bin) ?? 0) + 1);
  assert.ok(counts.size > 200);
  assert.ok(Math.max(...counts.values()) < 2 * 50_000 / counts.size);
});

Deno.test("a value that most rows share leaves bins enough for the others", () => {
  const column = Float64Array.from(
    { length: 50_000 },
    (_, row) => row % 10 === 0 ? row - 25_000 : 0,
  );
  assert.ok((binsOf([column]).cuts[0]?.length ?? 0) > 200);
});

Deno.test("the commonest codes get a bin, the rest and the missing none", () => {
  const column = Float64Array.of(7, 7, 7, 2, 2, 40, NaN, 1000, 1000);
  assert.deepEqual([...chooseCodes(column, 3)], [2, 7, 1000]);
  const { bins, cuts } = binsOf([column], { coded: [0], maxBins: 3 });
  assert.deepEqual([...cuts[0] ?? []], [2, 7, 1000]);
  assert.deepEqual([...bins[0] ?? []], [2, 2, 2, 1, 1, 0, 0, 3, 3]);
});
