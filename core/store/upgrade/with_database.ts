/**
 * A database opened for its upgrade alone: building an index may take longer than any
 * other statement may.
 *
 * @module
 */
import { lockFolder } from "../folder_lock.ts";
import { openPglite } from "../pglite.ts";
import { openPostgres } from "../postgres.ts";
import type { Sql } from "../sql.ts";

/** One to hold the turn, one to build; no statement is ended. */
const POOL = { pool: 2, statementMs: 0 };

/** Works on a server, on connections of its own. */
export async function onServer<T>(
  databaseUrl: string,
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  const sql = openPostgres(databaseUrl, POOL);
  return await work(sql).finally(() => sql.close());
}

/**
 * Works on the database of a configuration.
 *
 * @throws {EngineError} `store_locked` if another process has the embedded one open.
 */
export async function withDatabase<T>(
  { databaseUrl, dataFolder }: {
    readonly databaseUrl: string | null;
    readonly dataFolder: string;
  },
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  if (databaseUrl !== null) return await onServer(databaseUrl, work);
  using _locked = await lockFolder(dataFolder);
  const sql = await openPglite({ folder: `${dataFolder}/postgres` });
  return await work(sql).finally(() => sql.close());
}
