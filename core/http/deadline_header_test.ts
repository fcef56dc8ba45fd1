/**
 * Whole milliseconds, or the request is refused by name.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseDeadline } from "./deadline_header.ts";

Deno.test("a deadline is what was sent, or what holds otherwise", () => {
  assert.equal(parseDeadline("1", 150), 1);
  assert.equal(parseDeadline("60000", 150), 60_000);
  assert.equal(parseDeadline(undefined, 150), 150);
});

Deno.test.each([
  "",
  "0",
  "60001",
  "1.5",
  "-3",
  "1e3",
  " 5",
  "5, 5",
  "0x10",
  "９",
])(
  "a deadline of %j is refused",
  (header) => {
    assert.throws(() => parseDeadline(header, 150), {
      code: "request_invalid",
      message: /"x-deadline-ms": must be whole milliseconds from 1 to 60000/,
    });
  },
);
