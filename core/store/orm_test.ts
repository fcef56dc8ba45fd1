/**
 * What a statement throws leaves drizzle as it was thrown.
 *
 * @module
 */
import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { EngineError } from "../domain/error.ts";
import { orm } from "./orm.ts";
import { apiKey } from "./tables/decisions.ts";

const SECRET = "jane@example.org";
const DOWN = new EngineError("store_unavailable", "Cannot use the database");

const db = orm({
  query: () => Promise.reject(DOWN),
  values: () => Promise.reject(DOWN),
});

const mine = eq(apiKey.id, SECRET);

Deno.test.each([
  { note: "select", ask: () => db.select().from(apiKey).where(mine) },
  { note: "update", ask: () => db.update(apiKey).set({ id: "b" }).where(mine) },
  { note: "delete", ask: () => db.delete(apiKey).where(mine).returning() },
  {
    note: "distinct select",
    ask: () => db.selectDistinct({ id: apiKey.id }).from(apiKey).where(mine),
  },
])("a $note that fails tells why, and neither statement nor value", async (
  { ask },
) => {
  await assert.rejects(async () => await ask(), (error) => error === DOWN);
});
