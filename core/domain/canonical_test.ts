/**
 * One text for one value.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalJson, digest, sha256 } from "./canonical.ts";

Deno.test("canonicalJson() does not depend on the order of keys", () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
    const reversed = Object.fromEntries(Object.entries(value).reverse());
    assert.equal(canonicalJson(reversed), canonicalJson(value));
  }));
});

Deno.test("canonicalJson() parses back to the same value", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const plain = JSON.parse(JSON.stringify(value));
    assert.deepEqual(JSON.parse(canonicalJson(plain)), plain);
  }));
});

Deno.test("canonicalJson() prints bigints as text and leaves out what is absent", () => {
  assert.equal(
    canonicalJson({ b: 2n ** 60n, a: undefined, c: [null, undefined] }),
    '{"b":"1152921504606846976","c":[null,null]}',
  );
});

Deno.test.each([{ value: NaN }, { value: Infinity }])(
  "canonicalJson() refuses $value",
  ({ value }) => {
    assert.throws(() => canonicalJson(value), TypeError);
  },
);

Deno.test("digest() is the SHA-256 of the canonical text", () => {
  assert.equal(digest({ a: 1 }), sha256('{"a":1}'));
  assert.equal(
    sha256(""),
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
});
