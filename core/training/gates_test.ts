/**
 * Thresholds are held against measures, and hold a version back.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type ModelEvidence, NO_EVIDENCE } from "../domain/evidence.ts";
import type { ModelRecord } from "../domain/score.ts";
import type { Alias, ModelEvent } from "../domain/model_event.ts";
import type { ModelRegistry, Review } from "../ports/models.ts";
import { guardGates, judgeGates } from "./gates.ts";

const METRICS = { auc: 0.7, logloss: 0.5, "baseline_logloss": 0.6, rmse: 3 };

Deno.test.each([
  { note: "a number", gate: { metric: "auc", min: 0.65 }, holds: true },
  { note: "a number missed", gate: { metric: "auc", min: 0.75 }, holds: false },
  { note: "the edge", gate: { metric: "auc", max: 0.7 }, holds: true },
  {
    note: "another metric",
    gate: { metric: "logloss", max: "baseline_logloss" },
    holds: true,
  },
  {
    note: "another metric missed",
    gate: { metric: "logloss", min: "baseline_logloss" },
    holds: false,
  },
  {
    note: "what is not measured",
    gate: { metric: "qini", min: 0 },
    holds: false,
  },
  {
    note: "a limit that is not measured",
    gate: { metric: "rmse", max: "baseline_rmse" },
    holds: false,
  },
])("judgeGates() holds against $note", ({ gate, holds }) => {
  const [result] = judgeGates([gate], METRICS);
  assert.equal(result?.holds, holds);
  assert.equal(result?.bound, gate.min === undefined ? "max" : "min");
});

Deno.test("judgeGates() asks those that set nothing to be better than the baseline", () => {
  const bare = { logloss: 0.5, "baseline_logloss": 0.6 };
  assert.deepEqual(judgeGates(null, bare), [{
    metric: "logloss",
    bound: "max",
    limit: 0.6,
    value: 0.5,
    holds: true,
  }]);
  assert.equal(judgeGates(null, { ...bare, logloss: 0.61 })[0]?.holds, false);
  assert.deepEqual(judgeGates([], bare), []);
});

/** A registry with one version whose gates are such; says what was reviewed. */
function registryOf(gates: ModelEvidence["gates"]) {
  const reviewed: Review[] = [];
  const models = {
    evidence: () => Promise.resolve({ ...NO_EVIDENCE, gates }),
    review: (_tenant: string, _ref: unknown, review: Review) => {
      reviewed.push(review);
      return Promise.resolve({ name: "m", version: 1 } as ModelRecord);
    },
  } as unknown as ModelRegistry;
  return { reviewed, guarded: guardGates(models) };
}

const REF = { name: "m", version: 1 };
const BY = { by: "bob", at: "2026-01-01T00:00:00.000Z" };

Deno.test("a version that fails a gate is approved only with a reason", async () => {
  const { guarded, reviewed } = registryOf(
    judgeGates(
      [{ metric: "auc", min: 0.6 }, { metric: "auc", min: 0.8 }],
      METRICS,
    ),
  );
  const approve = { ...BY, approve: true };
  for (const reason of [undefined, "", "  "]) {
    await assert.rejects(
      guarded.review("t", REF, {
        ...approve,
        ...(reason !== undefined && { reason }),
      }),
      {
        code: "approval_invalid",
        message:
          'Cannot approve model "m@1": auc is 0.7, at least 0.8 wanted; train a better one, or approve it with a reason',
        facts: { gate: "auc" },
      },
    );
  }
  assert.equal(reviewed.length, 0);
  await guarded.review("t", REF, { ...approve, reason: "agreed for the sale" });
  await guarded.review("t", REF, { ...BY, approve: false });
  assert.deepEqual(reviewed.map(({ approve }) => approve), [true, false]);
});

Deno.test("a version that holds its gates needs no reason", async () => {
  const { guarded, reviewed } = registryOf(
    judgeGates([{ metric: "auc", min: 0.6 }], METRICS),
  );
  await guarded.review("t", REF, { ...BY, approve: true });
  assert.equal(reviewed.length, 1);
});

const FAILED = judgeGates(
  [{ metric: "auc", min: 0.6 }, { metric: "rmse", max: 2 }],
  METRICS,
);

/** A registry with one proposal, of a version whose gates are such; says what was settled. */
function proposalOf(
  alias: Alias,
  reason: string,
  { gates = FAILED, version = 1 }: {
    gates?: ModelEvidence["gates"];
    version?: number | null;
  } = {},
) {
  const settled: Review[] = [];
  const wish = { seq: 3, kind: "proposed", version, alias, reason };
  const models = {
    evidence: () => Promise.resolve({ ...NO_EVIDENCE, gates }),
    events: () => Promise.resolve([wish as ModelEvent]),
    settle: (_tenant: string, _proposal: unknown, review: Review) => {
      settled.push(review);
      return Promise.resolve(wish as ModelEvent);
    },
  } as unknown as ModelRegistry;
  const settle = (review: Partial<Review> = {}) =>
    guardGates(models).settle("t", { name: "m", seq: 3 }, {
      ...{ ...BY, approve: true },
      ...review,
    });
  return { settled, settle };
}

Deno.test.each(
  (["champion", "challenger"] as const).flatMap((alias) => [
    { alias, reason: "" },
    { alias, reason: "it was a fine shadow" },
  ]),
)(
  "a version that fails a gate does not become $alias for '$reason'",
  async ({ alias, reason }) => {
    const { settle, settled } = proposalOf(alias, reason);
    await assert.rejects(settle(), {
      code: "approval_invalid",
      message:
        'Cannot settle proposal "3" of model "m@1": rmse is 3, at most 2 wanted; propose a better one, or this one with a reason that names rmse',
      facts: { gate: "rmse" },
    });
    assert.deepEqual(settled, []);
    await settle({ approve: false });
    await settle({ reason: "RMSE does not matter for this sale" });
    assert.deepEqual(settled.map(({ approve }) => approve), [false, true]);
  },
);

Deno.test.each([
  { note: "named", made: proposalOf("champion", "its rmse is of one outlier") },
  { note: "a shadow's", made: proposalOf("shadow", "look at it") },
  {
    note: "taken from all",
    made: proposalOf("champion", "", { version: null }),
  },
  {
    note: "held",
    made: proposalOf("champion", "", { gates: FAILED.slice(0, 1) }),
  },
])("a proposal is settled where a gate is $note", async ({ made }) => {
  await made.settle();
  assert.equal(made.settled.length, 1);
});
