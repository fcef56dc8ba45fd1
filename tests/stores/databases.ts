/**
 * A fresh database with the tables in it, embedded and on a server.
 *
 * @module
 */
import { migrate } from "../../core/store/migrate.ts";
import { openPglite } from "../../core/store/pglite.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import type { Sql } from "../../core/store/sql.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";

type Work = (sql: Sql) => Promise<void>;

/** Checks a promise on PGlite and on a Postgres server, each with tables in it. */
export function testDatabases(promise: string, work: Work): void {
  testEmptyDatabases(promise, async (sql) => {
    await migrate(sql);
    await work(sql);
  });
}

/** As {@link testDatabases}, without tables. */
export function testEmptyDatabases(promise: string, work: Work): void {
  Deno.test(`${promise}, on PGlite`, async () => {
    const sql = await openPglite({ folder: null });
    await work(sql).finally(() => sql.close());
  });
  Deno.test({
    ...needingPostgres(`${promise}, on a Postgres server`),
    fn: async () => {
      const server = await startPostgres();
      const sql = openPostgres(server.url);
      await work(sql).finally(() => sql.close()).finally(() => server.stop());
    },
  });
}
