/**
 * What counts as personal data, and what must not.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  findPersonalData,
  holdsEmail,
  isAccountNumber,
  replaceEmails,
} from "./personal_data.ts";

const RUNS = { numRuns: 500 };
const word = fc.stringMatching(/^[a-z0-9]{1,12}$/);
const digits = (least: number, most: number) =>
  fc.stringMatching(new RegExp(`^[1-9][0-9]{${least - 1},${most - 1}}$`));

const email = fc.tuple(word, word, fc.constantFrom("com", "de", "co.uk", "org"))
  .map(([name, host, end]) => `${name}@${host}.${end}`);

/** A number with country code, its digits grouped at random. */
const international = fc.tuple(
  digits(8, 14),
  fc.array(fc.constantFrom("", "", " ", "-"), { minLength: 14, maxLength: 14 }),
).map(([number, gaps]) =>
  `+${
    [...number].map((digit, i) => (i ? gaps[i - 1] ?? "" : "") + digit).join("")
  }`
);

const frame = fc.constantFrom(
  (text: string) => text,
  (text: string) => `to ${text}`,
  (text: string) => `${text}, please`,
  (text: string) => `<${text}>`,
);

Deno.test("findPersonalData() finds e-mail addresses in any surroundings", () => {
  fc.assert(
    fc.property(email, frame, (text, around) => {
      assert.equal(findPersonalData(around(text)), "email");
    }),
    RUNS,
  );
});

Deno.test("findPersonalData() sees through encodings and capitals", () => {
  fc.assert(
    fc.property(email, (text) => {
      assert.equal(findPersonalData(encodeURIComponent(text)), "email");
      assert.equal(findPersonalData(text.toUpperCase()), "email");
      assert.equal(findPersonalData(text.replace("@", "\uff20")), "email");
    }),
    RUNS,
  );
});

Deno.test("findPersonalData() finds numbers with a country code, however grouped", () => {
  fc.assert(
    fc.property(international, frame, (text, around) => {
      assert.equal(findPersonalData(around(text)), "phone", text);
    }),
    RUNS,
  );
});

Deno.test("findPersonalData() lets plain digits through, whatever their number", () => {
  fc.assert(
    fc.property(digits(1, 30), (text) => {
      assert.equal(findPersonalData(text), null);
    }),
    RUNS,
  );
});

Deno.test("findPersonalData() lets ids through that join words and digits", () => {
  const part = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
  const joint = fc.constantFrom("-", "_", "/", ":", ".");
  fc.assert(
    fc.property(
      part,
      joint,
      digits(1, 12),
      joint,
      digits(1, 12),
      (...parts) => {
        assert.equal(findPersonalData(parts.join("")), null, parts.join(""));
      },
    ),
    RUNS,
  );
});

Deno.test("findPersonalData() lets printed numbers, moments and UUIDs through", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      assert.equal(findPersonalData(String(value)), null);
      assert.equal(findPersonalData(value.toFixed(2)), null);
    }),
    RUNS,
  );
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true }), (at) => {
      const text = at.toISOString();
      if (text.startsWith("+") || text.startsWith("-")) return;
      assert.equal(findPersonalData(text), null);
      assert.equal(findPersonalData(text.slice(0, 10)), null);
    }),
    RUNS,
  );
  fc.assert(fc.property(fc.uuid(), (text) => {
    assert.equal(findPersonalData(text), null);
  }));
});

Deno.test("findPersonalData() takes any text, long ones in little time", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.ok([null, "email", "phone"].includes(findPersonalData(text)));
  }));
  const started = performance.now();
  for (const unit of ["a@", "1 ", "+1", "(0", "a.", "@a.", "1-", " 0 1"]) {
    findPersonalData(unit.repeat(5_000));
    findPersonalData(`x@${unit.repeat(5_000)}`);
  }
  assert.ok(performance.now() - started < 1000);
});

Deno.test.each([
  "(555) 123-4567",
  "555-123-4567",
  "555.123.4567",
  "1-800-555-0199",
  "call 555-123-4567 now",
  "tel:030 1234567",
  "030/1234567",
  "0171-1234567",
  "06 12 34 56 78",
  "0044 20 7946 0958",
  "612 345 678",
  "+7 (495) 123-45-67",
  "+\uff14\uff19 171 1234567",
  "+49\u2011171\u20111234567",
])("findPersonalData() takes %s for a phone number", (text) => {
  assert.equal(findPersonalData(text), "phone");
});

Deno.test.each([
  "c-123-456-7890",
  "31.12.2026",
  "2026-01-01 2026-02-01",
  "192.168.100.200",
  "1234567.89",
  "1 234",
  "budget_step@3/step_too_large",
  "email_visit@3",
  "a@1.0.0",
  "placement:c-17/feed",
  "ca-pub-1234567890123456",
  "1234-5678-9012",
  "0-1000000",
  "C++",
  "50%",
  "Europe/Berlin",
])("findPersonalData() takes %s for an id", (text) => {
  assert.equal(findPersonalData(text), null);
});

Deno.test("isAccountNumber() knows the form of an advertising account alone", () => {
  assert.ok(isAccountNumber("123-456-7890"));
  assert.ok(!isAccountNumber("1-123-456-7890"));
  assert.ok(!isAccountNumber("555 123 4567"));
});

Deno.test.each([
  { text: "ann@example.com", want: true },
  { text: "ask <Ann.B+x@mail.example.co.uk>, please", want: true },
  { text: "@home", want: false },
  { text: "ann at example.com", want: false },
  { text: "https://example.com/@ann", want: false },
  { text: "7@9", want: false },
  { text: "ann%40example.com", want: true },
  { text: "ann@пример.рф", want: true },
  { text: "ann＠cafe\u0301．fr", want: true },
  { text: "ann@mail_1.example.com_old", want: true },
  { text: "https://example.com/@ann.smith", want: false },
  { text: "model@1.0.beta2", want: false },
])("holdsEmail() of $text is $want", ({ text, want }) => {
  assert.equal(holdsEmail(text), want);
});

const redact = () => "[redacted]";

Deno.test("replaceEmails() leaves no address and nothing else out", () => {
  fc.assert(
    fc.property(fc.emailAddress(), fc.nat(9), (address, at) => {
      const text = `row ${at}, ${address}, end`;
      const redacted = replaceEmails(text, redact);
      assert.ok(!holdsEmail(redacted));
      assert.match(redacted, /^row \d, .*, end$/);
    }),
  );
  assert.equal(replaceEmails("no address", redact), "no address");
  assert.equal(replaceEmails("id=ann%40example.com", redact), "id=[redacted]");
});

Deno.test("holdsEmail() searches long texts in linear time", () => {
  const began = performance.now();
  holdsEmail("a".repeat(500_000) + "@" + "b.".repeat(250_000));
  assert.ok(performance.now() - began < 2000);
});
