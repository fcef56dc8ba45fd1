/**
 * Migrations of this release leave the release before it working.
 *
 * @module
 */
import assert from "node:assert/strict";
import { findUnsafe, markIndexes } from "./additive.ts";
import { CONCURRENTLY, shippedMigrations } from "./migrations.ts";

/** Releases up to here were applied with nobody serving. */
const LAST_AT_REST = "0006_policies";

Deno.test("migrations since nodes are upgraded one by one only add", async () => {
  for (const { tag, statements, indexes } of await shippedMigrations()) {
    if (tag <= LAST_AT_REST) continue;
    assert.deepEqual(findUnsafe([...statements, ...indexes]), [], tag);
  }
});

Deno.test.each([
  { statement: 'DROP TABLE "plan"', reason: /drops/ },
  { statement: 'ALTER TABLE "plan" DROP COLUMN "a"', reason: /drops/ },
  { statement: 'ALTER TABLE "plan" RENAME COLUMN "a" TO "b"', reason: /renam/ },
  {
    statement: 'ALTER TABLE "plan" ALTER COLUMN "a" SET DATA TYPE text',
    reason: /type/,
  },
  { statement: 'ALTER TABLE "plan" ALTER "a" SET NOT NULL', reason: /null/ },
  {
    statement: 'ALTER TABLE "plan" ADD COLUMN "a" text NOT NULL',
    reason: /must be given/,
  },
  {
    statement: 'ALTER TABLE "plan" ADD CONSTRAINT "c" CHECK (a > 0)',
    reason: /not valid/,
  },
  { statement: 'CREATE INDEX "i" ON "plan" ("a")', reason: /concurrently/ },
])("findUnsafe() refuses $statement", ({ statement, reason }) => {
  const [found = ""] = findUnsafe([statement]);
  assert.match(found, reason);
  assert.deepEqual(findUnsafe([`-- moe:breaking it is new\n${statement}`]), []);
});

Deno.test("findUnsafe() lets pass what adds, and all of a table that is new", () => {
  const made = 'CREATE TABLE "plan" ("a" text)';
  assert.deepEqual(
    findUnsafe([
      made,
      'CREATE UNIQUE INDEX "i" ON "plan" ("a")',
      'ALTER TABLE "plan" ADD CONSTRAINT "c" CHECK (a > 0)',
      'ALTER TABLE "old" ADD COLUMN "a" text',
      'ALTER TABLE "old" ADD COLUMN "b" text DEFAULT \'x\' NOT NULL',
      `${CONCURRENTLY}\nCREATE INDEX CONCURRENTLY "j" ON "old" ("a")`,
    ]),
    [],
  );
});

Deno.test("markIndexes() marks the indexes of tables that were there before", () => {
  const index = (name: string, table: string) =>
    `CREATE INDEX "${name}" ON "${table}" USING btree ("a");--> statement-breakpoint`;
  const given = ['CREATE TABLE "new" (', ");", index("i", "new")].join("\n");
  assert.equal(markIndexes(given), given);
  const [mark, marked = ""] = markIndexes(index("j", "old")).split("\n");
  assert.equal(mark, CONCURRENTLY);
  assert.match(marked, /^CREATE INDEX CONCURRENTLY IF NOT EXISTS "j" ON "old"/);
  assert.equal(markIndexes(markIndexes(given)), given);
});
