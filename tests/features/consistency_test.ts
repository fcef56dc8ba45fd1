/**
 * The consistency monitor against signals that the specification evaluates: what is
 * served rightly is never told of, and what is not always is.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { FeatureView } from "../../core/domain/feature.ts";
import {
  checkSamples,
  type ConsistencyScope,
  type Mismatch,
} from "../../core/features/consistency.ts";
import type { Sample } from "../../core/features/consistency_samples.ts";
import {
  minute,
  order,
  sampleOf,
  valuesAt,
  VIEW,
  watch,
} from "./watched_signals.ts";

async function mismatches(
  scope: ConsistencyScope,
  samples: readonly Sample[],
): Promise<readonly Mismatch[]> {
  const compared = await checkSamples(scope, samples);
  assert.deepEqual(compared.doubtful, []);
  return compared.mismatches;
}

/** Much happens, and is heard of, around the moments of the vectors. */
const moments = fc.integer({ min: 0, max: 120 });
const signals = fc.array(
  fc.record({
    id: fc.constantFrom("a", "b"),
    occurred: fc.integer({ min: 0, max: 80 }),
    late: fc.integer({ min: 0, max: 60 }),
  }),
  { maxLength: 14 },
).map((orders) =>
  orders.map(({ id, occurred, late }) => order(id, occurred, occurred + late))
);

Deno.test("what was right by anything known until it was read is never told of", async () => {
  const cases = fc.record({
    signals,
    id: fc.constantFrom("a", "b"),
    at: moments,
    took: fc.oneof(fc.constant(-1), fc.integer({ min: 0, max: 30 })),
    later: fc.integer({ min: 0, max: 20 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ signals, id, at, took, later }) => {
      const { scope, counted } = watch(signals);
      const knownAt = minute(at + took);
      const values = valuesAt(signals, { id, at: minute(at), knownAt });
      const servedAt = minute(at + Math.max(took, 0) + later);
      const sample = sampleOf(values, { id, at: minute(at), servedAt });
      assert.deepEqual(await mismatches(scope, [sample]), []);
      assert.deepEqual(
        counted.map(({ checked, mismatched }) => [
          checked,
          mismatched,
        ]),
        [[1, 0]],
      );
    }),
    { numRuns: 500 },
  );
});

Deno.test("what was right in no state of knowledge is always told of, with its features", async () => {
  const cases = fc.record({
    signals,
    id: fc.constantFrom("a", "b"),
    at: moments,
    place: fc.constantFrom(0, 2, 3),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ signals, id, at, place }) => {
      const { scope, counted } = watch(signals);
      const moment = minute(at);
      const values = valuesAt(signals, { id, at: moment, knownAt: null });
      const wrong = values.map((value, index) =>
        index !== place
          ? value
          : typeof value === "number"
          ? value + 1e-9
          : "another"
      );
      const sample = sampleOf(wrong, {
        id,
        at: moment,
        servedAt: minute(at + 1),
      });
      const found = await mismatches(scope, [sample]);
      assert.equal(found.length, 1);
      assert.ok(
        found[0]?.features.includes(VIEW.features[place]?.name ?? ""),
      );
      assert.equal(found[0]?.since, "computed");
      assert.equal(counted[0]?.mismatched, 1);
    }),
    { numRuns: 300 },
  );
});

Deno.test("a vector that was held for too long is told of as held", async () => {
  const observed = [order("a", 0)];
  const { scope } = watch(observed);
  const computedAt = minute(10);
  const values = valuesAt(observed, { id: "a", at: computedAt, knownAt: null });
  const sample = sampleOf(values, {
    id: "a",
    at: minute(3000),
    computedAt,
    servedAt: minute(3001),
  });
  const [found] = await mismatches(scope, [sample]);
  assert.equal(found?.since, "held");
  assert.deepEqual(found?.features, ["orders_count_1d", "orders_decayed"]);
  assert.equal(found?.view, "orders@2");
  assert.ok(!JSON.stringify(found).includes("subject:a"));
});

Deno.test("a signal that no refresh brought is told of, once it was to be known", async () => {
  const observed = [order("a", 0), order("a", 20)];
  const { scope } = watch(observed);
  const values = valuesAt([order("a", 0)], {
    id: "a",
    at: minute(60),
    knownAt: null,
  });
  const [found] = await mismatches(scope, [
    sampleOf(values, { id: "a", at: minute(60), servedAt: minute(61) }),
  ]);
  assert.deepEqual(found?.features, [
    "orders_count_1d",
    "orders_decayed",
    "latest_plan",
  ]);
});

Deno.test("an entity without a vector must have nothing in its windows", async () => {
  const { scope, counted } = watch([order("a", 0)]);
  const missing = (id: string) =>
    sampleOf(null, { id, at: minute(60), servedAt: minute(61) });
  const found = await mismatches(scope, [missing("a"), missing("b")]);
  assert.equal(found.length, 1);
  assert.deepEqual(counted, [{
    name: "orders",
    version: 2,
    day: "2026-03-01",
    checked: 2,
    mismatched: 1,
  }]);
});

Deno.test("a withheld vector that nothing withholds is told of, and one that is not", async () => {
  const view: FeatureView = {
    ...VIEW,
    consent: { to: "email", rule: "opt_in" },
  };
  const nulls = [null, null, null, null];
  const { scope } = watch([order("a", 0)]);
  const at = minute(60);
  const kept = sampleOf(nulls, { id: "a", at, servedAt: minute(61) });
  const vector = kept.vector ?? assert.fail();
  const withheld = { ...kept, vector: { ...vector, withheld: true } };
  assert.equal((await mismatches(scope, [withheld])).length, 1);
  assert.equal((await mismatches(scope, [{ ...withheld, view }])).length, 0);
  const values = valuesAt([order("a", 0)], { id: "a", at, knownAt: null });
  const leaked = { ...kept, view, vector: { ...vector, values } };
  assert.equal((await mismatches(scope, [leaked])).length, 1);
});

Deno.test("what is known by a clock that is ahead is known", async () => {
  const observed = [order("a", 0, 30)];
  const { scope } = watch(observed);
  const at = minute(20);
  const values = valuesAt(observed, { id: "a", at, knownAt: null });
  const sample = sampleOf(values, { id: "a", at, servedAt: minute(21) });
  assert.deepEqual(await mismatches(scope, [sample]), []);
});

Deno.test("sums that decay are the same to 1e-12, and nothing else is", async () => {
  const observed = [order("a", 0), order("a", 5)];
  const { scope } = watch(observed);
  const at = minute(60);
  const values = valuesAt(observed, { id: "a", at, knownAt: null });
  const told = async (place: number, times: number) => {
    const other = values.with(place, Number(values[place]) * times);
    const sample = sampleOf(other, { id: "a", at, servedAt: minute(61) });
    return (await mismatches(scope, [sample])).length;
  };
  assert.equal(await told(2, 1 + 5e-13), 0);
  assert.equal(await told(2, 1 + 5e-12), 1);
  assert.equal(await told(0, 1 + 5e-13), 1);
});

Deno.test("who is withheld though nothing withholds is told of, signals or none", async () => {
  const { scope } = watch([]);
  const kept = sampleOf([null, null, null, null], {
    id: "a",
    at: minute(60),
    servedAt: minute(61),
  });
  const vector = { ...kept.vector ?? assert.fail(), withheld: true };
  assert.equal((await mismatches(scope, [kept])).length, 0);
  assert.equal((await mismatches(scope, [{ ...kept, vector }])).length, 1);
});

Deno.test("what may be put right yet is looked at again, and its successor judged", async () => {
  const observed = [order("a", 0), order("a", 5)];
  const watched = watch(observed);
  const at = minute(60);
  const right = valuesAt(observed, { id: "a", at, knownAt: null });
  const wrong = sampleOf(right.with(0, 7), {
    id: "a",
    at,
    servedAt: minute(60),
  });
  watched.now = minute(60.1);
  const young = await checkSamples(watched.scope, [wrong]);
  assert.deepEqual(young, { mismatches: [], doubtful: [wrong] });
  assert.deepEqual(watched.counted, []);

  const vector = wrong.vector ?? assert.fail();
  const later = minute(60.1);
  watched.present = {
    ...vector,
    at: later,
    values: valuesAt(observed, { id: "a", at: later, knownAt: null }),
  };
  watched.now = minute(61);
  const [successor] = (await checkSamples(watched.scope, [wrong])).doubtful;
  assert.deepEqual([successor?.at, successor?.servedAt], [later, minute(61)]);
  const judged = await checkSamples(watched.scope, [
    successor ?? assert.fail(),
  ]);
  assert.deepEqual(judged, { mismatches: [], doubtful: [] });
  assert.deepEqual(
    watched.counted.map(({ checked, mismatched }) => [checked, mismatched]),
    [[1, 0]],
  );
});

Deno.test("what differs and is replaced each time does not count", async () => {
  const watched = watch([order("a", 0)]);
  const values = [7, null, 7, "x"];
  const first = sampleOf(values, {
    id: "a",
    at: minute(60),
    servedAt: minute(60),
  });
  let doubtful: readonly Sample[] = [first];
  let looks = 0;
  for (; doubtful.length > 0; looks++) {
    const at = minute(61 + looks);
    watched.present = { ...first.vector ?? assert.fail(), at };
    watched.now = at;
    const compared = await checkSamples(watched.scope, doubtful);
    assert.deepEqual(compared.mismatches, []);
    doubtful = compared.doubtful;
  }
  assert.equal(looks, 4);
  assert.deepEqual(watched.counted, []);
});
