/**
 * `/optimization/budgets` and `/optimization/bids`, as their callers meet them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openCaller } from "./caller.ts";

const PUT = "PUT /optimization/budgets/summer";
const BODY = {
  currency: "EUR",
  ["cap_micros"]: "9007199254740991",
  from: "2026-02-02T00:00:00+01:00",
  until: "2026-02-09T00:00:00+01:00",
  ["pays_for"]: ["campaign:c-17"],
  bids: { ["most_micros"]: 5_000_000 },
};
const BID = "spring.node_1-0.17";

Deno.test("a budget is kept as it was put, and read with how it stands", async () => {
  const { ask } = openCaller();
  const { status, body } = await ask(PUT, {
    body: {
      ...BODY,
      ["day_cap_micros"]: 7,
      zone: "Europe/Berlin",
      objective: "outcomes",
      target: { kind: "cpa", ["cost_micros"]: 12_000_000 },
      ["bids_of"]: { "ad:a": { ["least_micros"]: 1, ["most_micros"]: 2 } },
      ["start_multiplier"]: 0.5,
      mode: "throttle",
      notices: { ["lost_after_seconds"]: 60 },
    },
  });
  assert.equal(status, 200);
  assert.equal(body.budget_id, "summer");
  assert.equal(body.cap_micros, "9007199254740991");
  assert.equal(body.from, "2026-02-01T23:00:00.000Z");
  assert.deepEqual(body.target, {
    kind: "cpa",
    ["return_permille"]: null,
    ["outcome_value_micros"]: null,
    ["cost_micros"]: "12000000",
    ["within_hours"]: 24,
  });
  assert.deepEqual(body.bids_of, {
    "ad:a": { ["least_micros"]: "1", ["most_micros"]: "2" },
  });
  assert.deepEqual(body.notices, {
    ["lost_after_seconds"]: 60,
    ["life_seconds"]: 3600,
  });
  const read = await ask("GET /optimization/budgets/summer");
  assert.deepEqual(read.body, body);
  assert.equal(read.body.state, "pacing");
  assert.equal(read.body.spent_micros, "250");
  const list = await ask("GET /optimization/budgets");
  assert.deepEqual(
    list.body.budgets.map((one: { budget_id: string }) => one.budget_id),
    ["spring", "summer"],
  );
});

Deno.test.each([
  { path: "cap_micros", body: { ...BODY, ["cap_micros"]: 1.5 } },
  { path: "from", body: { ...BODY, from: "2026-02-02" } },
  { path: "pays_for", body: { ...BODY, ["pays_for"]: [] } },
  { path: "pays_for[0]", body: { ...BODY, ["pays_for"]: ["c-17"] } },
  { path: "bids.most_micros", body: { ...BODY, bids: {} } },
  { path: "bids.most", body: { ...BODY, bids: { ...BODY.bids, most: 1 } } },
  { path: "zone", body: { ...BODY, zone: "Mars" } },
  { path: "mode", body: { ...BODY, mode: "fast" } },
  {
    path: "notices.life_seconds",
    body: { ...BODY, notices: { ["life_seconds"]: 1 } },
  },
])(
  "a budget with a wrong $path is refused, and it is named",
  async ({ path, body }) => {
    const { ask } = openCaller();
    const told = await ask(PUT, { body });
    assert.equal(told.status, 422);
    assert.deepEqual(
      told.body.errors.map(({ path }: { path: string }) => path),
      [path],
    );
    assert.equal((await ask("GET /optimization/budgets/summer")).status, 404);
  },
);

Deno.test("notices, outcomes and reports reach the budgets as they were told", async () => {
  const { ask, stub } = openCaller();
  const won = "2026-01-31T10:00:00+01:00";
  const notices = await ask("POST /optimization/bids/notices", {
    body: {
      notices: [
        { event: "win", bid: BID, ["charged_micros"]: "1250" },
        { event: "loss", bid: BID },
        { event: "timeout", bid: BID },
      ],
    },
  });
  assert.deepEqual(notices.body, { taken: 3, routed: 0, unknown: 0 });
  assert.deepEqual(stub.told.notices, [
    { bid: BID, chargedMicros: 1250 },
    { bid: BID, chargedMicros: null },
    { bid: BID, chargedMicros: null },
  ]);
  const outcome = { id: "order-1", bid: BID, value: -2.5 };
  const outcomes = await ask("POST /optimization/bids/outcomes", {
    body: { outcomes: [{ ...outcome, ["won_at"]: won }] },
  });
  assert.deepEqual(outcomes.body, { booked: 1, repeated: 0, unknown: 0 });
  const wonAt = Date.UTC(2026, 0, 31, 9);
  assert.deepEqual(stub.told.outcomes, [{ ...outcome, wonAt }]);
  const slices = [{ slice: "node_1-0", before: won, ["charged_micros"]: 9 }];
  const path = "POST /optimization/budgets/spring/reports";
  const reports = await ask(path, { body: { slices } });
  const outcomeOf = { slice: "node_1-0", outcome: "reclaimed" };
  assert.deepEqual(reports.body, { slices: [outcomeOf] });
  assert.deepEqual(stub.told.reports, [
    { slice: "node_1-0", before: wonAt, chargedMicros: 9 },
  ]);
  const { text } = await ask("GET /metrics", { key: null });
  assert.match(text, /moe_bid_notices_total\{outcome="taken"\} 3/);
});

Deno.test("a batch of entities is handed on, and answered in order", async () => {
  const { ask, stub } = openCaller();
  const { status, body } = await ask("POST /optimization/bids", {
    body: {
      entities: [
        { context: { campaign: "c-1" }, ["today_micros"]: 5 },
        { context: { campaign: "c-2" } },
      ],
    },
  });
  assert.equal(status, 200);
  assert.equal(body.bids.length, 2);
  assert.deepEqual(body.bids[0], {
    currency: "EUR",
    ["low_micros"]: "900000",
    ["bid_micros"]: "1000000",
    ["high_micros"]: "1100000",
    ["cap_micros"]: "1500000",
    ["limited_by"]: "step",
    multiplier: 3.25,
    score: 0.1,
    ["model_version"]: "bidder@1",
    ["budget_id"]: "spring",
    ["policy_applied"]: [],
  });
  assert.deepEqual(
    stub.told.batches.map(({ request, todayMicros }) => [
      ...[request.entities.campaign, todayMicros],
    ]),
    [["c-1", 5], ["c-2", null]],
  );
});

Deno.test("a budget is closed and resumed by its steps alone", async () => {
  const { ask } = openCaller();
  const closed = await ask("POST /optimization/budgets/spring/close");
  assert.equal(closed.body.state, "ended");
  const resumed = await ask("POST /optimization/budgets/spring/resume");
  assert.equal(resumed.status, 200);
  const wrong = await ask("POST /optimization/budgets/spring");
  assert.equal(wrong.status, 405);
  assert.equal(wrong.headers.get("allow"), "GET, HEAD, PUT");
});
