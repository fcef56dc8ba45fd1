/**
 * Personal data.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { holdsEmail, redactEmails } from "./personal.ts";

Deno.test.each([
  { text: "ann@example.com", want: true },
  { text: "ask <Ann.B+x@mail.example.co.uk>, please", want: true },
  { text: "@home", want: false },
  { text: "ann at example.com", want: false },
  { text: "https://example.com/@ann", want: false },
  { text: "7@9", want: false },
])("holdsEmail() of $text is $want", ({ text, want }) => {
  assert.equal(holdsEmail(text), want);
});

Deno.test("redactEmails() leaves no address and nothing else out", () => {
  fc.assert(
    fc.property(fc.emailAddress(), fc.nat(9), (address, at) => {
      const text = `row ${at}, ${address}, end`;
      const redacted = redactEmails(text);
      assert.ok(!holdsEmail(redacted));
      assert.match(redacted, /^row \d, .*, end$/);
    }),
  );
  assert.equal(redactEmails("no address"), "no address");
});

Deno.test("holdsEmail() searches long texts in linear time", () => {
  const began = performance.now();
  holdsEmail("a".repeat(500_000) + "@" + "b.".repeat(250_000));
  assert.ok(performance.now() - began < 2000);
});
