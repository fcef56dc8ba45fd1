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

type Work = (sql: Sql, t: Deno.TestContext) => Promise<void>;

/** Checks a promise on PGlite and on a Postgres server, each with tables in it. */
export function testDatabases(promise: string, work: Work): void {
  testEmptyDatabases(promise, async (sql, t) => {
    await migrate(sql);
    await work(sql, t);
  });
}

/** As {@link testDatabases}, without tables. */
export function testEmptyDatabases(promise: string, work: Work): void {
  Deno.test(`${promise}, on PGlite`, async (t) => {
    const sql = await openPglite({ folder: null });
    await work(sql, t).finally(() => sql.close());
  });
  Deno.test({
    ...needingPostgres(`${promise}, on a Postgres server`),
    fn: async (t) => {
      const server = await startPostgres();
      const sql = openPostgres(server.url);
      await work(sql, t).finally(() => sql.close()).finally(() =>
        server.stop()
      );
    },
  });
}
