/**
 * What of HTTP goes on record as acts: all that writes, and what reads decisions or the
 * log; not what services ask by the thousand.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Act } from "../../core/domain/act.ts";
import { createApp } from "../../core/http/app.ts";
import { ENDPOINTS } from "../../core/http/routes/all.ts";
import { createStub } from "./stub_engine.ts";

/** Routes that are no acts though they are not read by GET, and why. */
const NO_ACTS: Readonly<Record<string, string>> = {
  "POST /decisions/{id}/outcomes": "sources tell of decisions",
  "POST /features": "reads",
  "POST /optimization/bids": "recommends, and keeps nothing",
  "POST /optimization/bids/notices": "exchanges tell of bids",
  "POST /optimization/bids/outcomes": "sources tell of bids",
  "POST /optimization/budgets/{id}/reports": "exchanges tell of bids",
  "POST /optimization/score": "the decision log has it",
  "POST /webhooks/{connector}/{source}": "sources tell signals",
};

Deno.test("every route that writes is an act, or says why not", () => {
  const none = ENDPOINTS.filter((endpoint) =>
    endpoint.method !== "get" &&
    (endpoint.scope === null || endpoint.act === false)
  ).map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  assert.deepEqual(none.sort(), Object.keys(NO_ACTS).sort());
});

Deno.test("an act says who did what to which thing and why, and nothing else of the request", async () => {
  const stub = createStub();
  const acts: (readonly [string | null, Act])[] = [];
  const app = createApp({
    ...stub.engine,
    acting: async ({ scope, act }, work) => {
      acts.push([scope, act]);
      return await work();
    },
  }, { version: "1" });
  const key = stub.grant({ name: "ada" });
  const answer = await app.request("/optimization/plans/plan_9/approve", {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      "x-request-id": "r-1",
    },
    body: JSON.stringify({ reason: "within budget" }),
  });
  assert.equal(answer.status, 404, "refused acts are on record too");
  assert.deepEqual(acts, [["acme", {
    act: "POST /optimization/plans/{id}/approve",
    about: "plan_9",
    ...{ by: "ada", human: true, key: key.split("_")[1] },
    ...{ reason: "within budget", request: "r-1" },
  }]]);
});
