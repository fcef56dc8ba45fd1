/**
 * A member given twice is found, wherever it hides.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { findRepeatedKey } from "./repeated_key.ts";

Deno.test("findRepeatedKey() finds nothing in what JSON.stringify prints", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.nat(2), (value, indent) => {
    assert.equal(findRepeatedKey(JSON.stringify(value, null, indent)), null);
  }));
});

Deno.test.each([
  { text: '{"a":1,"a":2}', want: "a" },
  { text: '{"a":[{"b":"x","c":{},"b":[]}]}', want: "b" },
  { text: '{"a":{"a":1},"b":["a","a"],"a":0}', want: "a" },
  { text: '{"a":{"b":1},"c":{"b":1}}', want: null },
  { text: '{"\\"a":1,"\\u0022a":2}', want: '"a' },
  { text: '["a","a",{"a":"a"}]', want: null },
])("findRepeatedKey() answers $want for $text", ({ text, want }) => {
  assert.equal(findRepeatedKey(text), want);
});
