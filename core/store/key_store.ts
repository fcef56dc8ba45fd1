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
      await db.insert(apiKey).values(key);
    },
    find: async (id) => {
      const [row] = await db.select().from(apiKey).where(eq(apiKey.id, id));
      return row ? toKey(row) : null;
    },
    list: async (tenant) => {
      const rows = await db.select().from(apiKey)
        .where(eq(apiKey.tenant, tenant)).orderBy(apiKey.createdAt, apiKey.id);
      return rows.map(toKey);
    },
    revoke: async (tenant, id, at) => {
      const revoked = await db.update(apiKey).set({ revokedAt: at })
        .where(and(
          eq(apiKey.tenant, tenant),
          eq(apiKey.id, id),
          isNull(apiKey.revokedAt),
        )).returning({ id: apiKey.id });
      return revoked.length > 0;
    },
  };
}

function toKey(row: typeof apiKey.$inferSelect): ApiKey {
  const { scopes, purposes, groups } = row;
  return {
    ...row,
    scopes: scopes as Scope[],
    purposes: purposes as string[] | null,
    groups: (groups ?? []) as string[],
  };
}
