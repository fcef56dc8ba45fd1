/**
 * Where the issuer's keys are read from, and where they are not.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isKeySetSource, openKeySetSource } from "./key_set_source.ts";

Deno.test.each([
  "https://issuer.example/keys",
  "http://127.0.0.1:8080/keys",
  "http://localhost/keys",
  "http://[::1]:1/keys",
  "/etc/moe/keys.json",
  "keys.json",
])("keys are read from %s", (where) => assert.ok(isKeySetSource(where)));

Deno.test.each([
  "",
  "http://issuer.example/keys",
  "http://localhost.attacker.example/keys",
  "http://127.0.0.1.attacker.example/keys",
  "http://127.0.0.1@attacker.example/keys",
  "http://169.254.169.254/latest/meta-data",
  "ftp://127.0.0.1/keys",
  "file:///etc/passwd",
  "data://text/plain,{}",
])('keys are not read from "%s"', (where) => {
  assert.ok(!isKeySetSource(where));
  assert.throws(() => openKeySetSource(where), RangeError);
});

Deno.test("keys in a file are read anew each time", async () => {
  const file = await Deno.makeTempFile();
  const read = openKeySetSource(file);
  for (const keys of [[], [{ kid: "a" }]]) {
    await Deno.writeTextFile(file, JSON.stringify({ keys }));
    assert.deepEqual(await read(), { keys });
  }
  await Deno.remove(file);
  await assert.rejects(read());
});
