/**
 * The key-value store of the online features, opened when it is first asked: most
 * commands never ask, and then touch no file that a running server has open.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import { untilUnlocked } from "./locked.ts";

const OPEN_MS = 5000;

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

/**
 * Prepares a store.
 *
 * @param place File or KV Connect URL.
 * @param folder Folder that is made if absent.
 */
export function createLazyKv(place: string, folder: string): LazyKv {
  let opening: Promise<Deno.Kv> | null = null;
  return {
    open: () => {
      opening ??= openKv(place, folder).catch((error) => {
        opening = null;
        throw error;
      });
      return opening;
    },
    close: async () => (await opening?.catch(() => null))?.close(),
  };
}

async function openKv(place: string, folder: string): Promise<Deno.Kv> {
  try {
    await Deno.mkdir(folder, { recursive: true });
    return await untilUnlocked(() => Deno.openKv(place), OPEN_MS);
  } catch (cause) {
    throw new EngineError(
      "store_unavailable",
      "Cannot open the online feature store: check KV_URL, or the permissions of the data folder",
      { cause },
    );
  }
}
