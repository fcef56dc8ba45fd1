/**
 * What holds of every request: methods, bodies, headers, logs, health.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createApp } from "../../core/http/app.ts";
import { openCaller } from "./caller.ts";

const SCORE = "POST /optimization/score";
const JSON_TYPE = { "content-type": "application/json" };

Deno.test("an unknown path answers a problem", async () => {
  const { ask } = openCaller();
  const told = await ask("GET /nowhere");
  assert.equal(told.status, 404);
  assert.equal(told.body.code, "not_found");
});

Deno.test.each([
  { line: "GET /optimization/score", allow: "POST" },
  { line: "DELETE /models", allow: "GET, HEAD" },
  { line: "PUT /models/email_visit/1", allow: "GET, HEAD" },
  { line: "POST /healthz", allow: "GET, HEAD" },
])("$line answers 405 and names what is allowed", async ({ line, allow }) => {
  const { ask } = openCaller();
  const told = await ask(line);
  assert.equal(told.status, 405);
  assert.equal(told.body.code, "method_not_allowed");
  assert.equal(told.headers.get("allow"), allow);
});

Deno.test("HEAD answers as GET does, without a body", async () => {
  const { ask } = openCaller();
  const told = await ask("HEAD /healthz");
  assert.equal(told.status, 200);
  assert.equal(told.text, "");
});

Deno.test.each([
  { note: "no JSON", raw: "{", status: 400, code: "body_invalid" },
  { note: "empty", raw: "", status: 400, code: "body_invalid" },
  {
    note: "not UTF-8",
    raw: new Uint8Array([0x22, 0xff, 0x22]),
    status: 400,
    code: "body_invalid",
  },
  {
    note: "deep",
    raw: `{"context":${"[".repeat(2000)}${"]".repeat(2000)}}`,
    status: 400,
    code: "body_invalid",
  },
  {
    note: "reaching into prototypes",
    raw: '{"context":{},"features":{"__proto__":{"a":1}}}',
    status: 400,
    code: "body_invalid",
  },
  {
    note: "reaching into constructors",
    raw: '{"context":{},"constraints":{"compliance":{"constructor":true}}}',
    status: 400,
    code: "body_invalid",
  },
  {
    note: "holding a zero byte",
    raw: '{"context":{"campaign":"c\\u0000"}}',
    status: 400,
    code: "body_invalid",
  },
  {
    note: "holding a zero byte in a name",
    raw: '{"context":{"cam\\u0000paign":"c"}}',
    status: 400,
    code: "body_invalid",
  },
  {
    note: "too large",
    raw: JSON.stringify({ context: { campaign: "c".repeat(10_000) } }),
    status: 413,
    code: "body_too_large",
  },
])("a body that is $note answers $code", async ({ raw, status, code }) => {
  const { ask, stub } = openCaller();
  const told = await ask(SCORE, { raw, headers: JSON_TYPE });
  assert.equal(told.status, status);
  assert.equal(told.body.code, code);
  assert.equal(stub.decided.length, 0);
});

Deno.test("a parameter with a zero byte answers request_invalid", async () => {
  const { ask } = openCaller();
  const told = await ask("GET /changes?subject=a%00b");
  assert.equal(told.status, 422);
  assert.deepEqual(told.body.errors, [{
    path: "query.subject",
    message: "must not hold a zero byte",
  }]);
});

Deno.test("a body without a declared length is read up to the limit only", async () => {
  const { stub, key } = openCaller();
  const app = createApp(stub.engine, { version: "1", bodyLimitBytes: 1000 });
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled += 1;
      controller.enqueue(new Uint8Array(400).fill(0x20));
    },
  });
  const response = await app.request(
    new Request("http://localhost/optimization/score", {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, ...JSON_TYPE },
      body,
    }),
  );
  assert.equal(response.status, 413);
  await response.body?.cancel();
  assert.ok(pulled < 10);
});

Deno.test.each([
  { note: "text", headers: { "content-type": "text/plain" } },
  {
    note: "a form",
    headers: { "content-type": "application/x-www-form-urlencoded" },
  },
  { note: "compressed", headers: { ...JSON_TYPE, "content-encoding": "gzip" } },
])("a body that is $note answers 415", async ({ headers }) => {
  const { ask } = openCaller();
  const told = await ask(SCORE, { raw: '{"context":{}}', headers });
  assert.equal(told.status, 415);
  assert.equal(told.body.code, "media_type_unsupported");
});

Deno.test("every answer carries safe headers and the request's id", async () => {
  const { ask } = openCaller();
  for (const line of ["GET /healthz", "GET /nowhere", SCORE, "GET /models"]) {
    const { headers } = await ask(line, { headers: { "x-request-id": "r-1" } });
    assert.equal(headers.get("x-request-id"), "r-1");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("cache-control"), "no-store");
  }
});

Deno.test("a request id that is not one is replaced", async () => {
  const { ask } = openCaller();
  const headers = { "x-request-id": "a b\tc" };
  const told = await ask("GET /healthz", { headers });
  assert.match(told.headers.get("x-request-id") ?? "", /^req_/);
});

Deno.test("a request leaves one line in the log, without its path or body", async () => {
  const { ask, logged, key } = openCaller();
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const parentId = "00f067aa0ba902b7";
  await ask("GET /decisions/dec_1", {
    headers: {
      "x-request-id": "r-1",
      traceparent: `00-${traceId}-${parentId}-01`,
    },
  });
  assert.equal(logged.length, 1);
  const { durationMs, stages, ...line } = logged[0] ??
    { durationMs: -1, stages: null };
  assert.ok(Object.keys(stages ?? {}).includes("work"));
  assert.ok(durationMs >= 0);
  assert.deepEqual(line, {
    at: "2026-01-31T09:00:00.000Z",
    level: "info",
    event: "request",
    requestId: "r-1",
    traceId,
    parentId,
    method: "GET",
    route: "/decisions/{id}",
    status: 200,
    tenant: "acme",
    key: key.split("_")[1],
    decision: null,
    kept: "caller",
    code: null,
    error: null,
  });
});

Deno.test("a refused request is logged with its code, a strange method as OTHER", async () => {
  const { ask, logged } = openCaller();
  await ask("BREW /coffee", { key: null });
  assert.equal(logged[0]?.method, "OTHER");
  assert.equal(logged[0]?.route, "none");
  assert.equal(logged[0]?.code, "not_found");
  assert.equal(logged[0]?.error, null);
});

Deno.test("health says that the process is alive, and its version", async () => {
  const { ask } = openCaller();
  const told = await ask("GET /healthz", { key: null });
  assert.deepEqual(told.body, { status: "alive", version: "1.2.3" });
});

Deno.test.each([
  { note: "nothing", wrong: {}, status: 200, word: "ready", named: [] },
  {
    note: "a plugin",
    wrong: { "plugin:csv": "secret=1" },
    status: 200,
    word: "degraded",
    named: ["plugin:csv"],
  },
  {
    note: "a source and a view",
    wrong: { "source:ads": "silent", "features:orders@2": "secret=1" },
    status: 200,
    word: "degraded",
    named: ["features:orders@2", "source:ads"],
  },
  {
    note: "the policies of a tenant",
    wrong: { policies: 'tenant "secret" is stopped' },
    status: 200,
    word: "degraded",
    named: ["policies"],
  },
  {
    note: "a part",
    wrong: { postgres: "password=x", "plugin:csv": "y" },
    status: 503,
    word: "unready",
    named: ["plugin:csv", "postgres"],
  },
])("readiness with $note wrong is $word", async ({ wrong, ...want }) => {
  const { ask, stub } = openCaller();
  Object.assign(stub.health, wrong);
  const told = await ask("GET /readyz", { key: null });
  assert.equal(told.status, want.status);
  assert.deepEqual(told.body, {
    status: want.word,
    version: "1.2.3",
    degraded: want.named,
  });
  assert.doesNotMatch(told.text, /secret|password/);
});

Deno.test("metrics label routes by pattern, never by path", async () => {
  const { ask } = openCaller();
  await ask("GET /decisions/dec_1");
  await ask("GET /decisions/dec_404");
  await ask("GET /wp-login.php");
  const { text, headers } = await ask("GET /metrics", { key: null });
  assert.match(
    headers.get("content-type") ?? "",
    /^text\/plain; version=0\.0\.4/,
  );
  assert.match(
    text,
    /moe_http_request_duration_seconds_count\{route="\/decisions\/\{id\}",method="GET",status_class="2xx"\} 1/,
  );
  assert.match(text, /bucket\{le="0\.00005",/);
  assert.match(text, /moe_build_info\{version="1\.2\.3"\} 1/);
  assert.doesNotMatch(text, /dec_1|dec_404|wp-login/);
});

Deno.test("two apps keep their metrics apart", async () => {
  const [one, two] = [openCaller(), openCaller()];
  await one.ask(SCORE, { body: { context: {} } });
  const { text } = await two.ask("GET /metrics");
  assert.doesNotMatch(text, /moe_decisions_total\{/);
});

Deno.test("the documentation runs no script and takes nothing from elsewhere", async () => {
  const { ask } = openCaller();
  const { text, headers } = await ask("GET /docs", { key: null });
  const policy = headers.get("content-security-policy") ?? "";
  assert.match(policy, /^default-src 'none'; style-src 'sha256-[\w+/=]+';/);
  assert.doesNotMatch(text, /<script|<link|<img|style="|onclick|https?:/);
  assert.match(text, /^<!DOCTYPE html><html lang="en">/);
});

Deno.test("the documentation links only to places that it has", async () => {
  const { ask } = openCaller();
  const { text } = await ask("GET /docs", { key: null });
  const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const [, target] of text.matchAll(/href="#([^"]+)"/g)) {
    assert.ok(ids.includes(target), `#${target}`);
  }
});
