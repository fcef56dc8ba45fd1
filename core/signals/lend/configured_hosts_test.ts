/**
 * Hosts that an operator names in a configuration: each exactly, and without a token.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { HttpCall } from "../../../plugins/contract.ts";
import { lendHttp } from "./http.ts";

function lend(configuredHosts: readonly string[]) {
  const sent: Request[] = [];
  const http = lendHttp({
    hosts: ["api.example"],
    configuredHosts,
    lease: { token: () => Promise.resolve("t-1"), expired: () => {} },
    persistence: {
      pause: () => Promise.resolve(),
      guard: (_host, run) => run(),
    },
    fetch: (request) => {
      sent.push(request);
      return Promise.resolve(Response.json({}));
    },
  });
  return { http, sent };
}

Deno.test("a host of the configuration is called, its signed query as it is", async () => {
  const { http, sent } = lend(["files.example"]);
  const url = "https://files.example/a%2Fb.json?sig=a%2bb&x=1+2";
  await http.json(url);
  assert.deepEqual(sent.map((request) => request.url), [url]);
  assert.equal(sent[0]?.headers.get("authorization"), null);
});

Deno.test.each<{ note: string; call: HttpCall }>([
  { note: "the source's token", call: { signedIn: true } },
  { note: "a token of the connector's own", call: { bearer: "t-2" } },
])("a host of the configuration does not get $note", async ({ call }) => {
  const { http, sent } = lend(["files.example"]);
  await assert.rejects(http.json("https://files.example/", call), {
    code: "connector_failed",
    message: /gets no token/,
  });
  assert.equal(sent.length, 0);
  await http.json("https://api.example/", call);
  assert.equal(sent.length, 1);
});

Deno.test.each([
  { named: "files.example", url: "https://a.files.example/" },
  { named: "*.example", url: "https://files.example/" },
  { named: "files.example", url: "http://files.example/" },
  { named: "files.example", url: "https://files.example.evil.example/" },
])(
  "$named in a configuration does not let $url be called",
  async ({ named, url }) => {
    const { http, sent } = lend([named]);
    await assert.rejects(http.json(url), { code: "connector_failed" });
    assert.equal(sent.length, 0);
  },
);

Deno.test.each([
  { named: "127.0.0.1", url: "http://127.0.0.1:9/", called: true },
  { named: "localhost", url: "http://127.0.0.1:9/", called: false },
])("$named in a configuration: $url is called: $called", async (row) => {
  const { http, sent } = lend([row.named]);
  const calling = http.json(row.url);
  await (row.called
    ? calling
    : assert.rejects(calling, { code: "connector_failed" }));
  assert.equal(sent.length, Number(row.called));
  await assert.rejects(http.json(row.url, { signedIn: true }));
});
