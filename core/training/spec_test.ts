/**
 * Training specifications, as people write them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { canonicalJson } from "../domain/canonical.ts";
import { EngineError } from "../domain/error.ts";
import { parseSpec } from "./spec.ts";

const ROWS = {
  grain: "rows",
  model: "email_visit",
  family: "propensity_logistic",
  use: {
    kind: "action",
    valueMicros: "2500000",
    currency: "EUR",
    actions: ["mail", "none"],
    costMicros: { mail: 10_000 },
    control: "none",
  },
  label: {
    start: "Email Assigned",
    actionProperty: "arm",
    outcome: "Page Viewed",
    matchOn: "subject",
    withinDays: 14,
  },
  features: ["audience.recency_months"],
};

const SERIES = {
  grain: "series",
  model: "channel_response",
  family: "media_response",
  use: { kind: "plan", currency: "EUR" },
  spend: { level: "campaign", by: "campaign", parent: "channel" },
  outcome: { metric: "conversion_value_micros", level: "campaign", by: null },
};

Deno.test("parseSpec() fills in defaults and reads money exactly", () => {
  const spec = parseSpec(ROWS);
  assert.ok(spec.grain === "rows" && spec.use.kind === "action");
  assert.equal(spec.use.valueMicros, 2_500_000n);
  assert.equal(spec.use.costMicros.mail, 10_000n);
  assert.deepEqual(spec.split, {
    holdoutShare: 0.3,
    by: "hash",
    validationShare: 0.2,
  });
  assert.equal(spec.seed, 1);
});

Deno.test.each([{ given: ROWS }, { given: SERIES }])(
  "parseSpec() reads its own canonical text back: $given.grain",
  ({ given }) => {
    const spec = parseSpec(given);
    assert.deepEqual(parseSpec(JSON.parse(canonicalJson(spec))), spec);
  },
);

Deno.test.each([
  { note: "use.control:", change: { use: { ...ROWS.use, control: "sms" } } },
  {
    note: "use.costMicros:",
    change: { use: { ...ROWS.use, costMicros: { sms: 1 } } },
  },
  {
    note: "label.actionProperty:",
    change: { label: { ...ROWS.label, actionProperty: null } },
  },
  {
    note: "use.currency:",
    change: { use: { ...ROWS.use, currency: "euros" } },
  },
  { note: "features:", change: { features: [] } },
  { note: "model:", change: { model: "E-mail" } },
  { note: "asOf:", change: { asOf: "yesterday" } },
])("parseSpec() names what is wrong: $note", ({ note, change }) => {
  assert.throws(() => parseSpec({ ...ROWS, ...change }), (error) => {
    assert.ok(error instanceof EngineError);
    assert.equal(error.code, "request_invalid");
    assert.ok(error.message.includes(note), error.message);
    return true;
  });
});

Deno.test("parseSpec() refuses an outcome by another type than the spend", () => {
  const outcome = { ...SERIES.outcome, by: "channel" };
  assert.throws(() => parseSpec({ ...SERIES, outcome }), /outcome\.by/);
});

Deno.test("parseSpec() reads thresholds, groups and how to tune", () => {
  const spec = parseSpec({
    ...ROWS,
    gates: [{ metric: "auc", min: 0.6 }, {
      metric: "logloss",
      max: "baseline_logloss",
    }],
    slices: ["audience.zip_code_category"],
    tune: {
      trials: 20,
      params: { l2: { from: 0.1, to: 100, log: true }, base: { choices: [1] } },
    },
    split: { by: "time_and_entity" },
  });
  assert.ok(spec.grain === "rows");
  assert.equal(spec.gates?.length, 2);
  assert.deepEqual(spec.tune, {
    trials: 20,
    seed: 1,
    method: "halving",
    params: {
      l2: { from: 0.1, to: 100, log: true, whole: false },
      base: { choices: [1] },
    },
  });
  assert.deepEqual(parseSpec(JSON.parse(canonicalJson(spec))), spec);
});

Deno.test.each([
  { path: "gates.0", wrong: { gates: [{ metric: "auc" }] } },
  { path: "gates.0", wrong: { gates: [{ metric: "auc", min: 0, max: 1 }] } },
  { path: "tune.trials", wrong: { tune: { trials: 0 } } },
  {
    path: "tune.params.l2",
    wrong: { tune: { trials: 1, params: { l2: { from: 2, to: 1 } } } },
  },
  {
    path: "tune.params.l2",
    wrong: {
      tune: { trials: 1, params: { l2: { from: 0, to: 1, log: true } } },
    },
  },
  { path: "slices", wrong: { slices: ["v.a", "v.a"] } },
  { path: "split.by", wrong: { split: { by: "luck" } } },
])("parseSpec() refuses $path", ({ path, wrong }) => {
  assert.throws(() => parseSpec({ ...ROWS, ...wrong }), {
    code: "request_invalid",
    message: new RegExp(`Cannot read training specification: ${path}`),
  });
});
