/**
 * Text and number of plain values.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { scalarNumber, scalarText } from "./scalar.ts";

Deno.test.each([
  { value: "", text: "", number: null },
  { value: "abc", text: "abc", number: null },
  { value: "0x10", text: "0x10", number: null },
  { value: " 1", text: " 1", number: null },
  { value: "1\n", text: "1\n", number: null },
  { value: "-.5e1", text: "-.5e1", number: -5 },
  { value: "-0", text: "-0", number: 0 },
  { value: true, text: "true", number: null },
  { value: null, text: null, number: null },
  { value: 9007199254740993n, text: "9007199254740993", number: 2 ** 53 },
  { value: -1.5e21, text: "-1500000000000000000000", number: -1.5e21 },
  { value: 1.25e-7, text: "0.000000125", number: 1.25e-7 },
  { value: 1e-31, text: `0.${"0".repeat(30)}1`, number: null },
  { value: 1e30, text: `1${"0".repeat(30)}`, number: null },
])("scalarText() and scalarNumber() of $value", ({ value, text, number }) => {
  assert.equal(scalarText(value), text);
  assert.equal(scalarNumber(value), number);
});

Deno.test("scalarText() of a number has no exponent and reads back", () => {
  fc.assert(fc.property(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    (value) => {
      const text = scalarText(value) ?? "";
      assert.match(text, /^-?\d+(\.\d+)?$/);
      assert.equal(Number(text) + 0, value + 0);
    },
  ));
});
