/**
 * What `POST /optimization/score` refuses, and how it says so.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openCaller } from "./caller.ts";

const SCORE = "POST /optimization/score";

Deno.test.each([
  {
    note: "no context",
    body: {},
    path: "context",
    says: /is required/,
  },
  {
    note: "a misspelt member",
    body: { context: { campain: "c" } },
    path: "context.campain",
    says: /did you mean "campaign"\?/,
  },
  {
    note: "an unknown member",
    body: { context: {}, extra: 1 },
    path: "extra",
    says: /known are context, features, max_feature_age_seconds, constraints/,
  },
  {
    note: "a misspelt limit",
    body: { context: {}, constraints: { ["max_bid_micro"]: 1 } },
    path: "constraints.max_bid_micro",
    says: /did you mean "max_bid_micros"/,
  },
  {
    note: "an id that is a number",
    body: { context: { campaign: 17 } },
    path: "context.campaign",
    says: /expected string/,
  },
  {
    note: "micros beyond 2^53 as a number",
    body: { context: {}, constraints: { ["max_bid_micros"]: 2 ** 53 } },
    path: "constraints.max_bid_micros",
    says: /whole micros/,
  },
  {
    note: "micros beyond 2^53 as text",
    body: {
      context: {},
      constraints: { ["max_bid_micros"]: "9007199254740993" },
    },
    path: "constraints.max_bid_micros",
    says: /whole micros/,
  },
  {
    note: "micros with a fraction",
    body: { context: {}, constraints: { ["max_bid_micros"]: 1.5 } },
    path: "constraints.max_bid_micros",
    says: /whole micros/,
  },
  {
    note: "micros below zero",
    body: { context: {}, constraints: { ["max_bid_micros"]: "-1" } },
    path: "constraints.max_bid_micros",
    says: /not negative/,
  },
  {
    note: "an unknown zone",
    body: { context: { zone: "Europe/Berlim" } },
    path: "context.zone",
    says: /IANA/,
  },
  {
    note: "a feature without a view",
    body: { context: {}, features: { hour: 9 } },
    path: "features.hour",
    says: /view\.feature/,
  },
  {
    note: "a feature that is an object",
    body: { context: {}, features: { "a.b": {} } },
    path: "features.a.b",
    says: /number, text/,
  },
  {
    note: "a flag that is text",
    body: { context: {}, constraints: { compliance: { consent: "yes" } } },
    path: "constraints.compliance.consent",
    says: /expected boolean/,
  },
  { note: "a list", body: [], path: "body", says: /expected object/ },
])("score refuses $note and names it", async ({ body, path, says }) => {
  const { ask, stub } = openCaller();
  const told = await ask(SCORE, { body });
  assert.equal(told.status, 422);
  assert.equal(told.body.code, "request_invalid");
  assert.equal(told.body.errors[0].path, path);
  assert.match(told.body.errors[0].message, says);
  assert.ok(told.body.detail.includes(path));
  assert.equal(stub.decided.length, 0);
});

Deno.test.each([
  { field: "context.campaign", body: { context: { campaign: "+4917112345" } } },
  {
    field: "context.placement",
    body: { context: { placement: "tel:030 1234567" } },
  },
  {
    field: "features.request.who",
    body: { context: {}, features: { "request.who": "a.b@c.de" } },
  },
  {
    field: "features (name of member 2)",
    body: { context: {}, features: { "a.b": 1, "j@x.org": 1 } },
  },
  {
    field: "context.actions[1]",
    body: { context: { actions: ["a", "j@x.org"] } },
  },
  { field: "unknown", body: { context: {}, unknown: "j@x.org" } },
])(
  "score refuses personal data in $field without repeating it",
  async ({ field, body }) => {
    const { ask, stub, logged } = openCaller();
    const told = await ask(SCORE, { body });
    assert.equal(told.status, 422);
    assert.equal(told.body.code, "personal_data_refused");
    assert.equal(told.body.facts.field, field);
    assert.doesNotMatch(told.text, /j@x|a\.b@c|17112345|1234567/);
    assert.doesNotMatch(JSON.stringify(logged), /j@x|a\.b@c|17112345|1234567/);
    assert.equal(stub.decided.length, 0);
  },
);

Deno.test("score never repeats an unknown member's unusual name", async () => {
  const { ask } = openCaller();
  const told = await ask(SCORE, { body: { context: { "Jane Doe": 1 } } });
  assert.equal(told.body.errors[0].path, "context.?");
  assert.doesNotMatch(told.text, /Jane/);
});
