/**
 * Writes under an Idempotency-Key: which routes take one, and what it promises.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ENDPOINTS } from "../../core/http/routes/all.ts";
import { createApp } from "../../core/http/app.ts";
import { createStub } from "./stub_engine.ts";

/** Routes that take no key, and why. */
const WITHOUT: Readonly<Record<string, string>> = {
  "POST /features": "reads",
  "POST /erasures": "repeated it changes nothing; its body is not even hashed",
  "POST /keys": "its secret is shown once, and kept nowhere",
  "POST /keys/{id}/rotate": "its secret is shown once, and kept nowhere",
  "POST /keys/{id}/revoke": "once or twice is the same",
  "POST /decisions/{id}/replay": "reads",
  "POST /optimization/bids": "recommends, and keeps nothing",
  "POST /optimization/bids/notices": "each notice names its bid",
  "POST /optimization/bids/outcomes": "each outcome names its bid",
  "POST /optimization/budgets/{id}/reports": "each report names its slice",
  "POST /webhooks/{connector}/{source}": "deliveries are known by their ids",
};

Deno.test("every route that writes takes an Idempotency-Key, or says why not", () => {
  const without = ENDPOINTS.filter((endpoint) =>
    endpoint.method !== "get" &&
    (endpoint.scope === null || endpoint.idempotency === null)
  ).map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  assert.deepEqual(without.sort(), Object.keys(WITHOUT).sort());
});

Deno.test("a write with a key is done once, and its answer is given again", async () => {
  const { engine, grant } = createStub();
  const closed: string[] = [];
  const budgets: typeof engine.budgets = {
    ...engine.budgets,
    close: async (tenant, id) => {
      closed.push(id);
      return await engine.budgets.close(tenant, "spring")
        .then((standing) => ({ ...standing, id }));
    },
  };
  const app = createApp({ ...engine, budgets }, { version: "1" });
  const authorization = `Bearer ${grant()}`;
  const close = (key: string, budget: string) =>
    app.request(`/optimization/budgets/${budget}/close`, {
      method: "POST",
      headers: { authorization, "idempotency-key": key },
    });
  const first = await close("k-1", "spring");
  const second = await close("k-1", "spring");
  assert.deepEqual(
    [second.status, await second.text()],
    [200, await first.text()],
  );
  assert.equal(first.headers.get("idempotency-replayed"), null);
  assert.equal(second.headers.get("idempotency-replayed"), "true");
  assert.deepEqual(closed, ["spring"]);
  const reused = await close("k-1", "autumn");
  assert.equal(reused.status, 422, "a key is bound to what the path names");
  assert.equal((await reused.json()).code, "idempotency_key_reused");
  await close("k-2", "spring");
  assert.deepEqual(closed, ["spring", "spring"]);
});
