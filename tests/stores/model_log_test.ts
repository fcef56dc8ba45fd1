/**
 * The log of a model is only ever added to, and whoever owns the database and changes
 * it all the same does not go unseen.
 *
 * @module
 */
import assert from "node:assert/strict";
import { sha256 } from "../../core/domain/canonical.ts";
import { findBreak } from "../../core/domain/model_log.ts";
import type { NewModel } from "../../core/ports/models.ts";
import { createModelRegistry } from "../../core/store/model_registry.ts";
import { testDatabases } from "./databases.ts";

const AT = "2026-03-01T00:00:00.000Z";
const ARTIFACT = new Uint8Array([1]);
const MODEL = {
  name: "bidder",
  artifactHash: sha256(ARTIFACT),
  createdBy: "ann",
  createdAt: AT,
} as NewModel;

testDatabases("the log of a model shows any change", async (sql) => {
  const models = createModelRegistry(sql);
  for (let version = 1; version <= 3; version++) {
    await models.register("acme", MODEL, ARTIFACT);
  }
  const changes = [
    "update model_event set by = 'eve' where seq = 2",
    "delete from model_event where seq = 2",
    "truncate model_event",
  ];
  for (const change of changes) {
    await assert.rejects(sql.query(change), { code: "store_unavailable" });
  }
  const broken = async () =>
    findBreak("acme", await models.events("acme", "bidder"));
  assert.equal(await broken(), null);
  await sql.query("alter table model_event disable trigger all");
  await sql.query(changes[0] ?? "");
  assert.deepEqual(await broken(), { seq: 2, kind: "changed" });
  await sql.query(changes[1] ?? "");
  assert.deepEqual(await broken(), { seq: 2, kind: "removed" });
});

testDatabases("what cannot be kept as told is hashed as kept", async (sql) => {
  const models = createModelRegistry(sql);
  const odd = 'é"\\\u0000\ud83dé😀\n';
  await models.register("acme", MODEL, ARTIFACT);
  await models.review("acme", { name: "bidder", version: 1 }, {
    ...{ by: "bob", at: AT, approve: true, reason: odd },
  });
  const events = await models.events("acme", "bidder");
  assert.equal(events.length, 3);
  assert.equal(findBreak("acme", events), null);
});
