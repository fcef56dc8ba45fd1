/**
 * Bids as worth over one multiplier, against all that could have been bought.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { multiplierOf, pacedBid } from "./worth.ts";

Deno.test.each([
  { note: "value, budget", prices: ["value", 4, 0, 0], want: 4 },
  { note: "profit, budget", prices: ["profit", 0.5, 0, 0], want: 1.5 },
  { note: "profit, nothing binds", prices: ["profit", 0, 0, 3], want: 1 },
  { note: "value, nothing binds", prices: ["value", 0, 0, 3], want: 0 },
  { note: "value, return alone", prices: ["value", 0, 1, 3], want: 1.5 },
  { note: "value, both", prices: ["value", 1, 1, 3], want: 2 },
])("multiplierOf(): $note", ({ prices, want }) => {
  const [objective, budgetPrice, returnPrice, leastReturn] = prices as [
    "value" | "profit",
    number,
    number,
    number,
  ];
  assert.equal(
    multiplierOf({ objective, budgetPrice, returnPrice, leastReturn }),
    want,
  );
});

interface Item {
  readonly value: number;
  readonly price: number;
}

/** What bids of value ÷ multiplier buy where the runner-up is paid. */
function buy(items: readonly Item[], multiplier: number) {
  const won = items.filter(({ value, price }) => value / price >= multiplier);
  return {
    value: won.reduce((sum, { value }) => sum + value, 0),
    cost: won.reduce((sum, { price }) => sum + price, 0),
  };
}

Deno.test("the larger of two multipliers buys all but an item of the best that keeps budget and return", () => {
  const anyItem = fc.record({
    value: fc.integer({ min: 1, max: 100 }),
    price: fc.integer({ min: 1, max: 50 }),
  });
  fc.assert(
    fc.property(
      fc.array(anyItem, { minLength: 1, maxLength: 10 }),
      fc.integer({ min: 1, max: 200 }),
      fc.double({ min: 0.5, max: 6, noNaN: true }),
      (items, budget, leastReturn) => {
        const candidates = [
          0,
          ...items.map(({ value, price }) => value / price),
          1e9,
        ]
          .sort((a, b) => a - b);
        const least = (keeps: (bought: Item) => boolean) =>
          candidates.find((multiplier) => {
            const { value, cost } = buy(items, multiplier);
            return keeps({ value, price: cost });
          }) ?? Infinity;
        const forBudget = least(({ price }) => price <= budget);
        const forReturn = least(({ value, price }) =>
          value >= leastReturn * price
        );
        const bought = buy(items, Math.max(forBudget, forReturn));
        assert.ok(bought.cost <= budget);
        assert.ok(bought.value >= leastReturn * bought.cost);
        const ties = Math.max(
          ...items.map((one) =>
            items.filter(({ value, price }) =>
              value * one.price === one.value * price
            ).reduce((sum, { value }) => sum + value, 0)
          ),
        );
        assert.ok(bought.value + ties >= best(items, budget, leastReturn));
      },
    ),
    { numRuns: 300 },
  );
});

/** The most value of any set of items that keeps both, by trying all. */
function best(items: readonly Item[], budget: number, leastReturn: number) {
  let most = 0;
  for (let set = 0; set < 2 ** items.length; set++) {
    const chosen = items.filter((_, place) => set & (1 << place));
    const cost = chosen.reduce((sum, { price }) => sum + price, 0);
    const value = chosen.reduce((sum, item) => sum + item.value, 0);
    if (cost <= budget && value >= leastReturn * cost) {
      most = Math.max(most, value);
    }
  }
  return most;
}

Deno.test("the Lagrangian's own bid: an item is worth its price just where it pays", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 5, noNaN: true }),
      fc.double({ min: 0, max: 5, noNaN: true }),
      fc.double({ min: 0.1, max: 5, noNaN: true }),
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      (budgetPrice, returnPrice, leastReturn, value) => {
        for (const objective of ["value", "profit"] as const) {
          const prices = { objective, budgetPrice, returnPrice, leastReturn };
          const multiplier = multiplierOf(prices);
          if (multiplier < 1e-9) continue;
          const price = value / multiplier;
          const own = objective === "profit" ? 1 : 0;
          const gain = value - own * price - budgetPrice * price +
            returnPrice * (value - leastReturn * price);
          assert.ok(Math.abs(gain) < 1e-9 * (1 + returnPrice) * value * 10);
        }
      },
    ),
  );
});

Deno.test.each([
  { note: "rounds down", value: 7, multiplier: 2, max: 100, want: 3 },
  {
    note: "keeps the highest bid",
    value: 900,
    multiplier: 2,
    max: 100,
    want: 100,
  },
  {
    note: "bids nothing below a micro",
    value: 1,
    multiplier: 2,
    max: 100,
    want: 0,
  },
  {
    note: "bids nothing for nothing",
    value: -5,
    multiplier: 2,
    max: 100,
    want: 0,
  },
  {
    note: "bids nothing for what is no number",
    value: NaN,
    multiplier: 2,
    max: 100,
    want: 0,
  },
])("pacedBid() $note", ({ value, multiplier, max, want }) => {
  const terms = { multiplier, maxBidMicros: max, firstPrice: null };
  assert.equal(pacedBid(value, terms), want);
});

Deno.test("pacedBid() shades the worth where winners pay their bid", () => {
  const bid = pacedBid(800, {
    multiplier: 2,
    maxBidMicros: 1000,
    firstPrice: {
      shade: (worth, chanceOf) => worth * chanceOf(worth),
      chanceOf: (micros) => micros / 800,
    },
  });
  assert.equal(bid, 200);
});
