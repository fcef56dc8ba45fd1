/**
 * The key-value store of the online features, opened when it is first asked: most
 * commands never ask, and then touch no file that a running server has open.
 *
 * A file that was deleted or replaced while it was open is noticed within a second
 * of use, and the one that is there now is opened in its place.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import { untilUnlocked } from "./locked.ts";

const OPEN_MS = 5000;
/** How often the file is looked at while it is used. */
const LOOK_MS = 1000;

/** A store that opens itself. */
export interface LazyKv {
  /**
   * Opens it, or gives what is open.
   *
   * @throws {EngineError} `store_unavailable` if it cannot be opened; the next call
   * tries again.
   */
  open(): Promise<Deno.Kv>;
  /** Closes what is open. */
  close(): Promise<void>;
}

/** What is open, and which file that is; null for a URL. */
interface Open {
  readonly kv: Deno.Kv;
  readonly file: string | null;
}

/**
 * Prepares a store.
 *
 * @param place File or KV Connect URL.
 * @param folder Folder that is made if absent.
 * @param nowMs A clock that only moves forward, milliseconds.
 */
export function createLazyKv(
  place: string,
  folder: string,
  nowMs: () => number = () => performance.now(),
): LazyKv {
  let opening: Promise<Open> | null = null;
  let looking: Promise<void> | null = null;
  let lookAtMs = 0;
  async function look({ kv, file }: Open): Promise<void> {
    const there = file === null ? null : await fileAt(place).catch(() => file);
    if (there === file) return;
    kv.close();
    const clearing = there === "" ? removeRests(place) : Promise.resolve();
    opening = clearing.then(() => openKv(place, folder));
    await opening.catch(() => {});
  }
  return {
    open: async () => {
      const asked = opening ??= openKv(place, folder);
      const open = await asked.catch((error) => {
        if (opening === asked) opening = null;
        throw error;
      });
      if (looking === null && nowMs() >= lookAtMs) {
        lookAtMs = nowMs() + LOOK_MS;
        looking = look(open).finally(() => looking = null);
      }
      return open.kv;
    },
    close: async () => {
      await looking;
      (await opening?.catch(() => null))?.kv.close();
    },
  };
}

async function openKv(place: string, folder: string): Promise<Open> {
  try {
    await Deno.mkdir(folder, { recursive: true });
    const kv = await untilUnlocked(() => Deno.openKv(place), OPEN_MS);
    return { kv, file: isUrl(place) ? null : await fileAt(place) };
  } catch (cause) {
    throw new EngineError(
      "store_unavailable",
      "Cannot open the online feature store: check KV_URL, or the permissions of the data folder",
      { cause },
    );
  }
}

/**
 * Removes what a deleted file left beside it: a new one must not share it with the
 * old, which goes on in memory until it is closed to the end.
 */
async function removeRests(place: string): Promise<void> {
  for (const rest of ["-wal", "-shm"]) {
    await Deno.remove(place + rest).catch(() => {});
  }
}

function isUrl(place: string): boolean {
  return /^https?:\/\//.test(place);
}

/** Names the file that is at a place; empty if there is none. */
async function fileAt(place: string): Promise<string> {
  try {
    const { dev, ino } = await Deno.stat(place);
    return `${dev}/${ino}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
