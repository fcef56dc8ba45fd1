/**
 * What is taken and what is refused of changes, switches and the audit log, field by field.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../../core/domain/error.ts";
import { SCOPES } from "../../core/ports/access.ts";
import { MAX_DEPTH as MOST_OPERATORS } from "../../core/verdicts/language/parse_logic.ts";
import { openCaller } from "./caller.ts";
import { SIGNS } from "./stub_changes.ts";
import { createStub } from "./stub_engine.ts";

const POLICY = {
  ...{ policy: "own_cap", version: 1, owner: "growth", about: "A cap" },
  on: ["bid"],
  rules: [{ id: "high", effect: "cap", to: 1_000_000, reason: "Enough" }],
  cases: [{
    ...{ note: "lowered", facts: { amount: { micros: 2_000_000 } } },
    ...{ want: ["high"], wantMicros: 1_000_000 },
  }],
};
const PROPOSAL = {
  ...{ kind: "policies", title: "A cap", reason: "Too dear" },
  content: { policies: [POLICY] },
};

Deno.test("a proposal is kept as it was meant", async () => {
  const { ask } = openCaller();
  const { status, body } = await ask("POST /changes", {
    body: {
      ...PROPOSAL,
      rollout: {
        ["shadow_hours"]: 24,
        ["start_at"]: "2026-02-01T01:00:00+01:00",
      },
    },
  });
  assert.equal(status, 201);
  assert.deepEqual(
    [body.state, body.subject, body.created_by, body.contributors],
    ["draft", "policies", "tester", ["tester"]],
  );
  assert.deepEqual(body.rollout, {
    ...{ start_at: "2026-02-01T00:00:00.000Z", shadow_hours: 24 },
    ...{ canary_permille: 0, canary_hours: 0, expires_at: null },
    ...{ measure: null, guardrails: null },
  });
  const told = await ask(`GET /changes/${body.change_id}/content`);
  assert.deepEqual(told.body.content, [POLICY]);
  assert.deepEqual(told.body.base, { version: 2 });
});

Deno.test("a policy as deep as a file may be is let in", async () => {
  const { ask } = openCaller();
  const nested = (levels: number): unknown =>
    levels === 0
      ? { "==": [{ var: ["context.channel", ""] }, "display"] }
      : { and: [nested(levels - 1), true] };
  const propose = async (levels: number) => {
    const [rule] = POLICY.rules;
    const rules = [{ ...rule, when: nested(levels) }];
    const facts = { context: { channel: "display" }, amount: { micros: 9e6 } };
    const cases = POLICY.cases.map((one) => ({ ...one, facts }));
    const content = { policies: [{ ...POLICY, rules, cases }] };
    return await ask("POST /changes", { body: { ...PROPOSAL, content } });
  };
  const deep = await propose(MOST_OPERATORS - 3);
  const deeper = await propose(MOST_OPERATORS - 2);
  assert.equal(deep.status, 201, deep.text);
  assert.match(deeper.body.detail, /nested deeper than 32; split the rule/);
});

Deno.test.each([
  { note: "no content", body: { content: undefined }, path: "content" },
  { note: "an unknown kind", body: { kind: "budget" }, path: "kind" },
  { note: "a blank reason", body: { reason: " " }, path: "reason" },
  {
    note: "a misspelt member of the content",
    body: { content: { policies: [], list: [] } },
    path: "content.list",
  },
  {
    note: "a switch among policies",
    body: { content: { policies: [], switches: [] } },
    path: "content.switches",
  },
  {
    note: "a version 0",
    body: { kind: "model", content: { version: 0 } },
    path: "content.version",
  },
  {
    note: "a switch that stops what there is not",
    body: {
      kind: "switch",
      content: { id: "x", stops: { planet: "mars" }, reason: "y" },
    },
    path: "content.stops.planet",
  },
  {
    note: "a share above all",
    body: { rollout: { ["canary_permille"]: 1001 } },
    path: "rollout.canary_permille",
  },
])("a proposal with $note is refused", async ({ body, path }) => {
  const { ask } = openCaller();
  const told = await ask("POST /changes", { body: { ...PROPOSAL, ...body } });
  assert.deepEqual([told.status, told.body.code], [422, "request_invalid"]);
  assert.deepEqual(
    told.body.errors.map((error: { path: string }) => error.path),
    [path],
  );
});

Deno.test.each([
  { note: "another content", signs: { ...SIGNS, content: "0".repeat(64) } },
  { note: "another base", signs: { ...SIGNS, base: "0".repeat(64) } },
  { note: "other evidence", signs: { ...SIGNS, evidence: "0".repeat(64) } },
  { note: "another round", signs: { ...SIGNS, cycle: SIGNS.cycle + 1 } },
])("an approval that signs $note is refused", async ({ signs }) => {
  const { ask } = openCaller();
  const line = "POST /changes/chg_review/approve";
  const told = await ask(line, { body: { signs } });
  assert.deepEqual([told.status, told.body.code], [409, "approval_invalid"]);
  assert.match(told.body.detail, /not what the reviewer saw/);
  const { body } = await ask("GET /changes/chg_review");
  assert.deepEqual(body.signs, SIGNS);
  assert.equal((await ask(line, { body: { signs: body.signs } })).status, 200);
});

Deno.test("nothing is signed that the reviewer does not send", async () => {
  const { ask } = openCaller();
  const line = "POST /changes/chg_review/approve";
  for (const body of [{}, { reason: "fine" }]) {
    const told = await ask(line, { body });
    assert.deepEqual([told.status, told.body.errors[0].path], [422, "signs"]);
  }
});

Deno.test("permitted steps are those that the key opens", async () => {
  const { ask, stub } = openCaller();
  const permitted = async (grant: Parameters<typeof stub.grant>[0]) => {
    const key = stub.grant(grant);
    const { body } = await ask("GET /changes/chg_review", { key });
    return body.permitted;
  };
  assert.deepEqual(await permitted({ scopes: ["read"] }), []);
  assert.deepEqual(await permitted({ scopes: ["read", "approve"] }), [
    ...["approve", "require", "request-changes", "reject"],
  ]);
  const service = { scopes: ["read", "approve"], person: false } as const;
  assert.deepEqual(await permitted(service), []);
});

Deno.test.each([
  { line: "GET /changes" },
  { line: "POST /changes", body: PROPOSAL },
  {
    line: "POST /policies/rollback",
    body: { to: "0".repeat(64), reason: "x" },
  },
  { line: "GET /docs/changes" },
  { line: "GET /switches" },
  {
    line: "POST /switches",
    body: { ["switch_id"]: "all", stops: {}, reason: "x" },
  },
  { line: "POST /switches/stop_display/confirm" },
  { line: "POST /switches/stop_display/release", body: { reason: "x" } },
  { line: "GET /audit" },
  { line: "GET /audit/verify" },
])(
  "$line of the deployment takes a key that governs",
  async ({ line, body }) => {
    const { ask, stub } = openCaller();
    const scopes = SCOPES.filter((scope) => scope !== "govern");
    const key = stub.grant({ scopes });
    const asked = body === undefined ? { key } : { key, body };
    const told = await ask(`${line}?scope=deployment`, asked);
    assert.deepEqual([told.status, told.body.code], [403, "access_denied"]);
    assert.equal(told.body.facts.scope, "govern");
    const governing = stub.grant({ scopes: [...scopes, "govern"] });
    const heard = await ask(`${line}?scope=deployment`, {
      ...asked,
      key: governing,
    });
    assert.ok(heard.status < 300 || heard.status === 404, heard.text);
  },
);

Deno.test("a change of the deployment is there for keys that govern alone", async () => {
  const { ask, stub } = openCaller();
  const made = await ask("POST /changes?scope=deployment", { body: PROPOSAL });
  assert.equal(made.body.scope, "deployment");
  const path = `/changes/${made.body.change_id}`;
  assert.equal((await ask(`GET ${path}`)).status, 200);
  const other = stub.grant({ tenant: "rival", scopes: ["read", "govern"] });
  assert.equal((await ask(`GET ${path}`, { key: other })).status, 200);
  const own = stub.grant({ scopes: ["read", "propose", "approve"] });
  for (const line of [`GET ${path}`, `POST ${path}/withdraw`]) {
    assert.equal((await ask(line, { key: own })).status, 404);
  }
});

Deno.test("a key that bears the engine's name acts on nothing", async () => {
  const { ask, stub } = openCaller();
  const key = stub.grant({ name: "Engine" });
  const told = await ask("POST /changes", { key, body: PROPOSAL });
  assert.deepEqual([told.status, told.body.code], [403, "access_denied"]);
});

Deno.test("the audit log is read from a place on, record by record", async () => {
  const { ask } = openCaller();
  const { body } = await ask("GET /audit?limit=1000");
  assert.equal(body.records.length, body.head.seq);
  const next = await ask("GET /audit?after=3&limit=2");
  assert.deepEqual(next.body.records, body.records.slice(3, 5));
  assert.deepEqual(next.body.head, body.head);
  assert.equal(JSON.parse(body.records[0].record).act, "propose");
  assert.equal((await ask("GET /audit?after=-1")).status, 422);
});

Deno.test("a verdict on the audit log says what checkpoints speak against, the first place first", async () => {
  const { ask, stub } = openCaller();
  const { body } = await ask("GET /audit/verify");
  assert.deepEqual([body.sound, body.covered, body.faults], [true, 0, []]);
  const faults = [4, 9].map((seq) => ({
    ...{ kind: "rewritten", seq, detail: `record ${seq}` } as const,
  }));
  const found = await stub.engine.verifyActs("acme");
  const rewritten = { ...found, sound: false, covered: 9, faults };
  const other = openCaller(10_000, {
    verifyActs: () => Promise.resolve(rewritten),
  });
  const told = await other.ask("GET /audit/verify");
  assert.deepEqual(
    [told.status, told.body.sound, told.body.covered, told.body.anchor.seq],
    [200, false, 9, 0],
  );
  assert.deepEqual(told.body.faults, faults);
});

Deno.test("a switch is told to be on at this node alone while the database is away", async () => {
  const away = () =>
    Promise.reject(new EngineError("store_unavailable", "Cannot ask"));
  const { changes } = createStub().engine;
  const { ask } = openCaller(10_000, {
    changes: { ...changes, pointers: away, find: away },
    switches: {
      turnOn: () => Promise.resolve({ recorded: false }),
      list: () => Promise.resolve([]),
      settle: () => Promise.resolve([]),
    },
  });
  const { status, body } = await ask("POST /switches", {
    body: { ["switch_id"]: "stop_all", stops: {}, reason: "Nothing is right" },
  });
  assert.equal(status, 201);
  assert.deepEqual(
    [body.switch_id, body.recorded, body.change_id, body.turned_on_by],
    ["stop_all", false, null, "tester"],
  );
  assert.equal((await ask("GET /switches")).status, 503);
});
