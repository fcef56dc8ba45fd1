/**
 * A master key that a program holds: it wraps and unwraps, and when it does not the
 * reason is told without what it said.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createCommandMaster } from "../../core/commands/key_command.ts";
import { createMemoryKeys } from "../../core/encryption/memory_stores_test.ts";
import { createTenantKeys } from "../../core/encryption/tenant_keys.ts";
import { systemClock } from "../../core/store/clock.ts";

/** Every byte goes half way around; twice is once around. */
const TURN = [
  "sh",
  "-c",
  String.raw`base64 -d | LC_ALL=C tr "\000-\377" "\200-\377\000-\177" | base64`,
];

Deno.test("what a program wraps it unwraps, on another node too", async () => {
  const store = createMemoryKeys();
  const node = () => {
    const master = createCommandMaster(TURN);
    return createTenantKeys({ store, master, clock: systemClock });
  };
  const made = await node().ring("acme");
  const found = await node().ring("acme");
  assert.equal(found.newest.id, made.newest.id);
  assert.equal(found.blind("subject:u-1"), made.blind("subject:u-1"));
  assert.equal(store.records[0]?.wrapper, "command");
});

Deno.test("it is told what is asked for by its last argument", async () => {
  const master = createCommandMaster(["sh", "-c", "printf %s $0 | base64"]);
  const said = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.equal(said(await master.wrap(new Uint8Array(1))), "wrap");
  assert.equal(
    said(await master.unwrap(new Uint8Array(1), "command")),
    "unwrap",
  );
});

Deno.test.each([
  {
    note: "fails",
    argv: ["sh", "-c", "echo s3cret >&2; exit 3"],
    code: "store_unavailable",
    reason: /it ended with 3/,
  },
  {
    note: "says what is no base64",
    argv: ["sh", "-c", "echo 's3cret!'"],
    code: "store_unavailable",
    reason: /does not answer in base64/,
  },
  {
    note: "says nothing",
    argv: ["sh", "-c", "true"],
    code: "store_unavailable",
    reason: /does not answer in base64/,
  },
  {
    note: "is not there",
    argv: ["/nowhere/wrap"],
    code: "configuration_invalid",
    reason: /no such program/,
  },
])("a program that $note is named with the reason", async (given) => {
  const wrapping = createCommandMaster(given.argv).wrap(new Uint8Array(32));
  await assert.rejects(wrapping, (error: Error & { code?: string }) => {
    assert.equal(error.code, given.code);
    assert.match(error.message, given.reason);
    assert.doesNotMatch(error.message, /s3cret/);
    return true;
  });
});
