/**
 * Policy sets that the database cannot take now, on the disk of the node until it does: a
 * kill switch that is turned on meanwhile makes a set that is cited at once, and what the
 * spool keeps of it has to be replayed later.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { PolicyArchive } from "../../ports/decisions.ts";
import { SPOOL_FOLDER } from "./folders.ts";

const FOLDER = "policy_sets";
const OWNER_ONLY = 0o700;

/** An archive that also keeps sets while the database is away. */
export interface SpooledSets extends PolicyArchive {
  /**
   * Has the database take what is on the disk.
   *
   * @throws {EngineError} `store_unavailable` if it is away; the rest stays.
   */
  settle(): Promise<void>;
}

/**
 * Opens it, with what an earlier process left.
 *
 * @param archive The database's.
 * @param dataFolder The node's.
 */
export async function openSpooledSets(
  archive: PolicyArchive,
  dataFolder: string,
): Promise<SpooledSets> {
  const folder = `${dataFolder}/${SPOOL_FOLDER}/${FOLDER}`;
  await Deno.mkdir(folder, { recursive: true, mode: OWNER_ONLY });
  const here = new Set(await listSets(folder));
  return {
    async save(hash, text) {
      try {
        await archive.save(hash, text);
      } catch (error) {
        if (!isAway(error)) throw error;
        await write(`${folder}/${hash}`, text);
        here.add(hash);
      }
    },
    load: async (hash) =>
      here.has(hash)
        ? await Deno.readTextFile(`${folder}/${hash}`)
        : await archive.load(hash),
    async settle() {
      for (const hash of here) {
        const path = `${folder}/${hash}`;
        await archive.save(hash, await Deno.readTextFile(path));
        here.delete(hash);
        await Deno.remove(path);
      }
    },
  };
}

/** What was not yet whole when a process ended is of no use: nothing cites it. */
async function listSets(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.map(({ name }) => name)
    .filter((name) => /^[0-9a-f]{64}$/.test(name));
}

/** On the disk, whole, when it resolves. */
async function write(path: string, text: string): Promise<void> {
  try {
    const beside = `${path}.new`;
    await Deno.writeTextFile(beside, text);
    using file = await Deno.open(beside, { write: true });
    await file.sync();
    await Deno.rename(beside, path);
  } catch (cause) {
    throw new EngineError(
      "store_unavailable",
      "Cannot keep policy set: neither the database nor the disk of the node takes it",
      { cause },
    );
  }
}

function isAway(error: unknown): boolean {
  return error instanceof EngineError && error.code === "store_unavailable";
}
