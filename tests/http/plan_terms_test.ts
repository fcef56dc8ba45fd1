/**
 * What `POST /optimization/plan` may be asked to keep: each field reaches the stage, and
 * one that is wrong is named.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openCaller } from "./caller.ts";

const PLAN = "POST /optimization/plan";
const BODY = {
  period: { from: "2026-02-02", until: "2026-02-09" },
  currency: "EUR",
};
const HEADERS = { "idempotency-key": "k-1" };

Deno.test.each([
  {
    field: "objective",
    sent: {
      maximize: "profit",
      ["value_micros"]: 0.4,
      weights: { "channel:tv": 2 },
    },
    want: {
      objective: {
        maximize: "profit",
        valueMicros: 0.4,
        weights: { "channel:tv": 2 },
      },
    },
  },
  {
    field: "change_limit",
    sent: { ["most_permille"]: 200, of: { "campaign:c-1": 50 } },
    want: { changeLimit: { mostPermille: 200, of: { "campaign:c-1": 50 } } },
  },
  {
    field: "least_if_on",
    sent: { "campaign:c-1": "70000000" },
    want: { leastIfOn: { "campaign:c-1": 70_000_000n } },
  },
  { field: "step_micros", sent: 10_000, want: { stepMicros: 10_000n } },
  {
    field: "groups",
    sent: [{
      name: "brand",
      members: ["campaign:c-1", "channel:tv"],
      ["lo_micros"]: "5",
      ["hi_micros"]: "9",
      ["most_on"]: 3,
    }, { name: "all", members: ["brand"] }],
    want: {
      groups: [{
        name: "brand",
        members: ["campaign:c-1", "channel:tv"],
        lo: 5n,
        hi: 9n,
        mostOn: 3,
      }, { name: "all", members: ["brand"] }],
    },
  },
  {
    field: "shares",
    sent: [
      { of: ["brand"], ["least_permille"]: 300 },
      { of: ["channel:tv"], in: ["brand"], ["most_permille"]: 500 },
    ],
    want: {
      shares: [
        { of: ["brand"], in: null, leastPermille: 300 },
        { of: ["channel:tv"], in: ["brand"], mostPermille: 500 },
      ],
    },
  },
  {
    field: "returns",
    sent: [
      { ["least_roas"]: 2.5 },
      { over: "channel:tv", ["most_cost_micros"]: 9_000_000 },
    ],
    want: {
      returns: [
        { over: null, leastRoas: 2.5 },
        { over: "channel:tv", mostCostMicros: 9_000_000 },
      ],
    },
  },
  {
    field: "risk",
    sent: { measure: "mean_cvar", weight: 0.5, tail: 0.1 },
    want: { risk: { measure: "mean_cvar", weight: 0.5, tail: 0.1 } },
  },
  {
    field: "risk",
    sent: { measure: "chance", target: 5000 },
    want: { risk: { measure: "chance", target: 5000 } },
  },
  {
    field: "exploration",
    sent: { ["cost_permille"]: 20, ["test_days"]: 5 },
    want: {
      exploration: {
        costPermille: 20,
        testDays: 5,
        usefulPeriods: 4,
        noisePermille: 100,
      },
    },
  },
  { field: "target_outcome", sent: 1.5, want: { targetOutcome: 1.5 } },
  { field: "schedule", sent: "week", want: { schedule: "week" } },
  { field: "deadline_ms", sent: 1500, want: { deadlineMs: 1500 } },
])("plan hands $field to the stage: $want", async ({ field, sent, want }) => {
  const { ask, stub } = openCaller();
  const body = { ...BODY, [field]: sent };
  const { status } = await ask(PLAN, { body, headers: HEADERS });
  assert.equal(status, 201);
  assert.deepEqual(stub.planned, [{
    model: null,
    entities: null,
    period: BODY.period,
    totalMicros: null,
    currency: "EUR",
    spend: "all",
    bounds: {},
    ...want,
  }]);
});

Deno.test.each([
  { path: "objective.maximize", sent: { objective: { maximize: "clicks" } } },
  {
    path: "objective.weights.campain:c",
    sent: { objective: { maximize: "outcome", weights: { "campain:c": 1 } } },
  },
  {
    path: "objective.value_micros",
    sent: { objective: { maximize: "profit", ["value_micros"]: 0 } },
  },
  {
    path: "change_limit.most_permille",
    sent: { ["change_limit"]: { ["most_permille"]: -1 } },
  },
  {
    path: "change_limit.of.campaign:c",
    sent: { ["change_limit"]: { of: { "campaign:c": 0.5 } } },
  },
  {
    path: "least_if_on.campaign:c",
    sent: { ["least_if_on"]: { "campaign:c": "-1" } },
  },
  { path: "step_micros", sent: { ["step_micros"]: "0.01" } },
  {
    path: "groups[0].members",
    sent: { groups: [{ name: "none", members: [] }] },
  },
  {
    path: "groups[0].lo_micros",
    sent: {
      groups: [{
        name: "crossed",
        members: ["channel:tv"],
        ["lo_micros"]: 2,
        ["hi_micros"]: 1,
      }],
    },
  },
  {
    path: "shares[0].least_permille",
    sent: { shares: [{ of: ["channel:tv"] }] },
  },
  {
    path: "shares[0].most_permille",
    sent: { shares: [{ of: ["channel:tv"], ["most_permille"]: 1001 }] },
  },
  { path: "returns[0].least_roas", sent: { returns: [{}] } },
  { path: "risk.measure", sent: { risk: { measure: "median" } } },
  {
    path: "risk.tail",
    sent: { risk: { measure: "mean_cvar", weight: 0.5, tail: 0 } },
  },
  {
    path: "exploration.test_days",
    sent: { exploration: { ["cost_permille"]: 20, ["test_days"]: 0 } },
  },
  { path: "target_outcome", sent: { ["target_outcome"]: -1 } },
  { path: "deadline_ms", sent: { ["deadline_ms"]: 0 } },
  { path: "schedule", sent: { schedule: "hour" } },
])("plan refuses a wrong $path and names it", async ({ path, sent }) => {
  const { ask, stub } = openCaller();
  const body = { ...BODY, ...sent };
  const told = await ask(PLAN, { body, headers: HEADERS });
  assert.equal(told.status, 422);
  assert.deepEqual(told.body.errors.map(({ path }: { path: string }) => path), [
    path,
  ]);
  assert.equal(stub.planned.length, 0);
});
