/**
 * What is sealed opens in its place, by its key, whole; and in no other way.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { deriveKey, newKey, open, seal } from "./envelope.ts";

const ROOT = new Uint8Array(32).fill(7);
const KEY = deriveKey(ROOT, "seal");
const place = fc.array(fc.string(), { minLength: 1, maxLength: 4 });
const content = fc.uint8Array({ maxLength: 300 });

Deno.test("what is sealed opens to the same bytes, and text to the same text", () => {
  fc.assert(fc.property(place, content, fc.string({ unit: "grapheme" }), (
    where,
    bytes,
    text,
  ) => {
    const opened = open(KEY, where, seal(KEY, where, bytes));
    assert.deepEqual(new Uint8Array(opened ?? []), bytes);
    const again = open(KEY, where, seal(KEY, where, text));
    assert.equal(again?.toString("utf8"), text.toWellFormed());
  }));
});

Deno.test("one bit that is not as it was, and nothing opens", () => {
  fc.assert(fc.property(place, content, fc.nat(), (where, bytes, at) => {
    const sealed = seal(KEY, where, bytes);
    const bit = at % (sealed.length * 8);
    sealed[bit >> 3] = (sealed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(open(KEY, where, sealed), null);
  }));
});

Deno.test("what is cut opens nowhere", () => {
  fc.assert(fc.property(place, content, fc.nat(), (where, bytes, at) => {
    const sealed = seal(KEY, where, bytes);
    const cut = sealed.subarray(0, at % sealed.length);
    assert.equal(open(KEY, where, cut), null);
  }));
});

Deno.test("another place does not open it, however alike the two look", () => {
  fc.assert(fc.property(place, place, content, (where, other, bytes) => {
    fc.pre(JSON.stringify(where) !== JSON.stringify(other));
    assert.equal(open(KEY, other, seal(KEY, where, bytes)), null);
  }));
  const sealed = seal(KEY, ["a", "b"], "text");
  for (const other of [["a,b"], ["ab"], ["a", "b", ""], ["b", "a"]]) {
    assert.equal(open(KEY, other, sealed), null);
  }
});

Deno.test("another key does not open it, nor one of another use", () => {
  const sealed = seal(KEY, ["a"], "text");
  for (const root of [newKey(), ROOT]) {
    assert.equal(open(deriveKey(root, "naming"), ["a"], sealed), null);
  }
  assert.equal(open(deriveKey(newKey(), "seal"), ["a"], sealed), null);
  assert.notEqual(open(deriveKey(ROOT, "seal"), ["a"], sealed), null);
});

Deno.test("no nonce comes twice, and nothing is sealed alike", () => {
  const nonces = new Set<string>();
  for (let count = 0; count < 20_000; count++) {
    nonces.add(seal(KEY, [], "").subarray(0, 12).toString("hex"));
  }
  assert.equal(nonces.size, 20_000);
});
