/**
 * Policy sets by the hash of their text.
 *
 * @module
 */
import { eq } from "drizzle-orm";
import type { PolicyArchive } from "../ports/decisions.ts";
import { orm } from "./orm.ts";
import type { Sql } from "./sql.ts";
import { policySet } from "./tables/decisions.ts";

/** Keeps policy sets in a database. */
export function createPolicyArchive(sql: Sql): PolicyArchive {
  const db = orm(sql);
  return {
    save: async (hash, text) => {
      await db.insert(policySet).values({ hash, text }).onConflictDoNothing();
    },
    load: async (hash) => {
      const [row] = await db.select().from(policySet)
        .where(eq(policySet.hash, hash));
      return row?.text ?? null;
    },
  };
}
