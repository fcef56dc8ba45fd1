/**
 * API keys; their secrets are never kept.
 *
 * @module
 */
import { and, eq, gt, isNull, lt, or } from "drizzle-orm";
import type {
  ApiKey,
  KeyRotation,
  KeyStore,
  Role,
  Scope,
} from "../ports/access.ts";
import type { Instant } from "../domain/day.ts";
import { orm } from "./orm.ts";
import type { Session, Sql } from "./sql.ts";
import { apiKey } from "./tables/decisions.ts";

const HOUR_MS = 3_600_000;

/** Edition of the scopes by which keys are made now. */
const EDITION = 2;

/** What scopes of the first edition allowed that others do now. */
const FIRST_EDITION: Readonly<Partial<Record<Scope, Scope>>> = {
  propose: "stop",
  read: "audit",
  approve: "operate",
};

/** Keeps keys in a database. */
export function createKeyStore(sql: Sql): KeyStore {
  const db = orm(sql);
  return {
    save: (key) => save(sql, key),
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
        .where(and(sameKey(tenant, id), isNull(apiKey.revokedAt)))
        .returning({ id: apiKey.id });
      return revoked.length > 0;
    },
    rotate: (rotation) => sql.transaction((tx) => rotate(tx, rotation)),
    touch: async (tenant, id, at) => {
      await db.update(apiKey).set({ usedAt: at }).where(and(
        sameKey(tenant, id),
        or(isNull(apiKey.usedAt), lt(apiKey.usedAt, hourBefore(at))),
      ));
    },
  };
}

async function save(session: Session, key: ApiKey): Promise<void> {
  await orm(session).insert(apiKey).values({ ...key, edition: EDITION });
}

async function rotate(
  tx: Session,
  { tenant, id, next, at, endsAt }: KeyRotation,
): Promise<boolean> {
  const inForce = and(
    sameKey(tenant, id),
    isNull(apiKey.revokedAt),
    or(isNull(apiKey.expiresAt), gt(apiKey.expiresAt, at)),
  );
  const [old] = await orm(tx).select({ expiresAt: apiKey.expiresAt })
    .from(apiKey).where(inForce).for("update");
  if (old === undefined) return false;
  if (
    old.expiresAt === null || Date.parse(old.expiresAt) > Date.parse(endsAt)
  ) {
    await orm(tx).update(apiKey).set({ expiresAt: endsAt })
      .where(sameKey(tenant, id));
  }
  await save(tx, next);
  return true;
}

function sameKey(tenant: string, id: string) {
  return and(eq(apiKey.tenant, tenant), eq(apiKey.id, id));
}

function hourBefore(at: Instant): Instant {
  return new Date(Date.parse(at) - HOUR_MS).toISOString();
}

function toKey(
  { edition, ...row }: typeof apiKey.$inferSelect,
): ApiKey {
  const { purposes, groups } = row;
  const scopes = row.scopes as Scope[];
  return {
    ...row,
    role: row.role as Role | null,
    scopes: edition < EDITION ? ofFirstEdition(scopes) : scopes,
    purposes: purposes as string[] | null,
    groups: (groups ?? []) as string[],
  };
}

function ofFirstEdition(scopes: readonly Scope[]): Scope[] {
  return [...scopes, ...scopes.flatMap((scope) => FIRST_EDITION[scope] ?? [])];
}
