/**
 * The documentation as a browser shows it: every route is on the page, and the
 * page's own policy refuses nothing of it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createApp } from "../../core/http/app.ts";
import { createOpenApi } from "../../core/http/openapi.ts";
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
