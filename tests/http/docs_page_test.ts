/**
 * The documentation as a browser shows it: every route is on the page, and the
 * page's own policy refuses nothing of it. Its examples are calls that a shell makes.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createApp } from "../../core/http/app.ts";
import { printDocs } from "../../core/http/docs_page.tsx";
import { createOpenApi } from "../../core/http/openapi.ts";
import { ENDPOINTS } from "../../core/http/routes/all.ts";
import { needingChromium, render } from "../servers/chromium.ts";
import { createStub } from "./stub_engine.ts";

Deno.test({
  ...needingChromium(
    "/docs shows every route in a browser and breaks no policy",
  ),
  fn: async () => {
    const app = createApp(createStub().engine, { version: "0.0.0" });
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => app.fetch(request),
    );
    try {
      const page = await render(`http://127.0.0.1:${server.addr.port}/docs`);
      for (const path of Object.keys(createOpenApi().paths ?? {})) {
        assert.ok(page.html.includes(path), `${path} is not on the page`);
      }
      assert.deepEqual(page.console, []);
    } finally {
      await server.shutdown();
    }
  },
});

/** What a shell hands to `curl`, ids of paths set to their names. */
async function argumentsOf(call: string): Promise<readonly string[]> {
  const script = `curl() { printf '%s\\0' "$@"; }; openssl() { echo key; }
    MOE_URL=http://moe MOE_KEY=moe_1 ID=id NAME=name\n${call}`;
  const ran = await new Deno.Command("sh", { args: ["-eu", "-c", script] })
    .output();
  const decoder = new TextDecoder();
  assert.ok(ran.success, `${call}\n${decoder.decode(ran.stderr)}`);
  return decoder.decode(ran.stdout).split("\0").slice(0, -1);
}

Deno.test("/docs: every example is a call of its route", async () => {
  const page = printDocs(createOpenApi()).text;
  const calls = [...page.matchAll(/<pre><code>(curl .*?)<\/code>/gs)].map((
    [, call = ""],
  ) =>
    call.replaceAll("&quot;", '"').replaceAll("&#39;", "'")
      .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&")
  );
  const wanted = ENDPOINTS.filter(({ example }) => example !== undefined);
  const told = await Promise.all(calls.map(argumentsOf));
  const asExpected = wanted.map((endpoint) => [
    `http://moe${endpoint.path.replaceAll(/[{}]/g, "")}`,
    ...endpoint.method === "post" ? [] : ["-X", endpoint.method.toUpperCase()],
    ...["-H", "Authorization: Bearer moe_1"],
    ...["-H", "Content-Type: application/json"],
    ...endpoint.scope !== null && endpoint.idempotency !== null
      ? ["-H", "Idempotency-Key: key"]
      : [],
    ...["-d", JSON.stringify(endpoint.example, null, 2)],
  ]);
  const inOrder = (calls: readonly (readonly string[])[]) =>
    calls.toSorted(([a = ""], [b = ""]) => a < b ? -1 : 1);
  assert.deepEqual(inOrder(told), inOrder(asExpected));
});
