/**
 * API keys.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  createApiKey,
  isSecretOf,
  parseApiKey,
  printApiKey,
} from "./api_key.ts";

const hex = (length: number) =>
  fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));

const GRANT = {
  tenant: "acme",
  name: "tester",
  scopes: ["score"],
  createdAt: "2026-01-31T09:00:00.000Z",
  expiresAt: null,
} as const;

Deno.test("parseApiKey() is the inverse of printApiKey()", () => {
  fc.assert(fc.property(hex(16), hex(64), (id, secret) => {
    assert.deepEqual(parseApiKey(printApiKey({ id, secret })), { id, secret });
  }));
});

Deno.test("parseApiKey() takes nothing else", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    assert.equal(parseApiKey(text), null);
  }));
  const { text } = createApiKey(GRANT);
  for (
    const other of [` ${text}`, `${text}\n`, text.toUpperCase(), `${text}0`]
  ) {
    assert.equal(parseApiKey(other), null);
  }
});

Deno.test("createApiKey() keeps the hash of the secret and not the secret", () => {
  const { key, text } = createApiKey(GRANT);
  const parts = parseApiKey(text);
  assert.equal(parts?.id, key.id);
  assert.ok(isSecretOf(key, parts?.secret ?? ""));
  assert.ok(!JSON.stringify(key).includes(parts?.secret ?? "-"));
  assert.equal(key.revokedAt, null);
});

Deno.test("createApiKey() never makes the same key twice", () => {
  const texts = Array.from({ length: 100 }, () => createApiKey(GRANT).text);
  assert.equal(new Set(texts).size, 100);
});

Deno.test("isSecretOf() refuses every other secret", () => {
  const { key } = createApiKey(GRANT);
  fc.assert(fc.property(fc.string(), (secret) => {
    assert.ok(!isSecretOf(key, secret));
  }));
  assert.ok(!isSecretOf({ ...key, secretHash: "" }, ""));
});
