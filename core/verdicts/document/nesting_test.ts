/**
 * How deep JSON may be nested.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isNestedTooDeep, MAX_LEVELS } from "./nesting.ts";

function nest(levels: number): unknown {
  let content: unknown = "x";
  for (let level = 0; level < levels; level++) {
    content = level % 2 === 0 ? [1, content] : { a: content, b: null };
  }
  return content;
}

Deno.test.each([
  { levels: 0, deep: false },
  { levels: MAX_LEVELS, deep: false },
  { levels: MAX_LEVELS + 1, deep: true },
  { levels: 200_000, deep: true },
])("$levels levels are too many: $deep", ({ levels, deep }) => {
  assert.equal(isNestedTooDeep(nest(levels)), deep);
});
