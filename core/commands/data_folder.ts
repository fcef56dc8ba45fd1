/**
 * The data folder, where every node keeps something of its own: the embedded database, online
 * features, kill switches, what is spooled.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";

/** How a disk says that it is full: what is kept there already can be served all the same. */
const FULL: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT"]);

/**
 * Makes the folder if it is absent, and tries whether it can be written to.
 *
 * @throws {EngineError} `configuration_invalid` if it cannot, but for a full disk.
 */
export async function demandWritable(folder: string): Promise<void> {
  const probe = `${folder}/probe_${crypto.randomUUID()}`;
  try {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(probe, "", { createNew: true });
    await Deno.remove(probe);
  } catch (cause) {
    const { code } = cause as { readonly code?: unknown };
    if (FULL.has(code)) return;
    throw new EngineError(
      "configuration_invalid",
      `Cannot write to the data folder "${folder}": ${
        reasonOf(code)
      }; let this user write there, or name another with MOE_DATA`,
      { cause },
    );
  }
}

function reasonOf(code: unknown): string {
  if (code === "EEXIST" || code === "ENOTDIR") return "it is a file";
  if (code === "EROFS") return "its disk is read-only";
  return "it cannot be made, or may not be written to";
}
