/**
 * An embedded database that a test fills: tenants dumped row by row, and copied so
 * that many runs begin with the same past.
 *
 * @module
 */
import { migrate } from "../../core/store/migrate.ts";
import { openPglite } from "../../core/store/pglite.ts";
import type { Sql } from "../../core/store/sql.ts";

/** A row as JSON, the tenant left out. */
export type DumpedRow = Readonly<Record<string, unknown>>;

/** Every row of a tenant, by table, in a fixed order. */
export type Dump = Readonly<Record<string, readonly DumpedRow[]>>;

/** A database with the present tables. */
export interface Embedded {
  readonly sql: Sql;
  dump(tenant: string): Promise<Dump>;
  copy(from: string, to: string): Promise<void>;
}

/** Opens a database in memory, and closes it after the work. */
export async function withDatabase(
  work: (database: Embedded) => Promise<void>,
): Promise<void> {
  const sql = await openPglite({ folder: null });
  try {
    await migrate(sql);
    await work(await knowTables(sql));
  } finally {
    await sql.close();
  }
}

async function knowTables(sql: Sql): Promise<Embedded> {
  const tables = await sql.query<{ name: string; columns: string[] }>(TABLES);
  const dumps = tables.map(({ name }) => `
    select '${name}' as name, coalesce(json_agg(t order by t::text), '[]') as rows
    from (select to_jsonb(${name}) - 'tenant' as t from ${name}
      where tenant = $1) as each_row`);
  const copies = tables.map(({ name, columns }) => {
    const others = columns.filter((column) => column !== "tenant").join(", ");
    return `copied_${name} as (insert into ${name} (tenant, ${others})
      select $2, ${others} from ${name} where tenant = $1)`;
  });
  return {
    sql,
    dump: async (tenant) => {
      const rows = await sql.query<{ name: string; rows: DumpedRow[] }>(
        dumps.join(" union all "),
        [tenant],
      );
      return Object.fromEntries(rows.map(({ name, rows }) => [name, rows]));
    },
    copy: async (from, to) => {
      await sql.query(`with ${copies.join(", ")} select 1`, [from, to]);
    },
  };
}

/** Tables of tenants that a source's signals can reach. */
const TABLES = `
  select c.table_name::text as name, array_agg(c.column_name::text) as columns
  from information_schema.columns c
  where c.table_schema = 'public' and c.table_name in (
    select table_name from information_schema.columns
    where table_schema = 'public' and column_name = 'tenant')
  group by c.table_name order by c.table_name`;
