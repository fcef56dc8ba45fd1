/**
 * A file that is replaced in one step, for the owner's eyes.
 *
 * @module
 */
import { dirname } from "node:path";

/**
 * Writes a text beside the file, under a name of its own, makes it durable and
 * renames it over the file: who reads sees the one text or the other, and who writes
 * at the same time does not meddle.
 *
 * @param path The file; its folder is made if it is not there.
 * @param text What it then holds.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const dir = dirname(path);
  await Deno.mkdir(dir, { recursive: true, mode: 0o700 });
  const beside = await Deno.makeTempFile({ dir, prefix: ".writing-" });
  try {
    await Deno.writeTextFile(beside, text);
    using file = await Deno.open(beside, { write: true });
    await file.sync();
    await Deno.rename(beside, path);
  } catch (error) {
    await Deno.remove(beside).catch(() => {});
    throw error;
  }
}
