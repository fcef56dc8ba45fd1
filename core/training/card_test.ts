/**
 * A card says what is on record, the same each time, and nothing that a source wrote is
 * taken for markup.
 *
 * @module
 */
import assert from "node:assert/strict";
import { canonicalJson } from "../domain/canonical.ts";
import { type ModelEvidence, NO_EVIDENCE } from "../domain/evidence.ts";
import type { ModelEvent } from "../domain/model_event.ts";
import type { ModelRecord } from "../domain/score.ts";
import { writeCard } from "./card.ts";
import { plantedSpec } from "./checks/planted_rows.ts";

const SPEC = plantedSpec({ spec: { slices: ["v.zip"] } });

const RECORD: ModelRecord = {
  name: "planted",
  version: 3,
  family: "propensity_trees@1.0.0",
  use: {
    kind: "bid",
    valueMicros: 1n,
    currency: "EUR",
    targetReturnPermille: 1000,
  },
  schema: {
    inputs: [{ name: "v.visits", kind: "number", fill: null, typical: 3 }],
    actions: [],
    crossed: false,
  },
  unit: "probability",
  metrics: { auc: 0.71, baseline_auc: 0.5, logloss: 0.51, holdout_rows: 900 },
  lineage: {
    asOf: "2026-05-01T00:00:00.000Z",
    code: "0.9.0 propensity_trees@1.0.0",
    seed: 7,
    rows: 2100,
    datasetHash: "d".repeat(64),
    views: ["v@4"],
    spec: canonicalJson(SPEC),
  },
  artifactKind: "onnx",
  artifactHash: "a".repeat(64),
  status: "approved",
  createdBy: "ann",
  createdAt: "2026-05-02T00:00:00.000Z",
  reviewedBy: "bob",
  reviewedAt: "2026-05-03T00:00:00.000Z",
};

const EVIDENCE: ModelEvidence = {
  ...NO_EVIDENCE,
  intervals: { auc: [0.69, 0.73] },
  reliability: [
    { said: 0.1, happened: 0.12, rows: 450 },
    { said: 0.4, happened: 0.38, rows: 450 },
  ],
  slices: [{
    by: "v.zip",
    value: "<b>Rural|Urban</b>",
    rows: 300,
    metrics: { base_rate: 0.2, gap: 0.01 },
  }],
  importance: [{ name: "v.visits", share: 1 }],
  findings: [{ code: "near_leak", input: "v.visits", text: "it *tells*\n# x" }],
  gates: [{
    metric: "auc",
    bound: "min",
    limit: 0.8,
    value: 0.71,
    holds: false,
  }],
  trials: [0.5, 0.52, 0.49].map((loss, number) => ({
    ...{ number, loss },
    params: { trees: 10 * number },
    effort: 1,
  })),
};

const EVENTS: readonly ModelEvent[] = [3, 2].map((version, seq) => ({
  ...{ name: "planted", seq, version },
  at: "2026-05-03T00:00:00.000Z",
  kind: "approved",
  alias: "champion",
  by: "bob",
  reason: version === 3 ? "agreed | for the sale" : "of another version",
  settles: null,
  hash: "",
}));

const SOURCE = { record: RECORD, evidence: EVIDENCE, events: EVENTS };

Deno.test("a card tells the record: purpose, data, measures, groups, gates, history", () => {
  const { "card.md": text = "", ...charts } = writeCard(SOURCE);
  for (
    const said of [
      "# planted@3",
      "`b` follows `a` within 7 days",
      "2100 rows taught, 900 measured",
      "| auc | 0.71 | 0.69 to 0.73 | 0.5 |",
      "**does not hold**: auc is 0.71, at least 0.8 wanted",
      "3 trials, 3 of them on all rows",
      '| 2 | 0.49 | `{"trees":20}` |',
      "agreed \\| for the sale",
      "moe models reproduce planted@3",
      RECORD.lineage.spec,
      RECORD.lineage.datasetHash,
      RECORD.artifactHash,
    ]
  ) assert.ok(text.includes(said), said);
  assert.ok(!text.includes("of another version"));
  assert.deepEqual(
    Object.keys(charts).sort(),
    ["importance.svg", "reliability.svg", "tuning.svg"],
  );
  for (const [name, chart] of Object.entries(charts)) {
    assert.ok(text.includes(`(./${name})`), `${name} is shown`);
    assert.match(chart, /^<svg[\s\S]*<\/svg>\s*$/);
  }
});

Deno.test("a card takes nothing for markup, and is the same each time", () => {
  const { "card.md": text = "" } = writeCard(SOURCE);
  assert.ok(text.includes("\\<b\\>Rural\\|Urban\\</b\\>"));
  assert.ok(text.includes("it \\*tells\\* \\# x"));
  assert.deepEqual(writeCard(SOURCE), writeCard(structuredClone(SOURCE)));
});

Deno.test("a card of an import says what there is", () => {
  const card = writeCard({
    record: { ...RECORD, lineage: { ...RECORD.lineage, spec: "{}" } },
    evidence: NO_EVIDENCE,
    events: [],
  });
  assert.deepEqual(Object.keys(card), ["card.md"]);
  assert.match(card["card.md"] ?? "", /what its importer declared/);
});
