/**
 * Raises the wall between tenants: every table with a tenant column shows a tenant its
 * own rows alone, and lets it write no others.
 *
 * It is raised at each start and by every node, so that a table which a migration added
 * has it from its first day; what stands already is left as it is, without a lock.
 *
 * @see https://www.postgresql.org/docs/current/ddl-rowsecurity.html, read on 2026-11-26
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { Sql } from "../sql.ts";
import { actFor } from "./acting.ts";
import { ROLE, SETTING } from "./behind_wall.ts";

/** Any number that no other lock of ours uses. */
const LOCK = 7_301_947;
/** Longest that a table in use is waited for; whoever comes after waits behind. */
const LOCK_TIMEOUT = "2s";
const ATTEMPTS = 5;

/** What belongs to no tenant, and what those that are worked for may do to it. */
export const SHARED: Readonly<Record<string, string>> = {
  // Contents of changes, found by their hash alone.
  ["change_content"]: "select, insert",
};

/**
 * Raises the wall.
 *
 * @returns Null if it stands; what is missing, where the login may not make roles.
 * @throws {EngineError} `store_unavailable` if the database does not answer, or its
 * tables are in use for too long.
 */
export async function raiseWall(sql: Sql): Promise<string | null> {
  for (let attempt = 1;; attempt++) {
    try {
      await sql.transaction(async (tx) => {
        await tx.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
        await tx.query(RAISE);
      });
      await actFor("any", () => sql.query("select"));
      return null;
    } catch (error) {
      const state = sqlStateOf(error);
      if (state === DENIED) return MISSING;
      if (attempt === ATTEMPTS || !BUSY.has(state)) throw error;
    }
  }
}

const MISSING =
  `the database's user may not use the role "${ROLE}": make the role and grant it to the user`;

const DENIED = "42501";
/** A table was in use, or two waited for each other. */
const BUSY: ReadonlySet<unknown> = new Set(["55P03", "40P01"]);

const ALL_RIGHTS = "select, insert, update, delete";
const OWN_ROWS = `tenant = current_setting('${SETTING}')`;

/**
 * Roles are the whole server's: another database of it may make the same meanwhile. The
 * rights on a table are given last: there is no moment at which all rows are seen.
 */
const RAISE = `
do $wall$
declare bare regclass;
begin
  perform pg_advisory_xact_lock(${LOCK});
  if not exists (select from pg_roles where rolname = '${ROLE}') then
    begin
      create role ${ROLE} nologin;
      execute format('grant ${ROLE} to %I', current_user);
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role(current_user, '${ROLE}', 'member') then
    execute format('grant ${ROLE} to %I', current_user);
  end if;
  execute format('grant usage on schema %I to ${ROLE}', current_schema());
  for bare in
    select c.oid from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant'
      and not a.attisdropped
    where c.relnamespace = current_schema()::regnamespace
      and c.relkind in ('r', 'p')
      and not (
        c.relrowsecurity
        and exists (
          select from pg_policy p
          where p.polrelid = c.oid and p.polname = 'own_rows'
        )
        and has_table_privilege('${ROLE}', c.oid, 'select')
        and has_table_privilege('${ROLE}', c.oid, 'insert')
        and has_table_privilege('${ROLE}', c.oid, 'update')
        and has_table_privilege('${ROLE}', c.oid, 'delete')
      )
    order by c.relname
  loop
    execute format('alter table %s enable row level security', bare);
    execute format('drop policy if exists own_rows on %s', bare);
    execute format(
      'create policy own_rows on %s to ${ROLE} using (%s) with check (%s)',
      bare,
      $own$${OWN_ROWS}$own$,
      $own$${OWN_ROWS}$own$
    );
    execute format('grant ${ALL_RIGHTS} on %s to ${ROLE}', bare);
  end loop;
${
  Object.entries(SHARED).map(([table, rights]) =>
    `  grant ${rights} on ${table} to ${ROLE};`
  ).join("\n")
}
end
$wall$`;

function sqlStateOf(error: unknown): unknown {
  return error instanceof EngineError ? error.facts["cause"] : undefined;
}
