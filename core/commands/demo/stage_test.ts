/**
 * A demonstration that does not show what it should does not end well.
 *
 * @module
 */
import assert from "node:assert/strict";
import { demand } from "./stage.ts";

Deno.test("demand() ends what does not hold, and says what", () => {
  demand(true, "one key makes one plan");
  assert.throws(() => demand(false, "one key makes one plan"), {
    code: "internal_error",
    message: "Cannot go on: it does not hold that one key makes one plan",
  });
});
