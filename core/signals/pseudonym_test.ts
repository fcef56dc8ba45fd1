/**
 * People at the door: the same person is the same pseudonym however spelt, ids stay
 * what they were.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  openPseudonyms,
  pseudonymize,
  pseudonymizeScalar,
} from "./pseudonym.ts";
import { pseudonymizeOriginal } from "./pseudonym_original.ts";
import { IMPERSONAL, SPELLINGS } from "../../tests/privacy/people.ts";

const KEY = new Uint8Array(32);
const PSEUDONYMS = openPseudonyms(KEY, "acme");
const RUNS = { numRuns: 500 };

const replace = (text: string, name = "") =>
  pseudonymize(name, text, PSEUDONYMS);
const replaceIn = (text: string) => pseudonymizeOriginal(text, PSEUDONYMS);

const EMAIL = PSEUDONYMS.of("email", "ann.lee@example.com");
const PHONE = PSEUDONYMS.of("phone", "+491711234567");
const IP = PSEUDONYMS.of("ip", "203.0.113.7");
const IP6 = PSEUDONYMS.of("ip", "2001:db8::7");

Deno.test("pseudonymize() gives one person one pseudonym, however spelt", () => {
  const known = { email: EMAIL, phone: PHONE, ip: IP, ip6: IP6 };
  for (const kind of ["email", "phone", "ip", "ip6"] as const) {
    for (const spelling of SPELLINGS[kind]) {
      assert.equal(replace(spelling), known[kind], spelling);
    }
  }
});

Deno.test("pseudonymize() gives one person another pseudonym by tenant, key and kind", () => {
  const others = [
    PSEUDONYMS,
    openPseudonyms(KEY, "rival"),
    openPseudonyms(KEY.with(0, 1), "acme"),
  ].flatMap((pseudonyms) =>
    ["ann@example.com", "203.0.113.7", "+491711234567"]
      .map((text) => pseudonymize("", text, pseudonyms))
  );
  assert.equal(new Set(others).size, 9);
  assert.throws(() => openPseudonyms(new Uint8Array(31), "acme"), RangeError);
});

Deno.test.each([
  { name: "phone", value: 301234567, want: "phone" },
  { name: "phone", value: "301234567", want: "phone" },
  { name: "customer.phoneNumber", value: "0171 / 123", want: "phone" },
  { name: "billing_phone", value: "301 23 45 67", want: "phone" },
  { name: "Mobile", value: "1711234567", want: "phone" },
  { name: "clientIp", value: "3405803783", want: "ip" },
  { name: "client_ip", value: 3405803783, want: "ip" },
  { name: "x-forwarded-for", value: "unknown", want: "ip" },
  { name: "e-mail", value: "ann.lee at example", want: "email" },
  { name: "traits.email", value: "Ann Lee <ann@example.com>", want: "email" },
  { name: "phone", value: "home: +49 171 1234567, evenings", want: "phone" },
])("pseudonymizeScalar() believes the name $name of $value", (told) => {
  const { name, value, want } = told;
  const clear = String(pseudonymizeScalar(name, value, PSEUDONYMS));
  assert.match(clear, new RegExp(`^${want}_[0-9a-f]{32}$`));
  assert.equal(pseudonymizeScalar(name, clear, PSEUDONYMS), clear);
});

Deno.test("pseudonymizeScalar() knows a phone number whether it was sent as text or as a number", () => {
  const sent = ["+49 171 1234567", "00491711234567", 491711234567];
  const pseudonyms = sent.map((value) =>
    pseudonymizeScalar("phone", value, PSEUDONYMS)
  );
  assert.deepEqual(pseudonyms, [PHONE, PHONE, PHONE]);
});

Deno.test.each([
  { name: "phone", value: 12 },
  { name: "phone", value: "iPhone 15" },
  { name: "phone", value: "n/a" },
  { name: "is_phone", value: true },
  { name: "device", value: "mobile" },
  { name: "mobile", value: 120 },
  { name: "email", value: 3_000_000 },
  { name: "email", value: "" },
  { name: "email", value: null },
  { name: "ship", value: "301234567" },
  { name: "app_version", value: "4.10.2.1" },
  { name: "sdk", value: "4.10.2.1" },
  { name: "account_id", value: "123-456-7890" },
  { name: "account", value: "123-456-7890" },
  { name: "customer.id", value: "123-456-7890" },
  { name: "revenue", value: 1234567.89 },
  { name: "order", value: 301234567 },
])("pseudonymizeScalar() leaves $name: $value alone", ({ name, value }) => {
  assert.equal(pseudonymizeScalar(name, value, PSEUDONYMS), value);
});

Deno.test("pseudonymize() leaves ids and values alone that are nobody's", () => {
  const changed = IMPERSONAL.filter((text) => replace(text) !== text);
  assert.deepEqual(changed, []);
});

Deno.test("ids of no form change but those of people", () => {
  const ids = fc.oneof(
    fc.uuid(),
    fc.stringMatching(/^[0-9a-f]{32}$/),
    fc.stringMatching(/^[1-9][0-9]{0,29}$/),
    fc.stringMatching(/^[a-z]{1,8}[-_:/.][0-9]{1,12}$/),
    fc.double({ noNaN: true }).map(String),
    fc.date({ noInvalidDate: true, min: new Date(0) })
      .map((at) => at.toISOString()),
  );
  fc.assert(
    fc.property(ids, (id) => {
      if (id.startsWith("+")) return;
      assert.equal(replace(id), id);
      assert.equal(replaceIn(`${id};1`), `${id};1`);
      const json = JSON.stringify([id, { id, [id]: 1 }]);
      assert.equal(replaceIn(json), json);
    }),
    RUNS,
  );
});

Deno.test.each([
  {
    text: "call +49 171 1234567 or write ann.lee@example.com from 203.0.113.7.",
    want: `call ${PHONE} or write ${EMAIL} from ${IP}.`,
  },
  {
    text: "2026-11-26 +49 171 1234567 2026-11-27",
    want: `2026-11-26 ${PHONE} 2026-11-27`,
  },
  {
    text: "https://shop.example/?email=ann.lee%40example.com&id=7",
    want: `https://shop.example/?email=${EMAIL}&id=7`,
  },
  {
    text: "r=email%3Dann.lee%40example.com%26id%3D7",
    want: `r=email%3D${EMAIL}%26id%3D7`,
  },
  { text: "203.0.113.7, 2001:db8::7", want: `${IP}, ${IP6}` },
  { text: "http://203.0.113.7/x", want: `http://${IP}/x` },
  { text: "(Ann: 0171 1234567)", want: "(Ann: …)" },
  { text: 'said "(555) 123-4567" twice', want: 'said "…" twice' },
  { text: "2026-11-26 0171 1234567", want: "2026-11-26 …" },
  { text: "o'hara@example.com's", want: "…'s" },
])("pseudonymize() replaces in free text: $text", ({ text, want }) => {
  const clear = replace(text);
  const shown = want.includes("…")
    ? clear.replaceAll(/(?:email|phone|ip)_[0-9a-f]{32}/g, "…")
    : clear;
  assert.equal(shown, want);
});
