/**
 * What Postgres prints is read back as it was written.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { DECODERS, encodeParam } from "./codec.ts";

const TEXT_ARRAY = 1009;
const INT8_ARRAY = 1016;
const TIMESTAMPTZ = 1184;
const BYTEA = 17;

function decode(type: number, text: string | null): unknown {
  return DECODERS[type]?.(text ?? "");
}

Deno.test("arrays of text come back whatever they hold", () => {
  fc.assert(fc.property(
    fc.array(fc.option(fc.string({ unit: "grapheme" }))),
    (elements) => {
      assert.deepEqual(decode(TEXT_ARRAY, encodeParam(elements)), elements);
    },
  ));
});

Deno.test("arrays of whole numbers come back exactly", () => {
  fc.assert(fc.property(
    fc.array(fc.option(fc.bigInt())),
    (elements) => {
      assert.deepEqual(decode(INT8_ARRAY, encodeParam(elements)), elements);
    },
  ));
});

Deno.test("bytes come back", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    assert.deepEqual(decode(BYTEA, encodeParam(bytes)), bytes);
  }));
});

Deno.test("instants have milliseconds, whatever Postgres prints", () => {
  const printed = [
    ["2026-01-31 09:00:00+00", "2026-01-31T09:00:00.000Z"],
    ["2026-01-31 09:00:00.5+00", "2026-01-31T09:00:00.500Z"],
    ["2026-01-31 09:00:00.123999+00", "2026-01-31T09:00:00.123Z"],
  ];
  for (const [text = "", instant] of printed) {
    assert.equal(decode(TIMESTAMPTZ, text), instant);
  }
});

Deno.test("objects become JSON, and nothing becomes null", () => {
  assert.equal(encodeParam({ a: [1] }), '{"a":[1]}');
  assert.equal(encodeParam(undefined), null);
  assert.equal(encodeParam(null), null);
  assert.equal(encodeParam(10n ** 18n), "1000000000000000000");
});
