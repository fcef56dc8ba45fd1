/**
 * Keys on record: replaced, used, and made before some scopes were.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { ApiKey } from "../../core/ports/access.ts";
import type { Sql } from "../../core/store/sql.ts";
import { createKeyStore } from "../../core/store/key_store.ts";
import { testDatabases } from "./databases.ts";

const AT = "2026-03-01T00:00:00.000Z";
const LATER = "2026-03-02T00:00:00.000Z";
const KEY: ApiKey = {
  ...{ id: "a", tenant: "acme", name: "shop", scopes: ["read"] },
  ...{ role: "auditor", purposes: null, groups: [], person: false },
  ...{ secretHash: "0", createdAt: AT, expiresAt: null },
  ...{ revokedAt: null, usedAt: null },
};

testDatabases("keys are kept", async (sql, t) => {
  await t.step(
    "a key is replaced once it is in force, and ends",
    () => checkRotation(sql),
  );
  await t.step("the use of a key is kept to the hour", () => checkUse(sql));
  await t.step(
    "a key of before may do what it could, and no more",
    () => checkEdition(sql),
  );
});

async function checkRotation(sql: Sql): Promise<void> {
  const keys = createKeyStore(sql);
  await keys.save({ ...KEY, expiresAt: "2026-03-09T00:00:00.000Z" });
  const rotate = (id: string, also: Partial<{ tenant: string }> = {}) =>
    keys.rotate({
      ...{ tenant: "acme", id, at: AT, endsAt: LATER, ...also },
      next: { ...KEY, id: `${id}_next` },
    });
  assert.equal(await rotate("a", { tenant: "rival" }), false);
  assert.equal(await rotate("nobody"), false);
  assert.equal(await rotate("a"), true);
  assert.equal((await keys.find("a"))?.expiresAt, LATER);
  assert.deepEqual(await keys.find("a_next"), { ...KEY, id: "a_next" });
  for (
    const [id, ended] of Object.entries({
      sooner: { expiresAt: "2026-03-01T12:00:00.000Z" },
      expired: { expiresAt: AT },
      revoked: { revokedAt: AT },
    })
  ) await keys.save({ ...KEY, id, ...ended });
  assert.equal(await rotate("sooner"), true);
  const { expiresAt } = await keys.find("sooner") ?? {};
  assert.equal(expiresAt, "2026-03-01T12:00:00.000Z");
  assert.equal(await rotate("expired"), false);
  assert.equal(await rotate("revoked"), false);
  assert.equal(await keys.find("revoked_next"), null);
}

async function checkUse(sql: Sql): Promise<void> {
  const keys = createKeyStore(sql);
  await keys.save({ ...KEY, id: "used" });
  for (
    const { at, want } of [
      { at: "2026-03-01T10:00:00.000Z", want: "2026-03-01T10:00:00.000Z" },
      { at: "2026-03-01T10:59:59.000Z", want: "2026-03-01T10:00:00.000Z" },
      { at: "2026-03-01T11:00:01.000Z", want: "2026-03-01T11:00:01.000Z" },
      { at: "2026-03-01T09:00:00.000Z", want: "2026-03-01T11:00:01.000Z" },
    ]
  ) {
    await keys.touch("acme", "used", at);
    await keys.touch("rival", "used", LATER);
    assert.equal((await keys.find("used"))?.usedAt, want);
  }
}

async function checkEdition(sql: Sql): Promise<void> {
  const keys = createKeyStore(sql);
  const scopes = ["read", "propose"];
  await sql.query(
    `insert into api_key (tenant, id, name, scopes, secret_hash, created_at)
    values ('acme', 'old', 'old', $1, '0', now())`,
    [JSON.stringify(scopes)],
  );
  const old = await keys.find("old");
  assert.deepEqual(old?.scopes, ["read", "propose", "audit", "stop"]);
  assert.equal(old?.role, null);
  await keys.save({ ...KEY, id: "new", scopes: ["read", "propose"] });
  assert.deepEqual((await keys.find("new"))?.scopes, scopes);
}
