/**
 * The configuration is read whole and refused whole.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "./configuration.ts";

Deno.test("readConfiguration() listens on loopback by default", () => {
  const { host, port, databaseUrl } = readConfiguration(() => undefined);
  assert.deepEqual({ host, port, databaseUrl }, {
    host: "127.0.0.1",
    port: 8080,
    databaseUrl: null,
  });
});

Deno.test("readConfiguration() materialises every hour unless told otherwise", () => {
  const minutes = (given?: string) =>
    readConfiguration((name) =>
      name === "MOE_MATERIALIZE_MINUTES" ? given : undefined
    ).materializeMinutes;
  assert.deepEqual([minutes(), minutes("0"), minutes("15")], [60, 0, 15]);
  assert.throws(() => minutes("-1"), /MOE_MATERIALIZE_MINUTES/);
});

Deno.test("readConfiguration() asks for no evidence of consistency unless told", () => {
  const consistency = (given: Record<string, string>) =>
    readConfiguration((name) => given[name]).consistency;
  assert.deepEqual(consistency({}), { maxMismatch: 0.01, required: false });
  assert.deepEqual(
    consistency({ MOE_MAX_MISMATCH: "0.002", MOE_REQUIRE_CONSISTENCY: "1" }),
    { maxMismatch: 0.002, required: true },
  );
  assert.throws(() => consistency({ MOE_MAX_MISMATCH: "1" }), /MOE_MAX_MIS/);
  assert.throws(() => consistency({ MOE_REQUIRE_CONSISTENCY: "yes" }));
});

Deno.test("readConfiguration() names every wrong variable and no value", () => {
  const wrong: Record<string, string> = {
    MOE_PORT: "s3cret",
    DATABASE_URL: "mysql://s3cret",
  };
  assert.throws(() => readConfiguration((name) => wrong[name]), (error) => {
    assert.match(String(error), /DATABASE_URL.*MOE_PORT/);
    assert.doesNotMatch(String(error), /s3cret/);
    return true;
  });
});

Deno.test("readConfiguration() takes certificate and key together, and CAs of clients beside them", () => {
  const tls = (given: Record<string, string>) =>
    readConfiguration((name) => given[name]).tls;
  const [cert, key, clientCa] = ["cert.pem", "key.pem", "ca.pem"];
  const both = { MOE_TLS_CERT: cert, MOE_TLS_KEY: key };
  assert.equal(tls({}), null);
  assert.deepEqual(tls(both), { cert, key, clientCa: null });
  const all = { ...both, MOE_TLS_CLIENT_CA: clientCa };
  assert.deepEqual(tls(all), { cert, key, clientCa });
  assert.throws(() => tls({ MOE_TLS_CERT: cert }), /MOE_TLS_KEY/);
  assert.throws(() => tls({ MOE_TLS_KEY: key }), /MOE_TLS_CERT/);
  assert.throws(() => tls({ MOE_TLS_CLIENT_CA: clientCa }), /MOE_TLS_CERT/);
  const known = { MOE_CLIENT_CERTS: "known.json" };
  assert.throws(() => tls(known), /MOE_TLS_CERT.*MOE_TLS_CLIENT_CA/);
  assert.throws(() => tls({ ...both, ...known }), /MOE_TLS_CLIENT_CA/);
  assert.deepEqual(tls({ ...all, ...known }), { cert, key, clientCa });
});

Deno.test("readConfiguration() takes the program that wraps keys as a list of words", () => {
  const command = (text: string) =>
    readConfiguration((name) =>
      name === "MOE_MASTER_KEY_COMMAND" ? text : undefined
    ).masterKey.command;
  assert.deepEqual(command('["/opt/wrap","--key","k"]'), [
    "/opt/wrap",
    "--key",
    "k",
  ]);
  for (const text of ["/opt/wrap", "[]", '[""]', "[1]", '{"a":1}']) {
    assert.throws(() => command(text), /MOE_MASTER_KEY_COMMAND/, text);
  }
});

Deno.test("readConfiguration() spells hosts inside as URLs do", () => {
  const hosts = (given?: string) =>
    readConfiguration((name) =>
      name === "MOE_PRIVATE_HOSTS" ? given : undefined
    ).privateHosts;
  assert.deepEqual(hosts(), []);
  assert.deepEqual(hosts("IdP.Internal, 0x0a.1, [FD00::1]"), [
    ...["idp.internal", "10.0.0.1", "[fd00::1]"],
  ]);
  for (const text of ["a b", "https://a", "a/b", "u@a", "a:1", "a,,b"]) {
    assert.throws(() => hosts(text), /MOE_PRIVATE_HOSTS/, text);
  }
});
