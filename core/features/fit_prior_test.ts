/**
 * Priors found again in populations that were made from them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Random, seededRandom } from "../domain/random.ts";
import { fitPrior, type RatioLaw } from "./fit_prior.ts";

/** Marsaglia and Tsang (2000); small shapes by a power of a uniform. */
function gamma(random: Random, shape: number): number {
  if (shape < 1) {
    return gamma(random, shape + 1) * (1 - random.next()) ** (1 / shape);
  }
  const d = shape - 1 / 3;
  for (;;) {
    const x = random.normal();
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v <= 0) continue;
    const chance = Math.log(1 - random.next());
    if (chance < x * x / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}

function poisson(random: Random, mean: number): number {
  let events = -1;
  for (let left = mean; left > 0; events++) {
    left += Math.log(1 - random.next());
  }
  return Math.max(events, 0);
}

function binomial(random: Random, trials: number, chance: number): number {
  let hits = 0;
  for (let trial = 0; trial < trials; trial++) {
    if (random.next() < chance) hits++;
  }
  return hits;
}

interface Population {
  readonly truth: number[];
  readonly of: number[];
  readonly over: number[];
}

/** Entities with denominators from 1 to 1000, most of them small. */
function populate(
  law: RatioLaw,
  { prior, strength, entities = 20_000, seed = 1 }: {
    prior: number;
    strength: number;
    entities?: number;
    seed?: number;
  },
): Population {
  const random = seededRandom(seed);
  const population: Population = { truth: [], of: [], over: [] };
  for (let entity = 0; entity < entities; entity++) {
    const over = Math.ceil(1000 ** random.next());
    const a = gamma(random, prior * strength);
    const truth = law === "share"
      ? a / (a + gamma(random, (1 - prior) * strength))
      : a / strength;
    population.truth.push(truth);
    population.over.push(over);
    if (law === "share") population.of.push(binomial(random, over, truth));
    else if (law === "count") {
      population.of.push(poisson(random, over * truth));
    } else {
      const noise = Math.sqrt(over * prior) * random.normal();
      population.of.push(1e6 * (over * truth + noise));
    }
  }
  return population;
}

function squaredError(truth: readonly number[], said: readonly number[]) {
  return truth.reduce(
    (sum, one, place) => sum + (one - (said[place] ?? NaN)) ** 2,
    0,
  );
}

Deno.test.each<[law: RatioLaw, prior: string, strength: number]>([
  ["share", "0.3", 20],
  ["share", "0.02", 50],
  ["share", "0.5", 2],
  ["count", "0.3", 20],
  ["count", "4", 3],
  ["amount", "0.8", 30],
])(
  "fitPrior() finds a %s of %s with strength %d again, which errs less than raw ratios",
  (law, text, strength) => {
    const prior = Number(text);
    const scale = law === "amount" ? 1e6 : 1;
    for (const seed of [1, 2]) {
      const { truth, of, over } = populate(law, { prior, strength, seed });
      const fitted = fitPrior({ of, over }, law);
      assert.ok(fitted);
      const off = {
        prior: fitted.prior / scale / prior - 1,
        strength: fitted.strength / strength - 1,
      };
      assert.ok(Math.abs(off.prior) < 0.03, JSON.stringify(off));
      assert.ok(Math.abs(off.strength) < 0.1, JSON.stringify(off));
      const raw = of.map((some, place) => some / scale / (over[place] ?? NaN));
      const drawn = of.map((some, place) =>
        (some + fitted.strength * fitted.prior) / scale /
        ((over[place] ?? NaN) + fitted.strength)
      );
      assert.ok(squaredError(truth, drawn) < 0.8 * squaredError(truth, raw));
      assert.equal(fitted.entities, truth.length);
    }
  },
);

Deno.test("fitPrior() does not depend on the order of entities", () => {
  const { of, over } = populate("share", {
    prior: 0.1,
    strength: 9,
    entities: 50,
  });
  const one = fitPrior({ of, over }, "share");
  const other = fitPrior({ of: of.reverse(), over: over.reverse() }, "share");
  assert.ok(one && other);
  assert.ok(Math.abs(one.prior / other.prior - 1) < 1e-6);
  assert.ok(Math.abs(one.strength / other.strength - 1) < 1e-6);
});

Deno.test.each<RatioLaw>(["share", "count"])(
  "fitPrior() draws all to the mean where a %s varies by chance alone",
  (law) => {
    const over = [10, 20, 30, 40];
    const of = [1, 2, 3, 4];
    const fitted = fitPrior({ of, over }, law);
    assert.ok(fitted);
    assert.equal(fitted.strength, 100);
    assert.ok(Math.abs(fitted.prior - 0.1) < 1e-12);
  },
);

Deno.test("fitPrior() draws nothing where every share is all or nothing", () => {
  const fitted = fitPrior({ of: [9, 0, 9, 0], over: [9, 9, 9, 9] }, "share");
  assert.deepEqual(fitted, { prior: 0.5, strength: 0, entities: 4 });
});

Deno.test.each<{ note: string; of: number[]; over: number[]; law: RatioLaw }>([
  { note: "nobody", of: [], over: [], law: "share" },
  { note: "one entity", of: [1], over: [2], law: "count" },
  { note: "empty denominators", of: [1, 2], over: [0, 0], law: "share" },
  { note: "unknown numerators", of: [NaN, 1], over: [5, 5], law: "share" },
  {
    note: "amounts over equals",
    of: [1, 9, 4],
    over: [5, 5, 5],
    law: "amount",
  },
])("fitPrior() learns nothing from $note", ({ of, over, law }) => {
  assert.equal(fitPrior({ of, over }, law), null);
});
