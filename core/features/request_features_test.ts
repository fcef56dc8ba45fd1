/**
 * Features of the request.
 *
 * @module
 */
import assert from "node:assert/strict";
import { requestValue } from "./request_features.ts";

const AT = "2026-03-10T12:00:00.000Z";

Deno.test.each(
  [
    ["number", 1.5, 1.5],
    ["number", "1.5e1", 15],
    ["number", "many", null],
    ["number", true, null],
    ["number", null, null],
    ["log1p", 0, 0],
    ["log1p", Math.E - 1, 1],
    ["log1p", "0", 0],
    ["log1p", -0.5, null],
    ["log1p", "many", null],
    ["category", "mobile", "mobile"],
    ["category", 7, "7"],
    ["category", false, "false"],
    ["category", null, null],
    ["hours_since", "2026-03-10T13:30:00+02:00", 0.5],
    ["hours_since", AT, 0],
    ["hours_since", "2026-03-10T12:00:00.001Z", null],
    ["hours_since", "2026-03-09", null],
    ["hours_since", 0, null],
    ["hours_since", "yesterday", null],
  ] as const,
)("requestValue() as %s of %s is %s", (as, value, want) => {
  const aggregation = { how: "request", of: "it", as } as const;
  assert.equal(requestValue(aggregation, { it: value }, AT), want);
});

Deno.test("requestValue() of what is not given is null", () => {
  for (const name of ["absent", "toString"]) {
    const aggregation = { how: "request", of: name, as: "category" } as const;
    assert.equal(requestValue(aggregation, { it: "there" }, AT), null);
  }
});
