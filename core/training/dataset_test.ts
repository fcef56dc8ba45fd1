/**
 * What features of a training set may stand on.
 *
 * @module
 */
import assert from "node:assert/strict";
import { withBuiltin } from "../features/versions.ts";
import type { FeatureHistory, KnownAt } from "../ports/features.ts";
import type { LabelQuery } from "../ports/training_sets.ts";
import { readLabelledRows } from "./dataset.ts";
import { parseSpec, type RowsSpec } from "./spec.ts";

const AS_OF = "2026-06-01T00:00:00.000Z";

function specOf(known?: "as_of" | "decision"): RowsSpec {
  return parseSpec({
    model: "visit",
    family: "propensity_logistic",
    grain: "rows",
    use: {
      kind: "bid",
      valueMicros: 1,
      currency: "EUR",
      targetReturnPermille: 1000,
    },
    label: {
      start: "Email Sent",
      outcome: "Order Completed",
      matchOn: "subject",
      withinDays: 7,
    },
    features: ["subject_engagement.emails_sent_count_7d"],
    ...(known && { known }),
  }) as RowsSpec;
}

/** What a history with one label is asked for. */
async function askedBy(spec: RowsSpec) {
  const labels: LabelQuery[] = [];
  const known: KnownAt[] = [];
  const history: Pick<FeatureHistory, "labels" | "aggregate"> = {
    labels(query) {
      labels.push(query);
      const at = "2026-05-01T00:00:00.000Z";
      const entities = { subject: "s-1" };
      return Promise.resolve([
        {
          entities,
          at,
          action: null,
          properties: {},
          label: 1,
          valueMicros: 0,
          outcomeAt: at,
        },
      ]);
    },
    aggregate(_tenant, view, { points, knownAt }) {
      known.push(knownAt);
      return Promise.resolve(points.map(() => view.features.map(() => 1)));
    },
  };
  await readLabelledRows(spec, {
    history: history as FeatureHistory,
    tenant: "acme",
    views: withBuiltin([]),
    asOf: AS_OF,
    report: () => {},
  });
  return { labels: labels.map(({ knownAt }) => knownAt), known };
}

Deno.test("features stand on what was known as of the training, unless the decision's moment is asked for", async () => {
  assert.deepEqual(await askedBy(specOf()), {
    labels: [AS_OF],
    known: [AS_OF],
  });
  assert.deepEqual(await askedBy(specOf("decision")), {
    labels: [AS_OF],
    known: ["point"],
  });
});
