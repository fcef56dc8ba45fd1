/**
 * Expectations, each kept and broken, over the values of a run and of a training set.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type {
  Expectation,
  FeatureValue,
  FeatureView,
} from "../domain/feature.ts";
import {
  checkColumns,
  checkStatistics,
  expectsAnything,
  observeColumn,
  printProblem,
} from "./expectations.ts";

function viewOf(expect?: Expectation, version = 3): FeatureView {
  return {
    name: "orders",
    version,
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
      ...expect && { expect },
    }],
  };
}

function check(expect: Expectation, column: readonly FeatureValue[]) {
  return checkStatistics(viewOf(expect), [observeColumn("f", column)]);
}

Deno.test.each<{
  expect: Expectation;
  kept: FeatureValue[];
  broken: FeatureValue[];
  said: string;
}>([
  {
    expect: { min: 0 },
    kept: [0, 7, null],
    broken: [-1, 7],
    said: "orders@3.f: its least value is -1, and 0 is expected",
  },
  {
    expect: { max: 10 },
    kept: [10, -7],
    broken: [10.5, 0],
    said: "orders@3.f: its greatest value is 10.5, and 10 is expected",
  },
  {
    expect: { maxNullShare: 0.25 },
    kept: [1, 2, 3, null],
    broken: [1, null, null],
    said: "orders@3.f: 66.7 % have no value, and at most 25 % are expected",
  },
  {
    expect: { oneOf: ["a", "b"] },
    kept: ["a", "b", "a", null],
    broken: ["a", "someone@example.org"],
    said: "orders@3.f: 1 of its categories are none of the 2 that are expected",
  },
  {
    expect: { min: 0, max: 1 },
    kept: [0, 1],
    broken: [0.5, "half"],
    said: "orders@3.f: 1 of its values are text, and numbers are expected",
  },
])("$said", ({ expect, kept, broken, said }) => {
  assert.deepEqual(check(expect, kept), []);
  assert.deepEqual(check(expect, broken).map(printProblem), [said]);
});

Deno.test("an expectation is kept exactly if every value keeps it", () => {
  const column = fc.array(
    fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(null)),
    { minLength: 1 },
  );
  const expect = fc.record({
    min: fc.integer({ min: -3, max: 0 }),
    max: fc.integer({ min: 0, max: 3 }),
    maxNullShare: fc.constantFrom(0, 0.25, 0.5, 1),
  });
  fc.assert(fc.property(expect, column, (expect, column) => {
    const keeps = column.every((one) =>
      one === null || one >= expect.min && one <= expect.max
    ) &&
      column.filter((one) =>
          one === null
        ).length <=
        expect.maxNullShare * column.length;
    assert.equal(check(expect, column).length === 0, keeps);
  }));
});

Deno.test("categories beyond those listed are known of by their number", () => {
  const statistics = {
    feature: "f",
    rows: 10,
    nulls: 0,
    numbers: null,
    categories: { distinct: 5, top: [["a", 6]] as [string, number][] },
  };
  const [problem] = checkStatistics(viewOf({ oneOf: ["a", "b"] }), [
    statistics,
  ]);
  assert.deepEqual([problem?.what, problem?.observed], ["category", 3]);
});

Deno.test("nobody breaks nothing, and nothing expected is nothing to check", () => {
  assert.deepEqual(check({ maxNullShare: 0, min: 1 }, []), []);
  assert.equal(expectsAnything(viewOf()), false);
  assert.equal(expectsAnything(viewOf({ min: 0 })), true);
});

Deno.test("columns are checked by the version that they were read from", () => {
  const views = [viewOf({ max: 1 }, 2), viewOf({ max: 100 }, 3)];
  const broken = (id: string) => checkColumns(views, [id], [[50]]).length;
  assert.equal(broken("orders@2.f"), 1);
  assert.equal(broken("orders@3.f"), 0);
  assert.equal(broken("elsewhere.f"), 0);
});

Deno.test("what is not kept with a run is checked in training alone", () => {
  const view: FeatureView = {
    ...viewOf(),
    features: [{
      name: "hour",
      about: "",
      unit: "hours",
      aggregation: { how: "calendar", part: "hour_of_day" },
      window: null,
      expect: { maxNullShare: 0 },
    }],
  };
  const column = [null, 7];
  assert.deepEqual(checkStatistics(view, [observeColumn("hour", column)]), []);
  assert.equal(checkColumns([view], ["orders.hour"], [column]).length, 1);
});
