/**
 * Files that the operator named.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";

/**
 * Reads a folder's policy files.
 *
 * @param folder Path of the folder.
 * @returns Name and text of each `.json` file but the editor's schema, by name.
 * @throws {EngineError} `file_unreadable` if it cannot be read or has none: a folder
 * named by mistake must not put every policy out of force.
 */
export async function readPolicies(
  folder: string,
): Promise<{ name: string; text: string }[]> {
  const names = (await listFolder(folder))
    .filter((name) => name.endsWith(".json") && name !== "schema.json");
  if (names.length === 0) {
    throw new EngineError(
      "file_unreadable",
      `Cannot load policies from folder "${folder}": it holds no policy file (*.json)`,
    );
  }
  return Promise.all(
    names.sort().map(async (name) => ({
      name,
      text: await Deno.readTextFile(`${folder}/${name}`),
    })),
  );
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder)))
      .filter(({ isDirectory }) => !isDirectory).map(({ name }) => name);
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotADirectory
      ? "it is a file; name its folder"
      : "it does not exist or may not be read";
    throw new EngineError(
      "file_unreadable",
      `Cannot read folder "${folder}": ${reason}`,
      { cause },
    );
  }
}

/**
 * Reads a JSON file that the operator named.
 *
 * @param path Path of the file.
 * @returns Its value.
 * @throws {EngineError} `file_unreadable` if there is none or it is not JSON.
 */
export async function readJsonFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    const reason = cause instanceof SyntaxError
      ? `it is not JSON (${cause.message})`
      : "it does not exist or may not be read";
    throw new EngineError(
      "file_unreadable",
      `Cannot read file "${path}": ${reason}`,
      { cause },
    );
  }
}
