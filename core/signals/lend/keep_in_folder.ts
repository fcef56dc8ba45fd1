/**
 * Keeps refresh tokens that may be used once: one file each, for the owner's eyes.
 *
 * @module
 */
import { sha256 } from "../../domain/canonical.ts";
import type { Keep } from "./credentials.ts";
import { replaceFile } from "./replace_file.ts";

/** As much of a key as a person needs to know the file by. */
const READABLE = 60;

/**
 * Keeps texts by their keys.
 *
 * @param folder Where; made when the first is kept.
 * @returns What keeps them.
 */
export function keepInFolder(folder: string): Keep {
  return {
    read: async (key) => {
      try {
        return await Deno.readTextFile(pathOf(folder, key));
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return null;
        throw error;
      }
    },
    write: (key, text) => replaceFile(pathOf(folder, key), text),
  };
}

/** The digest tells keys apart; what stands before it is for people. */
function pathOf(folder: string, key: string): string {
  const readable = key.replaceAll(/[^\w-]+/g, "_").slice(0, READABLE);
  const digest = sha256(new TextEncoder().encode(key));
  return `${folder}/${readable}-${digest}`;
}
