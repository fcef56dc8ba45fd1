/**
 * Money prints and parses back, without floats.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decimalFromMicros,
  isCurrency,
  microsFromDecimal,
  scaledFromDecimal,
} from "./money.ts";

Deno.test.each([
  { text: "12.34", want: 12_340_000n },
  { text: "-0.5", want: -500_000n },
  { text: "1.2E3", want: 1_200_000_000n },
  { text: "1.5e-2", want: 15_000n },
  { text: ".25", want: 250_000n },
  { text: "0.0000005", want: 1n },
  { text: "-0.0000005", want: -1n },
  { text: "0.00000049", want: 0n },
  { text: "9007199254740993", want: 9007199254740993000000n },
])("microsFromDecimal() reads $text exactly", ({ text, want }) => {
  assert.equal(microsFromDecimal(text), want);
});

Deno.test.each(
  ["", ".", "1,000", "12abc", "NaN", "Infinity", "0x10", "1e999", "--1"].map(
    (text) => ({ text }),
  ),
)("microsFromDecimal() refuses '$text'", ({ text }) => {
  assert.throws(() => microsFromDecimal(text), SyntaxError);
});

Deno.test("decimalFromMicros() is the inverse of microsFromDecimal()", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
      (micros) => {
        assert.equal(microsFromDecimal(decimalFromMicros(micros)), micros);
        assert.equal(microsFromDecimal(decimalFromMicros(micros, 2)), micros);
      },
    ),
  );
});

Deno.test("decimalFromMicros() prints the places asked for", () => {
  assert.equal(decimalFromMicros(12_300_000n, 2), "12.30");
  assert.equal(decimalFromMicros(12_000_000n), "12");
});

Deno.test("scaledFromDecimal() keeps the sign of what it rounds", () => {
  fc.assert(fc.property(fc.integer(), fc.nat(5), (whole, places) => {
    assert.equal(
      scaledFromDecimal(String(whole), places),
      BigInt(whole) * 10n ** BigInt(places),
    );
  }));
});

Deno.test("isCurrency() wants three capital letters", () => {
  assert.deepEqual(["EUR", "eur", "EURO", ""].map(isCurrency), [
    true,
    false,
    false,
    false,
  ]);
});
