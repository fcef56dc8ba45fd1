/**
 * Who gets in: keys, scopes and tenants on every route.
 *
 * @module
 */
import assert from "node:assert/strict";
import { SCOPES } from "../../core/ports/access.ts";
import { openCaller } from "./caller.ts";
import { askedOf, KEYED, lineOf } from "./every_route.ts";

Deno.test("routes ask for these scopes", () => {
  assert.deepEqual(KEYED.map((route) => `${lineOf(route)} ${route.scope}`), [
    "POST /optimization/score score",
    "POST /optimization/plan plan",
    "GET /optimization/plans read",
    "GET /optimization/plans/plan_1 read",
    "GET /optimization/plans/plan_1/artifact read",
    "POST /optimization/plans/plan_1/validate plan",
    "POST /optimization/plans/plan_1/verify plan",
    "POST /optimization/plans/plan_1/approve approve",
    "POST /optimization/plans/plan_1/apply apply",
    "POST /optimization/plans/plan_1/rollback apply",
    "GET /optimization/plans/plan_1/history read",
    "GET /optimization/plans/plan_1/progress read",
    "GET /optimization/plans/plan_1/guardrails read",
    "GET /optimization/plans/plan_1/plots/curves read",
    "GET /optimization/budgets read",
    "PUT /optimization/budgets/spring apply",
    "GET /optimization/budgets/spring read",
    "POST /optimization/budgets/spring/close apply",
    "POST /optimization/budgets/spring/resume apply",
    "POST /optimization/budgets/spring/reports ingest",
    "POST /optimization/bids score",
    "POST /optimization/bids/notices ingest",
    "POST /optimization/bids/outcomes ingest",
    "GET /decisions?entity=campaign:c-17 read",
    "GET /decisions/dec_1 read",
    "GET /decisions/dec_1/explanation read",
    "POST /decisions/dec_1/replay audit",
    "POST /decisions/dec_1/outcomes ingest",
    "POST /webhooks/segment/shop ingest",
    "GET /signals/counts read",
    "GET /signals/performance?source=shop&from=2026-01-01&until=2026-02-01 read",
    "GET /dead-letters ingest",
    "GET /features/campaign_daily/campaign:c-17 read",
    "POST /features read",
    "GET /features/campaign_daily/campaign:c-17/lineage?feature=clicks_count_7d read",
    "GET /views read",
    "POST /views approve",
    "POST /views/campaign_daily/2/promote approve",
    "GET /views/campaign_daily/statistics read",
    "POST /erasures operate",
    "GET /erasures read",
    "GET /jobs read",
    "POST /jobs/materialize/run operate",
    "GET /models read",
    "GET /models/email_visit/events read",
    "GET /models/email_visit/looks read",
    "GET /models/email_visit/roles read",
    "GET /models/email_visit/trial read",
    "GET /models/email_visit/1 read",
    "GET /models/email_visit/1/evidence read",
    "POST /models/email_visit/1/approve approve",
    "POST /models/email_visit/1/reject approve",
    "POST /models/email_visit/proposals approve",
    "POST /models/email_visit/proposals/2/approve approve",
    "POST /models/email_visit/proposals/2/decline approve",
    "POST /models/email_visit/rollback approve",
    "GET /policies read",
    "GET /policies/ours read",
    "GET /docs/policies read",
    "GET /docs/policies/ours read",
    "GET /changes read",
    "POST /changes propose",
    "GET /changes/chg_review read",
    "GET /changes/chg_review/content read",
    "GET /changes/chg_review/history read",
    "POST /changes/chg_draft/check propose",
    "POST /changes/chg_draft/edit propose",
    "POST /changes/chg_stale/rebase propose",
    "POST /changes/chg_checked/submit propose",
    "POST /changes/chg_own/recall propose",
    "POST /changes/chg_review/approve approve",
    "POST /changes/chg_review/require approve",
    "POST /changes/chg_review/request-changes approve",
    "POST /changes/chg_review/reject approve",
    "POST /changes/chg_own/withdraw propose",
    "POST /changes/chg_approved/schedule propose",
    "POST /changes/chg_approved/activate propose",
    "POST /changes/chg_trial/end-trial propose",
    "POST /changes/chg_undone/acknowledge approve",
    "GET /docs/changes read",
    "GET /docs/changes/chg_review read",
    "POST /policies/rollback approve",
    "GET /switches read",
    "POST /switches stop",
    "POST /switches/stop_display/confirm approve",
    "POST /switches/stop_display/release stop",
    "GET /audit audit",
    "GET /audit/verify audit",
    "GET /keys administer",
    "POST /keys administer",
    "POST /keys/0123456789abcdef/rotate administer",
    "POST /keys/0123456789abcdef/revoke administer",
  ]);
});

Deno.test.each([...KEYED])("$method $path wants a key", async (endpoint) => {
  const { ask } = openCaller();
  const told = await ask(lineOf(endpoint), {
    key: null,
    ...askedOf(endpoint),
  });
  assert.equal(told.status, 401);
  assert.equal(told.body.code, "credentials_invalid");
  assert.equal(told.headers.get("www-authenticate"), "Bearer");
});

Deno.test.each([...KEYED])(
  "$method $path opens to its scope alone",
  async (endpoint) => {
    const { ask, stub } = openCaller();
    const others = SCOPES.filter((scope) => scope !== endpoint.scope);
    const asked = askedOf(endpoint);
    const wrong = await ask(lineOf(endpoint), {
      ...asked,
      key: stub.grant({ scopes: others }),
    });
    assert.equal(wrong.status, 403);
    assert.equal(wrong.body.code, "access_denied");
    assert.equal(wrong.body.facts.scope, endpoint.scope);
    const right = await ask(lineOf(endpoint), {
      ...asked,
      key: stub.grant({ scopes: [endpoint.scope] }),
    });
    assert.notEqual(right.status, 403);
    assert.notEqual(right.status, 401);
  },
);

/** Names in paths that are the engine's own, and so no tenant's to hide. */
const NOBODYS = ["/jobs/{job}/run"];

Deno.test.each(
  KEYED.filter(({ path, method }) =>
    path.includes("{") && method !== "put" && !NOBODYS.includes(path)
  ),
)("$method $path shows nothing of another tenant", async (endpoint) => {
  const { ask, stub } = openCaller();
  const key = stub.grant({ tenant: "rival" });
  const told = await ask(lineOf(endpoint), { ...askedOf(endpoint), key });
  assert.equal(told.status, 404);
  assert.equal(told.body.code, "not_found");
});

Deno.test("lists of another tenant are empty", async () => {
  const { ask, stub } = openCaller();
  const key = stub.grant({ tenant: "rival" });
  const lists = [
    "/optimization/plans",
    "/optimization/budgets",
    "/models",
    "/signals/counts",
    "/dead-letters",
    "/views",
    "/erasures",
    "/jobs",
    "/changes",
    "/switches",
  ];
  for (const path of lists) {
    const { body } = await ask(`GET ${path}`, { key });
    assert.deepEqual(Object.values(body), [[]], path);
  }
});

Deno.test.each([
  { note: "another scheme", authorization: "Basic abc" },
  { note: "no key", authorization: "Bearer" },
  { note: "another form", authorization: "Bearer moe_x_y" },
  {
    note: "an unknown key",
    authorization: `Bearer moe_${"0".repeat(16)}_${"0".repeat(64)}`,
  },
])("a caller with $note is not admitted", async ({ authorization }) => {
  const { ask } = openCaller();
  const told = await ask("GET /models", {
    key: null,
    headers: { authorization },
  });
  assert.equal(told.status, 401);
  assert.doesNotMatch(told.text, /000000/);
});

Deno.test("a key with another's secret is not admitted", async () => {
  const { ask, key } = openCaller();
  const wrong = key.slice(0, -1) + (key.endsWith("0") ? "1" : "0");
  assert.equal((await ask("GET /models", { key: wrong })).status, 401);
});

Deno.test("an expired key is not admitted from that moment on", async () => {
  const { ask, stub } = openCaller();
  const key = stub.grant({ expiresAt: "2026-01-31T09:00:01.000Z" });
  assert.equal((await ask("GET /models", { key })).status, 200);
  stub.now = "2026-01-31T09:00:01.000Z";
  const told = await ask("GET /models", { key });
  assert.match(told.body.detail, /expired/);
});

Deno.test("a revoked key is not admitted after five seconds", async () => {
  const { ask, stub, key } = openCaller();
  assert.equal((await ask("GET /models")).status, 200);
  stub.revoke(key);
  stub.now = "2026-01-31T09:00:05.000Z";
  const told = await ask("GET /models");
  assert.match(told.body.detail, /revoked/);
});

Deno.test("a key is looked up once in five seconds", async () => {
  const { ask, stub } = openCaller();
  await ask("GET /models");
  await ask("GET /models");
  assert.equal(stub.lookups, 1);
  stub.now = "2026-01-31T09:00:06.000Z";
  await ask("GET /models");
  assert.equal(stub.lookups, 2);
});
