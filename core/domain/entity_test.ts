/**
 * Entity keys join and split.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  ENTITY_TYPES,
  entityKey,
  isEntityId,
  parseEntityKey,
} from "./entity.ts";

Deno.test("parseEntityKey() is the inverse of entityKey()", () => {
  const id = fc.string({ minLength: 1, maxLength: 200 }).filter(isEntityId);
  fc.assert(fc.property(fc.constantFrom(...ENTITY_TYPES), id, (type, id) => {
    assert.deepEqual(parseEntityKey(entityKey(type, id)), { type, id });
  }));
});

Deno.test.each(
  ["campaign", "campaign:", ":c-1", "planet:mars", "campaign:a\nb"].map((
    key,
  ) => ({
    key: key.replace("\n", "\n"),
  })),
)("parseEntityKey() refuses '$key'", ({ key }) => {
  assert.throws(() => parseEntityKey(key), SyntaxError);
});

Deno.test("entityKey() refuses an id that is too long", () => {
  assert.throws(() => entityKey("campaign", "x".repeat(201)), RangeError);
});
