/**
 * Approval stands on evidence: mismatches refuse it, too few checks only where that is
 * asked for.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { EngineError } from "../domain/error.ts";
import type { ModelRecord } from "../domain/score.ts";
import type { ConsistencyCounts } from "../ports/trust.ts";
import type { ModelRegistry } from "../ports/models.ts";
import { guardReviews } from "./consistency_gate.ts";
import { judge, reportConsistency, reportOf } from "./consistency_report.ts";

const AT = "2026-11-08T06:00:00.000Z";
const LIMIT = 0.01;
const REF = { name: "orders", version: 2 };

Deno.test.each([
  { checked: 0, mismatched: 0, standing: "unproven" },
  { checked: 298, mismatched: 0, standing: "unproven" },
  { checked: 299, mismatched: 0, standing: "consistent" },
  { checked: 299, mismatched: 1, standing: "inconsistent" },
  { checked: 473, mismatched: 1, standing: "consistent" },
  { checked: 100, mismatched: 1, standing: "unproven" },
  { checked: 20, mismatched: 3, standing: "inconsistent" },
  { checked: 1, mismatched: 1, standing: "inconsistent" },
  { checked: 100_000, mismatched: 100, standing: "consistent" },
])(
  "judge(): $mismatched of $checked is $standing",
  ({ checked, mismatched, standing }) =>
    assert.equal(
      judge(reportOf(REF, { checked, mismatched }), LIMIT),
      standing,
    ),
);

Deno.test("judge() never gets milder for more mismatches", () => {
  const order = { consistent: 0, unproven: 1, inconsistent: 2 };
  const counts = fc.integer({ min: 1, max: 2000 }).chain((checked) =>
    fc.tuple(fc.constant(checked), fc.integer({ min: 0, max: checked - 1 }))
  );
  fc.assert(fc.property(counts, ([checked, mismatched]) => {
    const [less, more] = [mismatched, mismatched + 1].map((mismatched) =>
      order[judge(reportOf(REF, { checked, mismatched }), LIMIT)]
    );
    assert.ok((less ?? NaN) <= (more ?? NaN));
  }));
});

Deno.test("reportConsistency() adds up the days of a version, from seven days back", async () => {
  let asked = "";
  const count = (name: string, day: string, counts: [number, number]) => ({
    ...{ name, version: 2, day },
    ...{ checked: counts[0], mismatched: counts[1] },
  });
  const reports = await reportConsistency(
    {
      since: (_tenant, day) => {
        asked = day;
        return Promise.resolve([
          count("orders", "2026-11-02", [1000, 0]),
          count("orders", "2026-11-08", [2000, 0]),
          count("visits", "2026-11-08", [10, 1]),
        ]);
      },
    },
    "acme",
    AT,
  );
  assert.equal(asked, "2026-11-02");
  assert.deepEqual(
    reports.map((one) => [one.name, one.checked, one.mismatched]),
    [["orders", 3000, 0], ["visits", 10, 1]],
  );
  assert.equal(reports[0]?.upper.toFixed(4), "0.0010");
});

function guard(
  counts: readonly ConsistencyCounts[],
  { views = ["orders@2"], required = false }: {
    readonly views?: readonly string[];
    readonly required?: boolean;
  } = {},
) {
  const record = {
    name: "bidder",
    version: 1,
    status: "pending",
    createdBy: "ann",
    lineage: { views },
  } as unknown as ModelRecord;
  const reviewed: boolean[] = [];
  const models = {
    find: () => Promise.resolve(record),
    review: (
      _tenant: string,
      _ref: unknown,
      { approve }: { approve: boolean },
    ) => {
      reviewed.push(approve);
      return Promise.resolve(record);
    },
    events: () =>
      Promise.resolve([{ seq: 4, kind: "proposed", version: 1 }, { seq: 5 }]),
    settle: (
      _tenant: string,
      _proposal: unknown,
      { approve }: { approve: boolean },
    ) => {
      reviewed.push(approve);
      return Promise.resolve({});
    },
  } as unknown as ModelRegistry;
  const guarded = guardReviews({
    models,
    checks: { since: () => Promise.resolve(counts) },
    kept: () => Promise.resolve([REF]),
    maxMismatch: LIMIT,
    required,
  });
  const review = (approve: boolean, by = "bob") =>
    guarded.review("acme", record, { by, at: AT, approve });
  const settle = (seq: number, approve: boolean) =>
    guarded.settle("acme", { name: "bidder", seq }, {
      by: "bob",
      at: AT,
      approve,
    });
  return { reviewed, review, settle };
}

function counted(checked: number, mismatched: number): ConsistencyCounts {
  return { ...REF, day: "2026-11-08", checked, mismatched };
}

Deno.test("a model that reads an inconsistent view is not approved, and may be rejected", async () => {
  const { reviewed, review } = guard([counted(1000, 40)]);
  await assert.rejects(review(true), (error: EngineError) => {
    assert.equal(error.code, "features_inconsistent");
    assert.equal(
      error.message,
      'Cannot approve model "bidder@1": feature view orders@2: 40 of 1000 served vectors differ, at most 5.2 % (inconsistent); 1 % may',
    );
    assert.equal(error.facts.mismatched, 40);
    return true;
  });
  assert.deepEqual(reviewed, []);
  await review(false);
  assert.deepEqual(reviewed, [false]);
});

Deno.test("mismatches of what the model does not read are nothing to it", async () => {
  const { reviewed, review } = guard([counted(1000, 40)], {
    views: ["orders@1", "visits@2"],
  });
  await review(true);
  assert.deepEqual(reviewed, [true]);
});

Deno.test("too few checks refuse only where consistency must be shown", async () => {
  for (const few of [[], [counted(100, 0)], [counted(100, 1)]]) {
    const lenient = guard(few);
    await lenient.review(true);
    assert.deepEqual(lenient.reviewed, [true]);
    const strict = guard(few, { required: true });
    await assert.rejects(strict.review(true), {
      code: "features_inconsistent",
      message: /not enough checked/,
    });
  }
  const strict = guard([counted(300, 0)], { required: true });
  await strict.review(true);
  assert.deepEqual(strict.reviewed, [true]);
});

Deno.test("where consistency must be shown, views of which nothing is kept need not", async () => {
  const { reviewed, review } = guard([], {
    views: ["moments@1"],
    required: true,
  });
  await review(true);
  assert.deepEqual(reviewed, [true]);
});

Deno.test("whoever trained it hears from the registry first", async () => {
  const { reviewed, review } = guard([counted(1000, 40)]);
  await review(true, "ann");
  assert.deepEqual(reviewed, [true]);
});

Deno.test("a model that reads an inconsistent view is given no role; declining passes", async () => {
  const { reviewed, settle } = guard([counted(1000, 40)]);
  await assert.rejects(settle(4, true), { code: "features_inconsistent" });
  assert.deepEqual(reviewed, []);
  await settle(4, false);
  await settle(5, true);
  assert.deepEqual(reviewed, [false, true]);
  const sound = guard([counted(1000, 0)]);
  await sound.settle(4, true);
  assert.deepEqual(sound.reviewed, [true]);
});
