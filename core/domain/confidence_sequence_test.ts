/**
 * The interval of a difference holds at every look at once, however the outcomes are
 * spread; and finds what is there.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  addUnit,
  type LiftDesign,
  liftOf,
  type LiftUnit,
  NO_UNITS,
  sideOf,
} from "./confidence_sequence.ts";
import { seededRandom } from "./random.ts";

const RUNS = 2000;

Deno.test("the sums are those of a reader who goes through all units anew", () => {
  const units = fc.array(
    fc.record({
      treated: fc.boolean(),
      value: fc.double({ min: -1, max: 9, noNaN: true }),
    }),
    { minLength: 1, maxLength: 60 },
  );
  fc.assert(fc.property(units, fc.constantFrom(0.1, 0.5, 0.8), (all, share) => {
    const design = { share, most: 5, alpha: 0.05 };
    const sums = all.reduce(
      (before, unit) => addUnit(before, design, unit),
      NO_UNITS,
    );
    const { sum, squares } = sumsAnew(all, design);
    assert.ok(isClose(sums.sum, sum) && isClose(sums.squares, squares));
    const { low, high, difference } = liftOf(sums, design);
    assert.ok(low <= difference && difference <= high);
    assert.ok(low >= -5 && high <= 5);
    const side = sideOf(sums, design);
    assert.equal(side, low > 0 ? 1 : high < 0 ? -1 : 0);
  }));
});

Deno.test.each([
  { note: "half of all", share: 0.5, chance: 0.1, most: 1, units: 3000 },
  { note: "a tenth of all", share: 0.1, chance: 0.3, most: 1, units: 2000 },
  {
    note: "few who bring much",
    share: 0.5,
    chance: 0.02,
    most: 40,
    units: 2000,
  },
])(
  `versions that are alike are told apart in at most 5 % of ${RUNS} worlds, looked at after each unit: $note`,
  ({ share, chance, most, units }) => {
    const design = { share, most, alpha: 0.05 };
    let wrong = 0;
    for (let seed = 1; seed <= RUNS; seed++) {
      const world = { seed, units, champion: chance, challenger: chance };
      if (firstFinding(design, world).side !== 0) wrong++;
    }
    assert.ok(wrong <= 0.05 * RUNS, `${wrong} of ${RUNS}`);
  },
);

Deno.test.each([
  { note: "half of 25,000 people", share: 0.5, units: 25_000 },
  { note: "a tenth of 75,000 people", share: 0.1, units: 75_000 },
])(
  "a fifth more conversions of a tenth is found in 90 % of worlds with $note",
  ({
    share,
    units,
  }) => {
    const design = { share, most: 1, alpha: 0.05 };
    const runs = 100;
    let found = 0;
    for (let seed = 1; seed <= runs; seed++) {
      const world = { seed, units, champion: 0.1, challenger: 0.12 };
      if (firstFinding(design, world).side === 1) found++;
    }
    assert.ok(found >= 0.9 * runs, `${found} of ${runs}`);
  },
);

Deno.test("a loss is found as a loss", () => {
  const design = { share: 0.5, most: 1, alpha: 0.05 };
  const world = { seed: 3, units: 9000, champion: 0.2, challenger: 0.12 };
  assert.equal(firstFinding(design, world).side, -1);
});

Deno.test("nothing is known before the first unit, nor of units that bring nothing", () => {
  const design = { share: 0.1, most: 2, alpha: 0.05 };
  assert.deepEqual(liftOf(NO_UNITS, design), {
    ...{ difference: 0, low: -2, high: 2 },
  });
  assert.equal(sideOf(NO_UNITS, design), 0);
  let sums = NO_UNITS;
  for (let unit = 0; unit < 500; unit++) {
    sums = addUnit(sums, design, { treated: unit % 10 === 0, value: 0 });
  }
  assert.equal(sideOf(sums, design), 0);
});

/** The first side that is told, looked at after each unit. */
function firstFinding(
  design: LiftDesign,
  { seed, units, champion, challenger }: {
    readonly seed: number;
    readonly units: number;
    readonly champion: number;
    readonly challenger: number;
  },
) {
  const random = seededRandom(seed);
  let sums = NO_UNITS;
  for (let unit = 1; unit <= units; unit++) {
    const treated = random.next() < design.share;
    const chance = treated ? challenger : champion;
    const size = design.most === 1 ? 1 : -Math.log(random.next()) * 8;
    const value = random.next() < chance ? size : 0;
    sums = addUnit(sums, design, { treated, value });
    const side = sideOf(sums, design);
    if (side !== 0) return { side, unit };
  }
  return { side: 0, unit: units };
}

/** Each unit's distance from the mean of those before it, weighed by its chance. */
function sumsAnew(
  units: readonly LiftUnit[],
  { share, most }: LiftDesign,
) {
  const cut = units.map(({ value }) =>
    Math.min(Math.max(value, 0), most) / most
  );
  const terms = units.map(({ treated }, place) => {
    const before = cut.slice(0, place);
    const mean = before.reduce((all, one) => all + one, 0) /
      Math.max(1, before.length);
    const distance = (cut[place] ?? NaN) - mean;
    return treated ? distance / share : -distance / (1 - share);
  });
  return {
    sum: terms.reduce((all, term) => all + term, 0),
    squares: terms.reduce((all, term) => all + term * term, 0),
  };
}

function isClose(one: number, other: number): boolean {
  return Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(other));
}
