/**
 * A route is found however its path is written, and whoever finds it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createApp } from "../../core/http/app.ts";
import { ENDPOINTS } from "../../core/http/routes/all.ts";
import { createStub } from "./stub_engine.ts";

const FIXED = ENDPOINTS.filter(({ path }) => !path.includes("{"));

Deno.test("routes of a fixed path are found as sent, with a query, and encoded", async () => {
  const routes: string[] = [];
  const app = createApp(createStub().engine, {
    version: "1",
    log: ({ method, route }) => routes.push(`${method} ${route}`),
  });
  for (const { method, path } of FIXED) {
    const name = method.toUpperCase();
    const encoded = path.replace(
      /\w$/,
      (letter) => `%${letter.charCodeAt(0).toString(16)}`,
    );
    for (const sent of [path, `${path}?limit=3&x=/`, encoded]) {
      const answer = await app.request(sent, { method: name });
      assert.notEqual(answer.status, 404, `${name} ${sent}`);
      assert.equal(routes.pop(), `${name} ${path}`, sent);
    }
    const other = await app.request(`${path}/`, { method: name });
    assert.notEqual(routes.pop(), `${name} ${path}`, `${path}/`);
    await other.body?.cancel();
  }
});

Deno.test("what is found by GET is found by HEAD, without a body", async () => {
  const app = createApp(createStub().engine, { version: "1" });
  const [get, head] = [
    await app.request("/healthz"),
    await app.request("/healthz", { method: "HEAD" }),
  ];
  assert.deepEqual([get.status, head.status], [200, 200]);
  assert.notEqual(await get.text(), "");
  assert.equal(await head.text(), "");
});

Deno.test("a host that holds a path is refused", async () => {
  const app = createApp(createStub().engine, { version: "1" });
  const headers = { host: "a/optimization/score?" };
  const answer = await app.request("/healthz", { headers });
  assert.equal(answer.status, 400);
});
