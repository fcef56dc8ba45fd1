/**
 * Jobs over HTTP: a tenant sees its own, and asks for its own.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createApp } from "../../core/http/app.ts";
import { createStub } from "./stub_engine.ts";

function openCaller(tenant: string) {
  const { engine, grant } = createStub();
  const app = createApp(engine, { version: "1" });
  const headers = { authorization: `Bearer ${grant({ tenant })}` };
  return async (method: string, path: string) => {
    const answer = await app.request(path, { method, headers });
    return { status: answer.status, body: await answer.json() };
  };
}

Deno.test("a tenant sees how far its jobs are, and not those of others", async () => {
  const { body } = await openCaller("acme")("GET", "/jobs");
  const [{ job, state, share, run_id: id }] = body.jobs;
  assert.deepEqual([job, state, share, id], [
    ...["materialize", "running", 0.5, "run_1"],
  ]);
  const other = await openCaller("rival")("GET", "/jobs");
  assert.deepEqual(other.body, { jobs: [] });
});

Deno.test("a run is asked for in the name of the caller's tenant, and once", async () => {
  const ask = openCaller("rival");
  const path = "/jobs/make_plans/run";
  assert.deepEqual((await ask("POST", path)).body, {
    ["run_id"]: "run_of_rival/make_plans",
  });
  assert.deepEqual((await ask("POST", path)).body, { ["run_id"]: null });
  assert.equal((await ask("POST", "/jobs/make_money/run")).status, 422);
});
