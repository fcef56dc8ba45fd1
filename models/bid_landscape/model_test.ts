/**
 * The conformance kit with both bases, curves that rise, and a world of which the
 * prices are known.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { RowDataset } from "@moe/plugin";
import { seededRandom, testModel } from "@moe/plugin/test";
import { assertClose, runOnnx } from "../learners/run_onnx_test.ts";
import family from "./model.ts";

const SAMPLE = { params: { bid: "visits_28d" }, label: "binary" } as const;
testModel(family, SAMPLE);
testModel(family, {
  ...SAMPLE,
  params: { ...SAMPLE.params, base: "trees" },
});

/** The middle price of a context, micros. */
function middle(demand: number, device: number): number {
  return 2e6 * Math.exp(0.4 * demand + 0.7 * device);
}

function winChance(demand: number, device: number, bid: number): number {
  return 1 / (1 + (middle(demand, device) / bid) ** 3);
}

/** Bids, whether they won, and against which price. */
function drawBids(rows: number, seed: number): RowDataset {
  const random = seededRandom(seed);
  const make = () => new Float64Array(rows);
  const [demand, device, bids] = [make(), make(), make()];
  const [label, valueMicros] = [make(), make()];
  for (let row = 0; row < rows; row++) {
    const [d, e] = [Math.fround(random.normal()), random.next() < 0.5 ? 1 : 0];
    const even = random.next();
    const price = middle(d, e) * (even / (1 - even)) ** (1 / 3);
    const bid = Math.fround(2e6 * Math.exp(0.7 * random.normal()));
    [demand[row], device[row], bids[row]] = [d, e, bid];
    if (bid >= price) [label[row], valueMicros[row]] = [1, price];
  }
  const names = ["demand", "device", "auction.bid_micros"];
  return { rows, names, columns: [demand, device, bids], label, valueMicros };
}

async function fit(dataset: RowDataset, params: unknown) {
  assert.ok(family.grain === "rows");
  return await family.fit({
    dataset,
    validation: null,
    params: family.params.parse(params),
    random: seededRandom(1),
    report: () => {},
  });
}

/** Mean error of the chance at a share of the bids that were made. */
async function meanError(dataset: RowDataset, params: unknown, share = 1) {
  const { predict } = await fit(dataset, params);
  const { columns: [demand, device, made], rows } = drawBids(1500, 9);
  assert.ok(demand && device && made);
  const bids = made.map((bid) => Math.fround(share * bid));
  const errors = predict([demand, device, bids]).map((said, row) =>
    Math.abs(
      said - winChance(demand[row] ?? 0, device[row] ?? 0, bids[row] ?? 0),
    )
  );
  return errors.reduce((sum, error) => sum + error, 0) / rows;
}

Deno.test.each([
  { base: "logistic", prices: false, most: 0.02 },
  { base: "logistic", prices: true, most: 0.02 },
  { base: "trees", prices: false, most: 0.05 },
  { base: "trees", prices: true, most: 0.04 },
])(
  "bid_landscape by $base knows the chance of a bid, prices told: $prices",
  async ({ base, prices, most }) => {
    const bids = drawBids(6000, 5);
    const error = await meanError(bids, { base, prices });
    assert.ok(error < most, `${error}`);
  },
);

Deno.test("bid_landscape learns more of lower bids from prices than from wins alone", async () => {
  const params = { base: "trees" };
  const bids = drawBids(2000, 6);
  const errors = await Promise.all(
    [false, true].map((prices) => meanError(bids, { ...params, prices }, 0.5)),
  );
  assert.ok((errors[1] ?? 1) < 0.9 * (errors[0] ?? 0), `${errors}`);
});

/** Bids of one to two units, of which those above a random price won. */
function drawNarrow(seed: number): RowDataset {
  const random = seededRandom(seed);
  const draw = (of: () => number) => Float64Array.from({ length: 3000 }, of);
  const bids = draw(() => Math.fround(1e6 * (1 + random.next())));
  const context = draw(() => Math.fround(random.next()));
  return {
    rows: 3000,
    names: ["bid_micros", "context"],
    columns: [bids, context],
    label: bids.map((bid) => +(bid > 7e5 + 1.3e6 * random.next())),
  };
}

Deno.test.each([{ base: "trees" }, { base: "logistic" }])(
  "bid_landscape by $base promises nothing for bids far below those made",
  async ({ base }) => {
    const { predict, onnx } = await fit(drawNarrow(3), { base, trees: 60 });
    const bids = Float64Array.from(
      { length: 300 },
      (_, step) => Math.fround(1.05 ** step),
    ).filter((bid) => bid < 2e6);
    const columns = [bids, bids.map(() => 0.5)];
    const chances = predict(columns);
    assertClose(chances, await runOnnx(onnx, columns), 1e-5);
    assert.ok((chances[0] ?? 1) < 1e-5, `${chances[0]}`);
    for (const worth of [1.2e6, 1.8e6, 3e6]) {
      const left = bids.map((bid, at) => (worth - bid) * (chances[at] ?? NaN));
      const best = bids[left.indexOf(Math.max(...left))] ?? 0;
      assert.ok(best > 0.5 * worth && best < worth, `${best} for ${worth}`);
    }
  },
);

Deno.test("bid_landscape by trees leaves a missing bid as it is, and one of 0 without a chance", async () => {
  const { predict, onnx } = await fit(drawNarrow(4), { base: "trees" });
  const columns = [
    Float64Array.of(NaN, 0, -1, Infinity),
    Float64Array.of(0.5, 0.5, 0.5, 0.5),
  ];
  const chances = predict(columns);
  assertClose(chances, await runOnnx(onnx, columns), 1e-6);
  assert.ok((chances[0] ?? 0) > 0.1);
  assert.deepEqual([...chances.slice(1, 3)], [0, 0]);
  assert.ok((chances[3] ?? 0) > 0.8);
});

/** Labels that have nothing to do with the bid, or the wrong way round. */
const perverse = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  base: fc.constantFrom("logistic", "trees"),
  turn: fc.constantFrom(-1, 0, 1),
});

Deno.test("bid_landscape never falls as the bid rises, whatever it was taught", async () => {
  await fc.assert(
    fc.asyncProperty(perverse, async ({ seed, base, turn }) => {
      const dataset = drawBids(300, seed);
      const random = seededRandom(seed);
      const label = dataset.label.map((won) =>
        turn === 0 ? Math.round(random.next()) : turn < 0 ? 1 - won : won
      );
      const { predict } = await fit({ ...dataset, label }, { base, trees: 20 });
      const bids = Float64Array.from(
        { length: 60 },
        (_, step) => Math.fround(1e4 * 1.15 ** step),
      );
      for (const demand of [-2, 0, NaN]) {
        const chances = predict([
          bids.map(() => demand),
          bids.map(() => 1),
          bids,
        ]);
        chances.reduce((before, chance) => {
          assert.ok(chance >= before, `${before} then ${chance}`);
          return chance;
        });
      }
    }),
    { numRuns: 25 },
  );
});

Deno.test.each([
  { note: "no bid among the features", change: { names: ["a", "b", "c"] } },
  { note: "labels that are no wins", change: { label: Float64Array.of(7) } },
  { note: "prices that are not told", change: {}, params: { prices: true } },
])("bid_landscape refuses $note", async ({ change, params = {} }) => {
  const { valueMicros: _, ...bids } = drawBids(1, 1);
  await assert.rejects(
    async () => await fit({ ...bids, ...change }, params),
    { code: "dataset_invalid" },
  );
});
