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
