/**
 * Decisions, models, policies and signals over HTTP.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openCaller } from "./caller.ts";

Deno.test("a logged decision comes with its request and its place in the chain", async () => {
  const { ask } = openCaller();
  const { status, body } = await ask("GET /decisions/dec_1");
  assert.equal(status, 200);
  assert.equal(body.decision.decision_id, "dec_1");
  assert.equal(body.requested.constraints.max_bid_micros, "1500000");
  assert.equal(body.requested_by, "tester");
  assert.deepEqual(body.log, { seq: 1, prev: "0".repeat(64), hash: "a" });
});

Deno.test("a replay answers both decisions and what differs", async () => {
  const { ask } = openCaller();
  const { status, body } = await ask("POST /decisions/dec_1/replay");
  assert.equal(status, 200);
  assert.equal(body.same, true);
  assert.deepEqual(body.logged, body.replayed);
});

Deno.test("an explanation is answered", async () => {
  const { ask } = openCaller();
  const { status, body } = await ask("GET /decisions/dec_1/explanation");
  assert.equal(status, 200);
  assert.equal(body.recommended_action, "mens_email");
  assert.equal(body.same, true);
  assert.deepEqual(body.contributions, [{
    feature: "audience.recency",
    value: 1,
    status: "fresh",
    typical: 4.5,
    ["score_at_typical"]: 0.2,
    effect: 0.05,
  }]);
  assert.deepEqual(body.attribution, {
    method: "replace_typical",
    unit: "score",
    base: null,
  });
});

Deno.test("models are listed and read with money as text", async () => {
  const { ask } = openCaller();
  const { body: { models } } = await ask("GET /models");
  assert.equal(models.length, 3);
  const { body } = await ask("GET /models/email_visit/1");
  assert.equal(body.model_version, "email_visit@1");
  assert.deepEqual(body.use, {
    kind: "action",
    currency: "USD",
    value: { micros: "5000000", currency: "USD" },
    ["target_return_permille"]: null,
    landscape: null,
    actions: ["mens_email", "none"],
    costs: { ["mens_email"]: { micros: "1000", currency: "USD" } },
    control: "none",
  });
});

Deno.test("models are approved by another than their trainer, once", async () => {
  const { ask, stub } = openCaller();
  const trainer = stub.grant({ name: "trainer" });
  const path = "POST /models/email_visit/1/approve";
  const own = await ask(path, { key: trainer });
  assert.equal(own.body.code, "approval_invalid");
  const { status, body } = await ask(path);
  assert.equal(status, 200);
  assert.equal(body.status, "approved");
  assert.equal(body.reviewed_by, "tester");
  assert.deepEqual(body.consistency, [{
    view: "engagement@1",
    checked: 3000,
    mismatched: 0,
    ["upper_bound"]: 0.001,
  }]);
  const again = await ask(path);
  assert.equal(again.status, 409);
  const other = await ask("POST /models/bidder/1/reject");
  assert.equal(other.body.status, "rejected");
});

Deno.test("policies are those that concern the tenant", async () => {
  const { ask, stub } = openCaller();
  const { body } = await ask("GET /policies");
  const names = body.policies.map(({ policy }: { policy: string }) => policy);
  assert.deepEqual(names, ["bid_limits", "ours"]);
  assert.equal(body.policy_set, stub.engine.policies("acme").hash);
  const rival = stub.grant({ tenant: "rival" });
  const theirs = await ask("GET /policies", { key: rival });
  assert.equal(theirs.body.policies.length, 2);
});

Deno.test("a delivery reaches its connector byte for byte, without the caller's key", async () => {
  const { ask, stub } = openCaller();
  const raw = new Uint8Array([0x7b, 0xff, 0x00, 0x7d]);
  const headers = { "x-signature": "right", cookie: "a=b" };
  const told = await ask("POST /webhooks/segment/shop", { raw, headers });
  assert.equal(told.status, 200);
  assert.equal(told.body.events, 1);
  assert.deepEqual(told.body.rejected, [{
    index: 0,
    reason: "time_missing",
    detail: "timestamp is absent",
  }]);
  const [job] = stub.delivered;
  assert.deepEqual(job?.delivery.body, raw);
  assert.equal(job?.tenant, "acme");
  assert.equal(job?.delivery.receivedAt, stub.now);
  assert.deepEqual(job?.delivery.headers, { "x-signature": "right" });
  const { text } = await ask("GET /metrics");
  assert.match(text, /moe_signals_received_total\{outcome="duplicate"\} 1/);
});

Deno.test("a delivery that is not signed is refused", async () => {
  const { ask } = openCaller();
  const told = await ask("POST /webhooks/segment/shop", { raw: "{}" });
  assert.equal(told.status, 401);
  assert.equal(told.body.code, "signature_invalid");
});

Deno.test("signals are counted by source", async () => {
  const { ask } = openCaller();
  const { body } = await ask("GET /signals/counts");
  assert.deepEqual(body.sources, [{
    source: "shop",
    performance: 2,
    revisions: 3,
    events: 4,
    ["dead_letters"]: { ["number_invalid"]: 1 },
    ["last_observed_at"]: "2026-01-31T09:00:00.000Z",
  }]);
});

Deno.test("dead letters are filtered, and shown only to those who bring signals in", async () => {
  const { ask, stub } = openCaller();
  const path = "GET /dead-letters?source=crm&reason=day_invalid&limit=3";
  const { body } = await ask(path);
  assert.equal(body.dead_letters[0].source, "crm");
  assert.equal(body.dead_letters[0].reason, "day_invalid");
  const reader = stub.grant({ scopes: ["read"] });
  const told = await ask(path, { key: reader });
  assert.equal(told.status, 403);
});

Deno.test.each([
  { path: "/decisions/..%2F", code: "request_invalid" },
  { path: "/decisions/dec_404", code: "not_found" },
  { path: "/decisions/dec_404/explanation", code: "not_found" },
  { path: "/models/email_visit/0", code: "request_invalid" },
  { path: "/models/email_visit/7", code: "not_found" },
  { path: "/optimization/plans/plan_404", code: "not_found" },
  { path: "/optimization/plans?limit=0", code: "request_invalid" },
  { path: "/optimization/plans?limit=1001", code: "request_invalid" },
  { path: "/optimization/plans?limits=3", code: "request_invalid" },
  { path: "/dead-letters?reason=A", code: "request_invalid" },
])("GET $path answers $code", async ({ path, code }) => {
  const { ask } = openCaller();
  const { body } = await ask(`GET ${path}`);
  assert.equal(body.code, code);
});

Deno.test("totals are told with their knowledge, page by page", async () => {
  const { ask } = openCaller();
  const path =
    "GET /signals/performance?source=shop&from=2026-01-01&until=2026-02-01";
  const first = await ask(`${path}&limit=1&as_of=2026-02-01T00:00:00.000Z`);
  assert.equal(first.status, 200);
  const [row] = first.body.performance;
  assert.equal(row.metrics.spend_micros, "12340000");
  assert.equal(row.maturity, "settling");
  assert.equal(row.revision, 2);
  assert.equal(first.body.next, `2026-01-31/${"ab".repeat(32)}`);
  const rest = await ask(`${path}&limit=1&after=${first.body.next}`);
  assert.deepEqual(rest.body, { performance: [], next: null });
  const wrong = await ask(`${path}&after=2026-99-99/${"ab".repeat(32)}`);
  assert.equal(wrong.status, 422);
});
