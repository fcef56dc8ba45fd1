/**
 * Whoever owns the database and changes the log does not go unseen.
 *
 * @module
 */
import assert from "node:assert/strict";
import { verifyChain } from "../../core/decisions/log/verifying/verify.ts";
import { createDecisionLog } from "../../core/store/log/decision_log.ts";
import { migrate } from "../../core/store/migrate.ts";
import { openPglite } from "../../core/store/pglite.ts";
import type { Sql } from "../../core/store/sql.ts";

const AT = "2026-03-01T00:00:00.000Z";

async function withLog(run: (sql: Sql) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "tampered_" });
  const sql = await openPglite({ folder });
  try {
    await migrate(sql);
    await createDecisionLog(sql).append(["dec_1", "dec_2"].map((id) => ({
      tenant: "acme",
      id,
      at: AT,
      record: JSON.stringify({
        v: 1,
        kind: "decision",
        tenant: "acme",
        decision: { id, at: AT },
      }),
      idempotent: null,
    })));
    await run(sql);
  } finally {
    await sql.close();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Every tenant that the log knows of, and what is wrong with its chain. */
async function damages(sql: Sql): Promise<Record<string, readonly string[]>> {
  const log = createDecisionLog(sql);
  const found: Record<string, readonly string[]> = {};
  for (const tenant of await log.tenants()) {
    const { damages } = await verifyChain(log, tenant);
    found[tenant] = damages.map(({ kind }) => kind);
  }
  return found;
}

Deno.test("a log left alone has no damage", () =>
  withLog(async (sql) => {
    assert.deepEqual(await damages(sql), { acme: [] });
  }));

Deno.test("a tenant whose head was removed is still verified", () =>
  withLog(async (sql) => {
    await sql.query("delete from chain_head", []);
    assert.deepEqual(await damages(sql), { acme: ["head"] });
  }));

Deno.test("a row moved to a tenant without decisions is found there", () =>
  withLog(async (sql) => {
    await sql.query("update decision set tenant = 'evil' where seq = 2", []);
    assert.deepEqual(await damages(sql), {
      acme: ["cut"],
      evil: ["removed", "changed", "head"],
    });
  }));
