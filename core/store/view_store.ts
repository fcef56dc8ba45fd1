/**
 * Feature views that tenants declared; a version never changes.
 *
 * @module
 */
import { and, desc, eq } from "drizzle-orm";
import { canonicalJson } from "../domain/canonical.ts";
import { EngineError } from "../domain/error.ts";
import type { FeatureView } from "../domain/feature.ts";
import type { ViewStore } from "../ports/features.ts";
import { orm } from "./orm.ts";
import type { Sql } from "./sql.ts";
import { featureView } from "./tables/features.ts";

/** Keeps definitions in a database. */
export function createViewStore(sql: Sql): ViewStore {
  const db = orm(sql);
  return {
    save: async (tenant, view) => {
      const { name, version } = view;
      const added = await db.insert(featureView)
        .values({ tenant, name, version, definition: view })
        .onConflictDoNothing().returning({ name: featureView.name });
      if (added.length > 0) return;
      const [known] = await db.select().from(featureView).where(and(
        eq(featureView.tenant, tenant),
        eq(featureView.name, name),
        eq(featureView.version, version),
      ));
      if (canonicalJson(known?.definition) !== canonicalJson(view)) {
        throw new EngineError(
          "view_invalid",
          `Cannot declare feature view "${name}": version ${version} is declared with another definition; raise the version`,
        );
      }
    },
    list: async (tenant) => {
      const rows = await db.selectDistinctOn([featureView.name])
        .from(featureView).where(eq(featureView.tenant, tenant))
        .orderBy(featureView.name, desc(featureView.version));
      return rows.map(({ definition }) => definition as FeatureView);
    },
  };
}
