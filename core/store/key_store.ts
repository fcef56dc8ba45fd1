/**
 * API keys; their secrets are never kept.
 *
 * @module
 */
import { and, eq, isNull } from "drizzle-orm";
import type { ApiKey, KeyStore, Scope } from "../ports/decisions.ts";
import { orm } from "./orm.ts";
import type { Sql } from "./sql.ts";
import { apiKey } from "./tables/decisions.ts";

/** Keeps keys in a database. */
export function createKeyStore(sql: Sql): KeyStore {
  const db = orm(sql);
  return {
    save: async (key) => {
      await db.insert(apiKey).values({
        tenant: key.tenant,
        id: key.id,
        name: key.name,
        scopes: key.scopes,
        secret_hash: key.secretHash,
        created_at: key.createdAt,
        expires_at: key.expiresAt,
        revoked_at: key.revokedAt,
      });
    },
    find: async (id) => {
      const [row] = await db.select().from(apiKey).where(eq(apiKey.id, id));
      return row ? toKey(row) : null;
    },
    list: async (tenant) => {
      const rows = await db.select().from(apiKey)
        .where(eq(apiKey.tenant, tenant)).orderBy(apiKey.created_at, apiKey.id);
      return rows.map(toKey);
    },
    revoke: async (tenant, id, at) => {
      const revoked = await db.update(apiKey).set({ revoked_at: at })
        .where(and(
          eq(apiKey.tenant, tenant),
          eq(apiKey.id, id),
          isNull(apiKey.revoked_at),
        )).returning({ id: apiKey.id });
      return revoked.length > 0;
    },
  };
}

function toKey(row: typeof apiKey.$inferSelect): ApiKey {
  return {
    id: row.id,
    tenant: row.tenant,
    name: row.name,
    scopes: row.scopes as Scope[],
    secretHash: row.secret_hash,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}
