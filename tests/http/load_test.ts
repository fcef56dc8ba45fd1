/**
 * Deadlines, too much load and quotas, as callers meet them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createAllotments } from "../../core/http/load/allotments.ts";
import { createAllowances } from "../../core/http/load/allowances.ts";
import { createLoadGate } from "../../core/http/load/load_gate.ts";
import { createMemoryBook } from "../../core/http/load/memory_book_test.ts";
import { openCaller } from "./caller.ts";
import { createStub } from "./stub_engine.ts";

const SCORE = "POST /optimization/score";
const BODY = { context: { campaign: "c-17" } };

function hang(): Promise<never> {
  return new Promise(() => {});
}

Deno.test("a deadline that is none is refused by name, on every route with a key", async () => {
  const { ask } = openCaller();
  for (const line of [SCORE, "GET /models"]) {
    const { status, body } = await ask(line, {
      ...line === SCORE && { body: BODY },
      headers: { "x-deadline-ms": "soon" },
    });
    assert.equal(status, 422, line);
    assert.equal(body.code, "request_invalid");
    assert.equal(body.errors[0].path, "x-deadline-ms");
  }
});

Deno.test("a decision hears until when it is waited for; its caller's time before the default", async () => {
  const { decisions } = createStub().engine;
  const left: (number | undefined)[] = [];
  const { ask } = openCaller(10_000, {
    decisions: {
      ...decisions,
      decide: (tenant, request, options) => {
        left.push(options.deadline?.remainingMs());
        return decisions.decide(tenant, request, options);
      },
    },
  }, { deadlineMs: 40_000 });
  await ask(SCORE, { body: BODY });
  await ask(SCORE, { body: BODY, headers: { "x-deadline-ms": "20000" } });
  const [otherwise = 0, given = 0] = left;
  assert.ok(otherwise > 20_000 && otherwise <= 40_000, String(otherwise));
  assert.ok(given > 0 && given <= 20_000, String(given));
});

Deno.test.each([
  {
    note: "the key",
    parts: { keys: { ...createStub().engine.keys, find: hang } },
  },
  {
    note: "the decision",
    parts: { decisions: { ...createStub().engine.decisions, decide: hang } },
  },
  {
    note: "anything else",
    parts: { models: { ...createStub().engine.models, list: hang } },
    line: "GET /models",
  },
])("where $note hangs the caller is told in time", async ({ parts, line }) => {
  const { ask } = openCaller(10_000, parts);
  const { status, body, headers } = await ask(line ?? SCORE, {
    ...line === undefined && { body: BODY },
    headers: { "x-deadline-ms": "20" },
  });
  assert.equal(status, 504);
  assert.equal(body.code, "deadline_exceeded");
  assert.equal(headers.get("retry-after"), "1");
});

Deno.test("what is too much is refused before its key is looked at or its body read", async () => {
  const gate = createLoadGate();
  const { ask, stub, logged } = openCaller(10_000, {}, { gate });
  for (let time = 0; time < 256; time++) gate.enter("decide");
  const { status, body, headers } = await ask(SCORE, { raw: "{" });
  assert.equal(status, 503);
  assert.equal(body.code, "overloaded");
  assert.match(headers.get("retry-after") ?? "", /^[123]$/);
  assert.equal(stub.lookups, 0);
  assert.equal(logged.at(-1)?.level, "info");
  for (const line of ["GET /healthz", "GET /readyz"]) {
    assert.equal((await ask(line)).status, 200, line);
  }
});

Deno.test("whatever becomes of a request, it leaves", async () => {
  const gate = createLoadGate();
  const { ask } = openCaller(10_000, {}, { gate });
  await ask(SCORE, { body: BODY });
  await ask(SCORE, { raw: "{" });
  await ask(SCORE, { key: "none", body: BODY });
  await ask(SCORE, { body: BODY, headers: { "x-deadline-ms": "0" } });
  await ask("GET /models");
  assert.equal(gate.standing().inFlight, 0);
});

Deno.test("a quota is told on every answer, and what is beyond it refused", async () => {
  const nowMs = () => 0;
  const allowances = createAllowances([
    { tenant: "acme", apart: false, of: "requests", most: 4, seconds: 60 },
    { tenant: "acme", apart: false, of: "decisions", most: 1, seconds: 86_400 },
  ], {
    allotments: createAllotments(createMemoryBook(), nowMs),
    ...{ nowMs, random: () => 0 },
  });
  const { ask } = openCaller(10_000, {}, { allowances });
  const read = await ask("GET /models");
  assert.equal(read.status, 200);
  assert.equal(
    read.headers.get("ratelimit-policy"),
    '"tenant-requests";q=4;w=60',
  );
  assert.equal(read.headers.get("ratelimit"), '"tenant-requests";r=3;t=60');
  const wrong = await ask(SCORE, { raw: "{" });
  assert.equal(wrong.status, 415);
  assert.equal(
    wrong.headers.get("ratelimit"),
    '"tenant-requests";r=2;t=60, "tenant-decisions";r=0;t=86400',
  );
  const { status, body, headers } = await ask(SCORE, { body: BODY });
  assert.equal(status, 429);
  assert.equal(body.code, "rate_limited");
  assert.deepEqual(body["violated-policies"], ["tenant-decisions"]);
  assert.equal(headers.get("retry-after"), "86400");
  assert.match(headers.get("ratelimit") ?? "", /r=2;t=60, .*r=0;t=86400/);
});
