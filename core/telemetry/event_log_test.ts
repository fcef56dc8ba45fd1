/** Lines of the log, whatever is told. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { hideSecrets, isTold, LOG_LEVELS, printLine } from "./event_log.ts";

const LINE = {
  at: "2026-11-01T00:00:00.000Z",
  level: "info",
  event: "x",
} as const;
const NASTY = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      "\n",
      "\r",
      "\u001b[31m",
      "\u009b",
      "\u2028",
      "\u0000",
      '"',
      "}",
      "\\",
      "\u007f",
    ),
    fc.string({ unit: "binary", maxLength: 2 }),
  ),
});

Deno.test("whatever a text is, it is one line of printable JSON with that text", () => {
  fc.assert(fc.property(NASTY, NASTY, (detail, other) => {
    const printed = printLine({ ...LINE, detail, ...{ other } });
    // deno-lint-ignore no-control-regex -- they are what must not be there
    assert.doesNotMatch(printed, /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
    const read = JSON.parse(printed);
    assert.equal(read.other, other);
    assert.equal(read.detail, hideSecrets(detail));
    assert.deepEqual(Object.keys(read), [
      ...Object.keys(LINE),
      "detail",
      "other",
    ]);
  }));
});

Deno.test.each([
  "moe_k8s1_5a6b7c8d9e0f1a2b",
  "postgres://moe:hunter22@db.example/moe",
  "Authorization: Bearer abcdefgh.ijklmnop",
  "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig-nature_1",
  'password = "hunter22"',
  "api_key=hunter22&x=1",
])("%s keeps its secret", (text) => {
  const printed = printLine({ ...LINE, detail: text, error: text });
  assert.doesNotMatch(printed, /hunter22|5a6b7c|ijklmnop|eyJzdWIi|nature/);
  assert.match(printed, /\[secret\]/);
});

Deno.test("plain words stay as they are", () => {
  const plain =
    'job make_plans failed at attempt 2: Cannot write plan "p-1": moe_tenant may not';
  assert.equal(hideSecrets(plain), plain);
});

Deno.test("a level lets itself and what is graver through", () => {
  for (const [place, least] of LOG_LEVELS.entries()) {
    const told = LOG_LEVELS.filter((level) => isTold(level, least));
    assert.deepEqual(told, LOG_LEVELS.slice(place));
  }
});
