/**
 * `/optimization/plan` and `/optimization/plans`, as their callers meet them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openCaller } from "./caller.ts";

const PLAN = "POST /optimization/plan";
const PERIOD = { from: "2026-02-02", until: "2026-02-09" };
const BODY = { period: PERIOD, currency: "EUR" };
const HEADERS = { "idempotency-key": "k-1" };

Deno.test("plan answers 201 with amounts exact beyond 2^53", async () => {
  const { ask } = openCaller();
  const { status, body } = await ask(PLAN, { body: BODY, headers: HEADERS });
  assert.equal(status, 201);
  assert.equal(body.plan_id, "plan_2");
  assert.equal(body.state, "validated");
  assert.deepEqual(body.findings, []);
  assert.deepEqual(body.guardrails, []);
  assert.deepEqual(body.total, { micros: "9007199254740993", currency: "EUR" });
  assert.deepEqual(body.objective, {
    unit: "revenue_micros",
    outcome: 10,
    ["current_outcome"]: 9,
    ["upper_bound"]: 10.001,
    gap: 0.0001,
  });
  assert.deepEqual(body.binding, [{
    constraint: "budget",
    ["shadow_price"]: 1.5,
  }]);
  assert.deepEqual(body.recommendations, [{
    entity: "campaign:c-1",
    parent: "channel:search",
    budget: { micros: "9007199254740993", currency: "EUR" },
    current: { micros: "700", currency: "EUR" },
    ["expected_outcome"]: 10,
    ["marginal_outcome"]: 1.5,
    bounds: { ["lo_micros"]: "0", ["hi_micros"]: "9007199254740994" },
    ["policy_applied"]: [],
    warnings: ["beyond the spend ever seen"],
  }]);
  assert.equal(body.change_set_id, "c".repeat(64));
  assert.equal(body.created_by, "tester");
});

Deno.test("plan hands every field to the stage as whole micros", async () => {
  const { ask, stub } = openCaller();
  await ask(PLAN, {
    headers: HEADERS,
    body: {
      ...BODY,
      scope: { model: "media_mix", entities: ["campaign:c-1"] },
      total: { micros: "35000000000", currency: "EUR" },
      spend: "up_to",
      bounds: {
        "campaign:c-1": {
          ["lo_micros"]: 5,
          ["hi_micros"]: "100000000000000000",
        },
        "account:123-456-7890": { ["hi_micros"]: 7 },
      },
    },
  });
  assert.deepEqual(stub.planned, [{
    model: "media_mix",
    entities: ["campaign:c-1"],
    period: PERIOD,
    totalMicros: 35_000_000_000n,
    currency: "EUR",
    spend: "up_to",
    bounds: {
      "campaign:c-1": { lo: 5n, hi: 100_000_000_000_000_000n },
      "account:123-456-7890": { hi: 7n },
    },
  }]);
});

Deno.test("plan leaves out what was left out", async () => {
  const { ask, stub } = openCaller();
  await ask(PLAN, { body: BODY, headers: HEADERS });
  assert.deepEqual(stub.planned[0], {
    model: null,
    entities: null,
    period: PERIOD,
    totalMicros: null,
    currency: "EUR",
    spend: "all",
    bounds: {},
  });
});

Deno.test.each([
  { path: "period", body: { currency: "EUR" } },
  {
    path: "period.from",
    body: { ...BODY, period: { from: "2026-02-30", until: "2026-03-01" } },
  },
  {
    path: "period.until",
    body: { ...BODY, period: { from: "2026-02-02", until: "2026-02-02" } },
  },
  {
    path: "period.until",
    body: { ...BODY, period: { from: "2026-02-02", until: "2028-02-02" } },
  },
  { path: "currency", body: { period: PERIOD, currency: "eur" } },
  {
    path: "total.currency",
    body: { ...BODY, total: { micros: "1", currency: "USD" } },
  },
  {
    path: "total.micros",
    body: { ...BODY, total: { micros: "1.5", currency: "EUR" } },
  },
  { path: "spend", body: { ...BODY, spend: "some" } },
  {
    path: "scope.entities[1]",
    body: { ...BODY, scope: { entities: ["campaign:c", "c"] } },
  },
  { path: "bounds.campain:c", body: { ...BODY, bounds: { "campain:c": {} } } },
  {
    path: "bounds.campaign:c",
    body: {
      ...BODY,
      bounds: { "campaign:c": { ["lo_micros"]: 2, ["hi_micros"]: "1" } },
    },
  },
  {
    path: "bounds.campaign:c.hi_micro",
    body: { ...BODY, bounds: { "campaign:c": { ["hi_micro"]: 2 } } },
  },
])("plan refuses a wrong $path and names it", async ({ path, body }) => {
  const { ask, stub } = openCaller();
  const told = await ask(PLAN, { body, headers: HEADERS });
  assert.equal(told.status, 422);
  assert.deepEqual(told.body.errors.map(({ path }: { path: string }) => path), [
    path,
  ]);
  assert.equal(stub.planned.length, 0);
});

Deno.test("plan asks for an idempotency key", async () => {
  const { ask, stub } = openCaller();
  const told = await ask(PLAN, { body: BODY });
  assert.equal(told.status, 400);
  assert.equal(told.body.code, "idempotency_key_missing");
  assert.equal(stub.planned.length, 0);
});

Deno.test.each([
  { note: "empty", key: '""' },
  { note: "too long", key: "k".repeat(256) },
  { note: "not ASCII", key: "sch\u00fcssel" },
])("plan refuses a key that is $note", async ({ key }) => {
  const { ask } = openCaller();
  const headers = { "idempotency-key": key };
  const told = await ask(PLAN, { body: BODY, headers });
  assert.equal(told.status, 422);
  assert.equal(told.body.facts.header, "Idempotency-Key");
});

Deno.test("plan sent twice makes one plan and answers it twice", async () => {
  const { ask, stub } = openCaller();
  const first = await ask(PLAN, { body: BODY, headers: HEADERS });
  const again = await ask(PLAN, { body: BODY, headers: HEADERS });
  assert.equal(again.status, 201);
  assert.equal(again.text, first.text);
  assert.equal(again.headers.get("idempotency-replayed"), "true");
  assert.equal(stub.planned.length, 1);
});

Deno.test("plan refuses personal data in an entity", async () => {
  const { ask } = openCaller();
  const scope = { entities: ["subject:jane@example.com"] };
  const body = { ...BODY, scope };
  const told = await ask(PLAN, { body, headers: HEADERS });
  assert.equal(told.body.code, "personal_data_refused");
  assert.equal(told.body.facts.field, "scope.entities[0]");
});

Deno.test("plan hands guardrails on with what was left out", async () => {
  const { ask, stub } = openCaller();
  const guardrails = [
    { metric: "conversions", bound: 0.9 },
    {
      ...{ metric: "cpa", entity: "campaign:c-1", bound: 1.2 },
      ...{ ["baseline_days"]: 14, ["min_days"]: 3 },
      ...{ ["settle_days"]: 0, confidence: 0.99 },
    },
  ];
  await ask(PLAN, { body: { ...BODY, guardrails }, headers: HEADERS });
  assert.deepEqual(stub.planned[0]?.guardrails, [{
    ...{ metric: "conversions", entity: null, bound: 0.9 },
    ...{ baselineDays: 28, minDays: 7, settleDays: 3, confidence: 0.95 },
  }, {
    ...{ metric: "cpa", entity: "campaign:c-1", bound: 1.2 },
    ...{ baselineDays: 14, minDays: 3, settleDays: 0, confidence: 0.99 },
  }]);
});

Deno.test.each([
  { path: "metric", guardrail: { metric: "clicks", bound: 0.9 } },
  { path: "bound", guardrail: { metric: "roas", bound: 0 } },
  { path: "entity", guardrail: { metric: "roas", bound: 1, entity: "all" } },
])(
  "plan refuses a guardrail with a wrong $path",
  async ({ path, guardrail }) => {
    const { ask } = openCaller();
    const body = { ...BODY, guardrails: [guardrail] };
    const told = await ask(PLAN, { body, headers: HEADERS });
    assert.equal(told.status, 422);
    assert.equal(told.body.errors[0].path, `guardrails[0].${path}`);
  },
);
