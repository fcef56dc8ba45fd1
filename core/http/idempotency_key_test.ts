/**
 * The Idempotency-Key header.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { EngineError } from "../domain/error.ts";
import {
  bindIdempotencyKey,
  MAX_KEY_LENGTH,
  parseIdempotencyKey,
} from "./idempotency_key.ts";

const key = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 255 });

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

Deno.test("parseIdempotencyKey() reads back any quoted key", () => {
  fc.assert(fc.property(key, (text) => {
    assert.equal(parseIdempotencyKey(quote(text)), text);
  }));
});

Deno.test("parseIdempotencyKey() takes bare and quoted for the same key", () => {
  fc.assert(fc.property(fc.uuid(), (text) => {
    assert.equal(parseIdempotencyKey(text), parseIdempotencyKey(`"${text}"`));
  }));
});

Deno.test("parseIdempotencyKey() says null without a header", () => {
  assert.equal(parseIdempotencyKey(undefined), null);
});

Deno.test.each(["", '""', '"open', "a b", 'a"b', "a,b", "k".repeat(256), "é"])(
  "parseIdempotencyKey() refuses %s",
  (header) => {
    assert.throws(
      () => parseIdempotencyKey(header),
      (error) =>
        error instanceof EngineError && error.code === "request_invalid",
    );
  },
);

Deno.test("parseIdempotencyKey() takes the longest key", () => {
  const longest = "k".repeat(MAX_KEY_LENGTH);
  assert.equal(parseIdempotencyKey(longest), longest);
});

Deno.test("bindIdempotencyKey() hashes route and body", () => {
  const bound = (route: string, body: string) =>
    bindIdempotencyKey("k", route, body)?.requestHash;
  assert.equal(bound("POST /a", "{}"), bound("POST /a", "{}"));
  assert.notEqual(bound("POST /a", "{}"), bound("POST /b", "{}"));
  assert.notEqual(bound("POST /a", "{}"), bound("POST /a", "{ }"));
  assert.equal(bindIdempotencyKey(null, "POST /a", "{}"), null);
});
