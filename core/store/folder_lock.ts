/**
 * Keeps two processes from opening one data folder: PGlite does not, and loses rows.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";

/** Name of the file in the folder that carries the lock. */
export const LOCK_FILE = "lock";

/**
 * Takes the lock of a folder, which is made if absent; the system frees it when
 * the process ends, however it ends.
 *
 * @throws {EngineError} `store_locked` if another process holds it.
 */
export async function lockFolder(folder: string): Promise<Disposable> {
  await Deno.mkdir(folder, { recursive: true });
  const file = await Deno.open(`${folder}/${LOCK_FILE}`, {
    create: true,
    write: true,
  });
  if (await file.tryLock(true)) return file;
  file.close();
  throw new EngineError(
    "store_locked",
    `Cannot open data folder "${folder}": another process has it open; stop that process, or use another folder or a Postgres server (DATABASE_URL)`,
  );
}
