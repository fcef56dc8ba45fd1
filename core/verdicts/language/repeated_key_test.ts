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
  { text: '{"a":"\\\\","a":"}"}', want: "a" },
])("findRepeatedKey() answers $want for $text", ({ text, want }) => {
  assert.equal(findRepeatedKey(text), want);
});

Deno.test("findRepeatedKey() gets to the end of texts of any length", () => {
  for (const one of ["x", '"']) {
    const text = JSON.stringify({ a: one.repeat(1e7) });
    assert.equal(findRepeatedKey(`{"b":1,"c":${text},"b":2}`), "b");
  }
});
