/**
 * The log of decisions over HTTP: found by entity, and told what came of them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openCaller } from "./caller.ts";

const OUTCOME = {
  id: "order-1",
  at: "2026-01-31T10:00:00+01:00",
  kind: "conversion",
  value: 2,
  money: { micros: "-25000000", currency: "EUR" },
};

const SUBJECT = "u-48151623";

Deno.test("decisions are found by entity, people named by hashes", async () => {
  const { ask, stub } = openCaller();
  const key = stub.grant({ scopes: ["read"] });
  const { status, body, text } = await ask(
    "GET /decisions?entity=campaign:c-17",
    { key },
  );
  assert.equal(status, 200);
  const [{ id, seq, record }] = body.records;
  assert.deepEqual([id, seq, body.next], ["dec_1", 1, null]);
  assert.match(record.request.entities.subject, /^hmac:[0-9a-f]{64}$/);
  assert.equal(record.request.entities.campaign, "c-17");
  assert.ok(!text.includes(SUBJECT));
});

Deno.test("an auditor sees who it was about", async () => {
  const { ask, stub } = openCaller();
  const key = stub.grant({ scopes: ["read", "audit"] });
  const { body } = await ask("GET /decisions?entity=campaign:c-17", { key });
  assert.equal(body.records[0].record.request.entities.subject, SUBJECT);
});

Deno.test("a decision is read with people named by hashes, and in full by an auditor", async () => {
  const { ask, stub } = openCaller();
  const path = "GET /decisions/dec_1";
  const masked = await ask(path, { key: stub.grant({ scopes: ["read"] }) });
  assert.equal(masked.status, 200);
  const { entities } = masked.body.requested;
  assert.match(entities.subject, /^hmac:[0-9a-f]{64}$/);
  assert.equal(entities.campaign, "c-17");
  assert.ok(!masked.text.includes(SUBJECT));
  const key = stub.grant({ scopes: ["read", "audit"] });
  const { body } = await ask(path, { key });
  assert.equal(body.requested.entities.subject, SUBJECT);
});

Deno.test.each(
  [
    { path: "/decision/score", how: "drop", read: 403 },
    { path: "/decision/recommendation", how: "commit", read: 403 },
    { path: "/request/entities", how: "commit", read: 403 },
    { path: "/request/entities", how: "drop", read: 403 },
    { path: "/decision/features/request.hour", how: "drop", read: 200 },
  ] as const,
)(
  "where $path is masked by $how, reasons are the auditor's, and nothing half is shown",
  async ({ path, how, read }) => {
    const { ask, stub } = openCaller();
    stub.masks = [{ path, how }];
    const key = stub.grant({ scopes: ["read"] });
    const found = await ask("GET /decisions/dec_1", { key });
    assert.equal(found.status, read);
    assert.equal(found.body.decision?.features["request.hour"], undefined);
    const reasons = "GET /decisions/dec_1/explanation";
    assert.equal((await ask(reasons, { key })).status, 403);
    const auditor = stub.grant({ scopes: ["read", "audit"] });
    assert.equal((await ask(reasons, { key: auditor })).status, 200);
  },
);

Deno.test("a full page names the next", async () => {
  const { ask } = openCaller();
  const path = "/decisions?entity=campaign:c-17";
  const { body } = await ask(`GET ${path}&limit=1`);
  assert.equal(body.next, "2026-01-31T09:00:00.000Z/1");
  const next = await ask(`GET ${path}&after=${encodeURIComponent(body.next)}`);
  assert.equal(next.status, 200);
});

Deno.test.each([
  { query: "", field: "entity" },
  { query: "?entity=c-17", field: "entity" },
  { query: "?entity=campaign:c-17&after=5", field: "after" },
  { query: "?entity=campaign:c-17&kind=sealed", field: "kind" },
  { query: "?entity=campaign:c-17&from=yesterday", field: "from" },
  { query: "?entity=campaign:c-17&limit=0", field: "limit" },
])("a search that asks for $query is refused", async ({ query, field }) => {
  const { ask } = openCaller();
  const { status, body } = await ask(`GET /decisions${query}`);
  assert.equal(status, 422);
  assert.equal(body.errors[0].path, `query.${field}`);
});

Deno.test("an outcome told twice is one, and stands with its decision", async () => {
  const { ask } = openCaller();
  const path = "POST /decisions/dec_1/outcomes";
  const first = await ask(path, { body: OUTCOME });
  const second = await ask(path, { body: OUTCOME });
  assert.deepEqual([first.status, second.status], [201, 200]);
  assert.deepEqual(first.body, second.body);
  const { body } = await ask("GET /decisions/dec_1");
  assert.deepEqual(body.outcomes, [{
    id: "order-1",
    at: "2026-01-31T09:00:00.000Z",
    kind: "conversion",
    value: "2",
    money: { micros: "-25000000", currency: "EUR" },
  }]);
});

Deno.test.each([
  { note: "a fraction that is no text", change: { value: 1.5 } },
  { note: "seven decimals", change: { value: "1.0000001" } },
  {
    note: "money in fractions",
    change: { money: { micros: 0.5, currency: "EUR" } },
  },
  { note: "money of no currency", change: { money: { micros: "1" } } },
  { note: "a kind that is no name", change: { kind: "Big Order" } },
  { note: "no id", change: { id: "" } },
  { note: "a moment without a zone", change: { at: "2026-01-31T10:00:00" } },
])("an outcome with $note is refused", async ({ change }) => {
  const { ask } = openCaller();
  const { status } = await ask("POST /decisions/dec_1/outcomes", {
    body: { ...OUTCOME, ...change },
  });
  assert.equal(status, 422);
});

Deno.test("an outcome of an unknown decision is refused", async () => {
  const { ask } = openCaller();
  const { status, body } = await ask("POST /decisions/dec_9/outcomes", {
    body: OUTCOME,
  });
  assert.equal(status, 404);
  assert.equal(body.code, "not_found");
});
