/**
 * Spools of a data folder: each process has one of its own, and carries on what processes
 * left that are no more.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { Spool } from "../../ports/spool.ts";
import { lockFolder } from "../folder_lock.ts";
import { openSpoolDisk } from "./disk.ts";
import { openSpool } from "./spool.ts";
import type { SpoolOptions } from "./state.ts";

/** Folder of the spools in the data folder. */
export const SPOOL_FOLDER = "spool";

/** Processes that may share a data folder. */
const MOST_SPOOLS = 100;
const OWNER_ONLY = 0o700;

interface Locked extends Spool, Disposable {}

/**
 * Opens this process's spool, and those that nobody has open.
 *
 * @returns One spool of all: what is added goes to this process's own.
 * @throws {EngineError} `store_locked` if too many processes share the folder.
 */
export async function openSpools(
  dataFolder: string,
  options: SpoolOptions,
): Promise<Spool> {
  const root = `${dataFolder}/${SPOOL_FOLDER}`;
  await Deno.mkdir(root, { recursive: true, mode: OWNER_ONLY });
  const names = new Set(
    Array.from({ length: MOST_SPOOLS }, (_, number) => String(number)),
  );
  const spools: Locked[] = [];
  for (const name of names) {
    const isNeeded = spools.length === 0 || await exists(`${root}/${name}`);
    const opened = isNeeded ? await tryOpen(`${root}/${name}`, options) : null;
    if (opened !== null) spools.push(opened);
  }
  const [own] = spools;
  if (own === undefined) throw crowded(root);
  return joinSpools(own, spools);
}

/** Whether a data folder has spools, of this configuration or one before. */
export async function hasSpools(dataFolder: string): Promise<boolean> {
  return await exists(`${dataFolder}/${SPOOL_FOLDER}`);
}

async function tryOpen(
  folder: string,
  options: SpoolOptions,
): Promise<Locked | null> {
  const lock = await lockFolder(folder).catch((error) => {
    if (error instanceof EngineError) return null;
    throw error;
  });
  if (lock === null) return null;
  try {
    const spool = await openSpool(openSpoolDisk(folder), options);
    return { ...spool, [Symbol.dispose]: () => lock[Symbol.dispose]() };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

/** Others come first: they get no more, while there may always be some of its own. */
function joinSpools(own: Locked, spools: readonly Locked[]): Spool {
  const others = spools.filter((spool) => spool !== own);
  return {
    append: own.append,
    find: async (tenant, id) => {
      for (const spool of spools) {
        const entry = await spool.find(tenant, id);
        if (entry !== null) return entry;
      }
      return null;
    },
    oldest: async (most) => {
      for (const spool of others) {
        const batch = await spool.oldest(most);
        if (batch !== null) return { ...batch, more: true };
      }
      return await own.oldest(most);
    },
    standing: () =>
      spools.map((spool) => spool.standing()).reduce((all, one) => ({
        waiting: all.waiting + one.waiting,
        oldestAt: [all.oldestAt, one.oldestAt].filter((at) => at !== null)
          .sort()[0] ?? null,
        bytes: all.bytes + one.bytes,
        maxBytes: all.maxBytes,
        problem: all.problem ?? one.problem,
      })),
    close: async () => {
      for (const spool of spools) {
        await spool.close();
        spool[Symbol.dispose]();
      }
    },
  };
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function crowded(root: string): EngineError {
  return new EngineError(
    "store_locked",
    `Cannot open spool "${root}": ${MOST_SPOOLS} processes have it open; use another data folder (MOE_DATA)`,
  );
}
