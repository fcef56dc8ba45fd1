/**
 * What watching models that serve found, by version, kind and moment.
 *
 * @module
 */
import { and, asc, desc, eq } from "drizzle-orm";
import type { ModelWatchStore } from "../ports/models.ts";
import { orm } from "./orm.ts";
import type { Sql } from "./sql.ts";
import { modelWatch } from "./tables/models.ts";

/** Keeps findings in a database; those of the same moment are replaced. */
export function createModelWatchStore(sql: Sql): ModelWatchStore {
  const db = orm(sql);
  return {
    keep: async (tenant, watch) => {
      const { findings } = watch;
      await db.insert(modelWatch).values({ tenant, ...watch, findings })
        .onConflictDoUpdate({
          target: [
            modelWatch.tenant,
            modelWatch.name,
            modelWatch.version,
            modelWatch.kind,
            modelWatch.at,
          ],
          set: { findings },
        });
    },
    latest: async (tenant, name, { kind, limit }) => {
      const rows = await db.select().from(modelWatch)
        .where(and(
          eq(modelWatch.tenant, tenant),
          eq(modelWatch.name, name),
          kind === null ? undefined : eq(modelWatch.kind, kind),
        ))
        .orderBy(
          desc(modelWatch.at),
          desc(modelWatch.version),
          asc(modelWatch.kind),
        )
        .limit(limit);
      return rows.map(({ tenant: _, ...watch }) => watch);
    },
  };
}
