/**
 * What Postgres cannot hold, in texts and in JSON.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { printJson, storable } from "./storable.ts";

const ESCAPE = "\\u0000";
const TRAPS = ["\0", "\ud800", "\udfff", "\\", ESCAPE, "\\ud800", "\u{1F995}"];

/** Texts that are likely to hold what is not storable, or what only looks so. */
const text = fc.array(
  fc.oneof(fc.constantFrom(...TRAPS), fc.string({ unit: "binary" })),
  { maxLength: 5 },
).map((parts) => parts.join(""));

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    text,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(text, tie("value"), { maxKeys: 4 }),
  ),
})).value;

function stored(value: unknown): unknown {
  if (typeof value === "string") return storable(value);
  if (typeof value === "number") return value + 0;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(stored);
  return Object.fromEntries(
    Object.entries(value).map(([name, of]) => [storable(name), stored(of)]),
  );
}

Deno.test("printJson() tells every value with its texts storable", () => {
  fc.assert(fc.property(json, (value) => {
    const printed = printJson(value);
    assert.deepEqual(JSON.parse(printed), stored(value));
    assert.doesNotMatch(
      printed.replaceAll("\\\\", ""),
      /\\u(?:0000|d[89a-f])/i,
    );
  }));
});

Deno.test.each([
  { note: "six characters that look like an escape stay", given: ESCAPE },
  { note: "what is storable stays", given: "Zoë 🦕 \\ \t" },
])("printJson() and storable(): $note", ({ given }) => {
  assert.equal(storable(given), given);
  assert.deepEqual(JSON.parse(printJson({ [given]: given })), {
    [given]: given,
  });
});

Deno.test("printJson() tells what the replacer gives, storable", () => {
  const printed = printJson(
    ["\0", 2n ** 60n, null],
    (_, member) => typeof member === "bigint" ? `${member}\0` : member,
  );
  assert.equal(printed, `["\uFFFD","${2n ** 60n}\uFFFD",null]`);
});
