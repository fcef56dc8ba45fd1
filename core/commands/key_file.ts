/**
 * Keys in files of the data folder: 32 random bytes in hexadecimal unless told otherwise,
 * made when they are first needed, for the owner's eyes.
 *
 * @module
 */
import { randomBytes } from "node:crypto";

const KEY_BYTES = 32;

/** The text of a key's file, without what surrounds it; null if there is none. */
export async function readKeyFile(path: string): Promise<string | null> {
  try {
    return (await Deno.readTextFile(path)).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/**
 * The text of a key's file, which is made if there is none.
 *
 * @param make Makes the key's text; random digits unless given.
 */
export async function readOrMakeKeyFile(
  path: string,
  make: () => string = () => randomBytes(KEY_BYTES).toString("hex"),
): Promise<string> {
  const known = await readKeyFile(path);
  if (known !== null) return known;
  const folder = path.slice(0, path.lastIndexOf("/"));
  await Deno.mkdir(folder, { recursive: true });
  const text = make();
  try {
    await writeNew(path, `${text}\n`);
    return text;
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    return await readOrMakeKeyFile(path, make);
  }
}

/** On the disk before anything is written with it, and for the owner's eyes. */
async function writeNew(path: string, text: string): Promise<void> {
  using file = await Deno.open(path, {
    write: true,
    createNew: true,
    mode: 0o600,
  });
  await file.write(new TextEncoder().encode(text));
  await file.syncData();
}
