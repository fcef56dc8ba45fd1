/**
 * Nobody listens in: without TLS a server is reached from its own machine alone.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "./configuration.ts";
import { demandPrivacy } from "./listen.ts";

const TLS = { MOE_TLS_CERT: "cert.pem", MOE_TLS_KEY: "key.pem" };

function listening(given: Readonly<Record<string, string>>) {
  return demandPrivacy(readConfiguration((name) => given[name]));
}

Deno.test.each([
  {},
  { MOE_HOST: "localhost" },
  { MOE_HOST: "127.8.0.1" },
  { MOE_HOST: "::1" },
  { MOE_HOST: "0.0.0.0", MOE_BEHIND_PROXY: "1" },
  { MOE_HOST: "0.0.0.0", ...TLS },
])("a server may listen with %j", (given) => {
  assert.equal(listening(given), undefined);
});

Deno.test.each([
  { MOE_HOST: "0.0.0.0" },
  { MOE_HOST: "::" },
  { MOE_HOST: "10.0.0.1" },
  { MOE_HOST: "127.0.0.1.example.com" },
  { MOE_HOST: "localhost.example.com" },
])("a server may not listen in the clear with %j", (given) => {
  assert.throws(() => listening(given), {
    code: "configuration_invalid",
    message: /MOE_TLS_CERT.*MOE_BEHIND_PROXY/,
  });
});
