/**
 * Whom the engine calls, on real connections: no redirect leads it elsewhere, and no name
 * that stands for this machine is called unless it was named.
 *
 * @module
 */
import assert from "node:assert/strict";
import { callerOf } from "../../core/commands/lend.ts";
import { openKeySetSource } from "../../core/http/access/key_set_source.ts";
import { lendHttp } from "../../core/signals/lend/http.ts";

/** A server that sends everybody to another, which counts who comes. */
async function withRedirect(
  work: (url: string, arrived: () => number) => Promise<void>,
): Promise<void> {
  let arrived = 0;
  const local = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  const inside = Deno.serve(local, () => {
    arrived += 1;
    return Response.json({ keys: [] });
  });
  const outside = Deno.serve(
    local,
    () =>
      Response.redirect(`http://127.0.0.1:${inside.addr.port}/meta-data`, 307),
  );
  try {
    await work(`http://127.0.0.1:${outside.addr.port}/`, () => arrived);
  } finally {
    await outside.shutdown();
    await inside.shutdown();
  }
}

const persistence = {
  pause: () => Promise.resolve(),
  guard: <T>(_host: string, work: () => Promise<T>) => work(),
};

Deno.test("a source that sends a call elsewhere is refused", async () => {
  await withRedirect(async (url, arrived) => {
    const http = lendHttp({
      ...{ hosts: [], loopback: true, persistence, fetch: callerOf([]) },
    });
    for (const call of [{}, { body: { a: 1 } }, { form: { a: "1" } }]) {
      await assert.rejects(http.json(url, call), { code: "source_refused" });
    }
    assert.equal(arrived(), 0);
  });
});

Deno.test("an issuer that sends a call elsewhere gives no keys", async () => {
  await withRedirect(async (url, arrived) => {
    await assert.rejects(openKeySetSource(url, callerOf([]))(), TypeError);
    assert.equal(arrived(), 0);
  });
});

Deno.test.each([
  ...["https://169.254.169.254/latest", "https://[::ffff:7f00:1]/"],
  ...["https://127.0.0.2/", "https://2130706434/", "https://0/"],
])("a source, and an issuer, at %s is not called", async (url) => {
  const http = lendHttp({
    ...{ hosts: [new URL(url).hostname], persistence, fetch: callerOf([]) },
  });
  await assert.rejects(http.json(url), {
    code: "connector_failed",
    message: /MOE_PRIVATE_HOSTS/,
  });
  const read = openKeySetSource(url, callerOf([]));
  await assert.rejects(read(), { code: "connector_failed" });
});
