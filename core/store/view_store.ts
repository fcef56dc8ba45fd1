/**
 * Feature views that tenants declared; a version never changes but for its state.
 *
 * @module
 */
import { and, eq } from "drizzle-orm";
import { canonicalJson } from "../domain/canonical.ts";
import { EngineError } from "../domain/error.ts";
import type { FeatureView } from "../domain/feature.ts";
import type {
  DeclaredView,
  ViewRef,
  ViewState,
  ViewStore,
} from "../ports/features.ts";
import { keepKey } from "./keyed_effects.ts";
import { orm } from "./orm.ts";
import type { Sql } from "./sql.ts";
import { featureView } from "./tables/features.ts";

type Row = typeof featureView.$inferSelect;

/** Versions of one view by number, which nobody else changes meanwhile. */
interface Locked {
  readonly db: ReturnType<typeof orm>;
  readonly versions: readonly Row[];
}

/** Keeps definitions in a database. */
export function createViewStore(sql: Sql): ViewStore {
  return {
    save: (tenant, view, at) =>
      withVersions(
        sql,
        { tenant, name: view.name },
        (locked) => add(locked, view, { tenant, at }),
      ),
    list: async (tenant) => {
      const rows = await orm(sql).select().from(featureView)
        .where(eq(featureView.tenant, tenant))
        .orderBy(featureView.name, featureView.version);
      return rows.map(toDeclared);
    },
    promote: (tenant, view, at) =>
      withVersions(
        sql,
        { tenant, name: view.name },
        (locked) => promote(locked, view, at),
      ),
    retire: (tenant, view) =>
      withVersions(
        sql,
        { tenant, name: view.name },
        (locked) => retire(locked, view),
      ),
  };
}

const LOCK_NAME =
  "select pg_advisory_xact_lock(hashtextextended(json_build_array($1::text, $2::text)::text, 2))";

function withVersions(
  sql: Sql,
  { tenant, name }: { readonly tenant: string; readonly name: string },
  work: (locked: Locked) => Promise<void>,
): Promise<void> {
  return sql.transaction(async (tx) => {
    await tx.query(LOCK_NAME, [tenant, name]);
    await keepKey(tx);
    const db = orm(tx);
    const versions = await db.select().from(featureView)
      .where(and(eq(featureView.tenant, tenant), eq(featureView.name, name)))
      .orderBy(featureView.version);
    await work({ db, versions });
  });
}

async function add(
  { db, versions }: Locked,
  view: FeatureView,
  { tenant, at }: { readonly tenant: string; readonly at: string },
): Promise<void> {
  const { name, version } = view;
  const known = versions.find((row) => row.version === version);
  if (known && canonicalJson(known.definition) === canonicalJson(view)) return;
  const latest = versions.at(-1);
  if (known || latest && latest.version > version) {
    const reason = known
      ? `version ${version} is declared with another definition`
      : `version ${latest?.version} is declared already`;
    throw refused("declare", view, `${reason}; raise the version`);
  }
  await db.insert(featureView).values({
    tenant,
    name,
    version,
    definition: view,
    state: latest ? "candidate" : "serving",
    declaredAt: at,
    promotedAt: latest ? null : at,
  });
}

async function promote(
  locked: Locked,
  view: ViewRef,
  at: string,
): Promise<void> {
  const row = find(locked, "promote", view);
  if (row.state === "serving") return;
  if (row.state === "retired") {
    throw refused("promote", view, "it is retired; declare a new version");
  }
  const serving = locked.versions.filter(({ state }) => state === "serving");
  for (const before of serving) {
    await move(locked, before, { state: "superseded" });
  }
  await move(locked, row, { state: "serving", promotedAt: at });
}

async function retire(locked: Locked, view: ViewRef): Promise<void> {
  const row = find(locked, "retire", view);
  if (row.state === "serving") {
    throw refused("retire", view, "it serves; promote another version first");
  }
  await move(locked, row, { state: "retired" });
}

async function move(
  { db }: Locked,
  { tenant, name, version }: Row,
  to: { readonly state: ViewState; readonly promotedAt?: string },
): Promise<void> {
  await db.update(featureView).set(to).where(and(
    eq(featureView.tenant, tenant),
    eq(featureView.name, name),
    eq(featureView.version, version),
  ));
}

function find({ versions }: Locked, verb: string, view: ViewRef): Row {
  const row = versions.find(({ version }) => version === view.version);
  if (row) return row;
  throw new EngineError(
    "not_found",
    `Cannot ${verb} feature view "${view.name}@${view.version}": not found`,
  );
}

function refused(verb: string, view: ViewRef, reason: string): EngineError {
  return new EngineError(
    "view_invalid",
    `Cannot ${verb} feature view "${view.name}@${view.version}": ${reason}`,
  );
}

function toDeclared(row: Row): DeclaredView {
  const { definition, state, declaredAt, promotedAt } = row;
  return { view: definition as FeatureView, state, declaredAt, promotedAt };
}
