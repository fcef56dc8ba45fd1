/**
 * Records' texts at the door, and what holds of any text: nobody gets through, and
 * what was replaced stays as it is.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { openPseudonyms, pseudonymize, type Pseudonyms } from "./pseudonym.ts";
import { pseudonymizeOriginal } from "./pseudonym_original.ts";
import { IMPERSONAL, SPELLINGS } from "../../tests/privacy/people.ts";

const PSEUDONYMS = openPseudonyms(new Uint8Array(32), "acme");
const RUNS = { numRuns: 500 };

const replace = (text: string, name = "") =>
  pseudonymize(name, text, PSEUDONYMS);
const replaceIn = (text: string) => pseudonymizeOriginal(text, PSEUDONYMS);

const EMAIL = PSEUDONYMS.of("email", "ann.lee@example.com");
const PHONE = PSEUDONYMS.of("phone", "+491711234567");
const IP = PSEUDONYMS.of("ip", "203.0.113.7");

Deno.test("pseudonymizeOriginal() leaves records alone that hold nobody", () => {
  const records = [
    IMPERSONAL.join(";"),
    IMPERSONAL.join("\t"),
    JSON.stringify(IMPERSONAL),
    JSON.stringify({ nested: IMPERSONAL.map((id) => ({ id, [id]: [1] })) }),
    '{ "id" : 9007199254740993,\n "spend":1.10, "n":1e2, "deep":[[{}]] }',
    '{"account":{"id":"123-456-7890","zone":"UTC"},"report":"daily"}',
    "batch.12: properties.revenue must be a number",
    "line 1234567: not as expected: record.email, record.phone",
  ];
  for (const text of records) assert.equal(replaceIn(text), text);
});

Deno.test.each([
  {
    note: "JSON, its numbers and blanks as they were",
    text:
      '{ "id": 9007199254740993, "v": 1.10, "e":"ann.lee@example.com" ,"phone": 491711234567}',
    want:
      `{ "id": 9007199254740993, "v": 1.10, "e":"${EMAIL}" ,"phone": "${PHONE}"}`,
  },
  {
    note: "names, lists and what is deep",
    text:
      '{"ann.lee@example.com":[[{"ip":["203.0.113.7"]}]],"phones":["00491711234567"]}',
    want: `{"${EMAIL}":[[{"ip":["${IP}"]}]],"phones":["${PHONE}"]}`,
  },
  {
    note: "escapes",
    text: '{"e":"ann.lee\\u0040example.com","t":"a\\n\\"+49 171 1234567\\""}',
    want: `{"e":"${EMAIL}","t":"a\\n\\"${PHONE}\\""}`,
  },
  {
    note: "JSON in JSON",
    text: JSON.stringify({ raw: JSON.stringify({ phone: 491711234567 }) }),
    want: JSON.stringify({ raw: JSON.stringify({ phone: PHONE }) }),
  },
  {
    note: "JSON that is cut off",
    text:
      '{"user":{"phone":491711234567,"ip":"203.0.113.7","e":"ann.lee@example.com',
    want: `{"user":{"phone":"${PHONE}","ip":"${IP}","e":"${EMAIL}"`,
  },
  {
    note: "what is nearly JSON",
    text: "{email: ann.lee@example.com, 'phone': '491711234567'}",
    want: `{email: ${EMAIL}, 'phone': '${PHONE}'}`,
  },
  {
    note: "a row",
    text: 'c-1;"ann.lee@example.com";+49 171 1234567;203.0.113.7;12,50',
    want: `c-1;"${EMAIL}";${PHONE};${IP};12,50`,
  },
  {
    note: "a form",
    text: "email=ann.lee%40example.com&phone=491711234567&id=7",
    want: `email=${EMAIL}&phone=${PHONE}&id=7`,
  },
])("pseudonymizeOriginal() replaces in $note", ({ text, want }) => {
  assert.equal(replaceIn(text), want);
});

Deno.test("what is replaced once is replaced for good", () => {
  const piece = fc.oneof(
    fc.constantFrom(...Object.values(SPELLINGS).flat(), ...IMPERSONAL),
    fc.emailAddress(),
    fc.ipV4(),
    fc.ipV6(),
    fc.string(),
    fc.constantFrom(" ", ", ", "; ", '"', "{", "}", ":", "@", "+", ".", "="),
  );
  const text = fc.array(piece, { maxLength: 6 }).map((list) => list.join(""));
  const name = fc.constantFrom("", "email", "phone", "a.ip", "account", "x");
  fc.assert(
    fc.property(name, text, (name, text) => {
      const once = replace(text, name);
      assert.equal(replace(once, name), once, text);
      const original = replaceIn(text);
      assert.equal(replaceIn(original), original, text);
      const json = replaceIn(JSON.stringify({ [name]: text, [text]: [name] }));
      assert.equal(replaceIn(json), json);
      JSON.parse(json);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("no address survives, wherever in a text it stands", () => {
  const identifier = fc.oneof(
    // Marks of JSON and of lists end a name in a record's text.
    fc.emailAddress().filter((email) => /^[\w.+'-]*\w@/.test(email)),
    fc.ipV4().filter((ip) => !ip.startsWith("0")),
    fc.stringMatching(/^\+[1-9][0-9]{7,13}$/),
  );
  const marks = ["", " ", "<", '"', "; ", "\n"];
  const before = fc.constantFrom(...marks, "to: ", "(", "=");
  const after = fc.constantFrom(...marks, ", now", ")", ".");
  fc.assert(
    fc.property(identifier, before, after, (text, before, after) => {
      const full = before + text + after;
      for (const clear of [replace(full), replaceIn(full)]) {
        assert.ok(!clear.includes(text), full);
      }
      const json = JSON.stringify({ a: [{ b: full }], [full]: 1 });
      assert.ok(!replaceIn(json).includes(text), full);
      assert.ok(!replaceIn(json.slice(0, -1)).includes(text), full);
    }),
    RUNS,
  );
});

Deno.test("no e-mail address survives in a text, odd ones neither", () => {
  const email = fc.emailAddress().filter((email) => !/['/]@/.test(email));
  fc.assert(
    fc.property(email, (email) => {
      assert.ok(!replace(email).includes("@"));
      assert.ok(!replace(`to: ${email}, now`).includes("@"));
    }),
    RUNS,
  );
});

Deno.test("any text is taken, and long ones in little time", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    for (const name of ["", "phone", "email", "ip"]) replace(text, name);
    replaceIn(text);
    replaceIn(`{"phone":${text}`);
  }));
  const counting: Pseudonyms = { of: () => "x" };
  const units = [
    "a@",
    "1 ",
    "+1",
    "(0",
    "@a.",
    "1.1.",
    "a:",
    "{",
    '"a":',
    '\\"',
  ];
  for (
    const unit of [...units, "[{", "1-", " 0 1", "ab.cd@", "%40", "email="]
  ) {
    const long = unit.repeat(20_000);
    pseudonymize("", long, counting);
    pseudonymizeOriginal(long, counting);
    pseudonymizeOriginal(`{"a":"${long}`, counting);
  }
});
