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

/** Members with names that objects keep in an order of their own, or would not set. */
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.jsonValue(),
    fc.bigInt(),
    fc.array(fc.option(tie("value"), { nil: undefined })),
    fc.dictionary(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.constantFrom(
          "10",
          "9",
          "0",
          "__proto__",
          "toJSON",
          "",
          "constructor",
        ),
      ),
      fc.option(tie("value"), { nil: undefined }),
      { noNullPrototype: false },
    ),
  ),
})).value;

/** Name by name, as RFC 8785 tells it. */
function printNaively(value: unknown): string {
  if (typeof value === "bigint") return `"${value}"`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    return `[${value.map((item) => printNaively(item ?? null)).join(",")}]`;
  }
  const members = Object.entries(value).filter(([, member]) =>
    member !== undefined
  ).sort(([one], [other]) => one < other ? -1 : 1);
  return `{${
    members.map(([name, member]) =>
      `${JSON.stringify(name)}:${printNaively(member)}`
    ).join(",")
  }}`;
}

Deno.test("canonicalJson() sorts whatever names there are", () => {
  fc.assert(fc.property(value, (value) => {
    assert.equal(canonicalJson(value), printNaively(value));
  }));
  const named = JSON.parse('{"b":1,"__proto__":{"10":1,"9":2},"a":[{"1":0}]}');
  assert.equal(
    canonicalJson(named),
    '{"__proto__":{"10":1,"9":2},"a":[{"1":0}],"b":1}',
  );
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
