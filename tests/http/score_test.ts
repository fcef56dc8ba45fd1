/**
 * `POST /optimization/score`, as its callers meet it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../../core/domain/error.ts";
import { openCaller } from "./caller.ts";

const SCORE = "POST /optimization/score";

Deno.test("score answers an action with its evidence", async () => {
  const { ask, stub } = openCaller();
  const { status, body } = await ask(SCORE, {
    body: { context: { campaign: "c-17", zone: "Europe/Berlin" } },
  });
  assert.equal(status, 200);
  assert.deepEqual(body, {
    ["decision_id"]: "dec_1",
    score: 0.25,
    ["recommended_action"]: "mens_email",
    ["recommended_bid"]: null,
    actions: [
      {
        action: "mens_email",
        score: 0.25,
        ["worth_micros"]: "12",
        allowed: true,
        priority: 0,
      },
      {
        action: "none",
        score: 0.1,
        ["worth_micros"]: "0",
        allowed: true,
        priority: 0,
      },
    ],
    reviews: [],
    ["policy_applied"]: [{
      rule: "bid_limits@1/cap_display",
      effect: "cap",
      missing: false,
      ["before_micros"]: "2000000",
      ["after_micros"]: "1500000",
      reason: "Bids stay below the cap",
    }],
    ["policy_set"]: "f".repeat(64),
    ["model_version"]: "email_visit@1",
    rung: "previous",
    falls: [{ from: "champion", cause: "artifact_corrupt" }],
    features: {
      "request.hour": {
        value: 9,
        status: "given",
        at: "2026-01-31T09:00:00.000Z",
      },
      "audience.zip": { value: null, status: "missing", at: null },
    },
    trial: null,
    shading: null,
    budget: null,
    ["valid_until"]: "2026-01-31T09:05:00.000Z",
    at: "2026-01-31T09:00:00.000Z",
  });
  assert.deepEqual(stub.decided[0]?.entities, { campaign: "c-17" });
});

Deno.test("score hands every field to the stage, micros as text or number", async () => {
  const { ask, stub } = openCaller();
  const { status } = await ask(SCORE, {
    body: {
      context: {
        model: "bidder",
        account: "123-456-7890",
        channel: "display",
        campaign: "c",
        ["ad_group"]: "g",
        ad: "a",
        placement: "c-17/feed",
        segment: "s",
        subject: "u-48151623",
        zone: "America/New_York",
        actions: ["x", "y"],
      },
      features: { "request.hour": 9, "audience.zip": "Rural", "a.b": null },
      ["max_feature_age_seconds"]: 60,
      constraints: {
        ["max_bid_micros"]: "1500000",
        ["min_bid_micros"]: 10,
        ["budget_remaining_micros"]: "9007199254740991",
        frequency: { ["contacts_day"]: 1, ["contacts_week"]: 3 },
        compliance: { ["consent_email"]: true },
      },
    },
  });
  assert.equal(status, 200);
  assert.deepEqual(stub.decided, [{
    model: "bidder",
    entities: {
      account: "123-456-7890",
      channel: "display",
      campaign: "c",
      ["ad_group"]: "g",
      ad: "a",
      placement: "c-17/feed",
      segment: "s",
      subject: "u-48151623",
    },
    zone: "America/New_York",
    actions: ["x", "y"],
    features: { "request.hour": 9, "audience.zip": "Rural", "a.b": null },
    maxFeatureAgeSeconds: 60,
    constraints: {
      maxBidMicros: 1_500_000,
      minBidMicros: 10,
      budgetRemainingMicros: 9_007_199_254_740_991,
      contactsDay: 1,
      contactsWeek: 3,
      compliance: { ["consent_email"]: true },
    },
  }]);
});

Deno.test("score says bid or no_bid, so that one member can always be read", async () => {
  const { ask } = openCaller();
  const context = { model: "bidder" };
  const bid = await ask(SCORE, { body: { context } });
  assert.equal(bid.body.recommended_action, "bid");
  assert.deepEqual(bid.body.recommended_bid, {
    micros: "2000000",
    currency: "EUR",
  });
  const none = await ask(SCORE, {
    body: { context, constraints: { ["max_bid_micros"]: 0 } },
  });
  assert.equal(none.body.recommended_action, "no_bid");
  assert.equal(none.body.recommended_bid.micros, "0");
});

Deno.test("score with a key decides once and answers the same bytes again", async () => {
  const { ask, stub } = openCaller();
  const body = { context: { campaign: "c-17" } };
  const headers = { "idempotency-key": '"k-1"' };
  const first = await ask(SCORE, { body, headers });
  const again = await ask(SCORE, {
    body,
    headers: { "idempotency-key": "k-1" },
  });
  assert.equal(first.headers.get("idempotency-replayed"), null);
  assert.equal(again.headers.get("idempotency-replayed"), "true");
  assert.equal(again.text, first.text);
  assert.equal(stub.decided.length, 1);
  const other = await ask(SCORE, { body: { context: {} }, headers });
  assert.equal(other.status, 422);
  assert.equal(other.body.code, "idempotency_key_reused");
});

Deno.test("score keeps one tenant's keys from another's", async () => {
  const { ask, stub } = openCaller();
  const rival = stub.grant({ tenant: "rival" });
  const body = { context: { campaign: "c-17" } };
  const headers = { "idempotency-key": "k-1" };
  await ask(SCORE, { body, headers });
  const theirs = await ask(SCORE, { body, headers, key: rival });
  assert.equal(theirs.headers.get("idempotency-replayed"), null);
  assert.equal(stub.decided.length, 2);
});

Deno.test("score tells a coded failure in full and says when to come again", async () => {
  const { ask, stub } = openCaller();
  stub.failure = new EngineError(
    "store_unavailable",
    "Cannot reach the store",
    {
      facts: { part: "postgres" },
    },
  );
  const told = await ask(SCORE, { body: { context: {} } });
  assert.equal(told.status, 503);
  assert.equal(told.headers.get("retry-after"), "1");
  assert.equal(
    told.headers.get("content-type"),
    "application/problem+json; charset=utf-8",
  );
  assert.deepEqual(told.body, {
    type: "/docs#store_unavailable",
    title: "The store does not answer",
    status: 503,
    code: "store_unavailable",
    detail: "Cannot reach the store",
    retryable: true,
    facts: { part: "postgres" },
    errors: [],
  });
});

Deno.test("score leaks nothing of an unforeseen failure, and logs all of it", async () => {
  const { ask, stub, logged } = openCaller();
  stub.failure = new Error("select secret from t", {
    cause: new Error("inner"),
  });
  const told = await ask(SCORE, { body: { context: {} } });
  assert.equal(told.status, 500);
  assert.equal(told.body.code, "internal_error");
  assert.doesNotMatch(told.text, /secret|inner/);
  assert.match(
    logged[0]?.error ?? "",
    /select secret[^]*caused by Error: inner/,
  );
});

Deno.test("score tells of a coded failure inside no more than its code", async () => {
  const { ask, stub, logged } = openCaller();
  stub.failure = new EngineError("artifact_corrupt", "Cannot read model m@1", {
    facts: { model: "m@1" },
  });
  const told = await ask(SCORE, { body: { context: {} } });
  assert.equal(told.status, 500);
  assert.equal(told.body.code, "artifact_corrupt");
  assert.deepEqual(told.body.facts, {});
  assert.doesNotMatch(told.text, /m@1/);
  assert.match(logged[0]?.error ?? "", /m@1/);
});

Deno.test("score counts decisions by rung", async () => {
  const { ask } = openCaller();
  await ask(SCORE, { body: { context: {} } });
  const { text } = await ask("GET /metrics", { key: null });
  assert.match(text, /moe_decisions_total\{rung="previous"\} 1/);
});
