/**
 * Charts as files, in a folder that the operator named.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";

/**
 * Writes charts, each as `<name>.svg`.
 *
 * @param folder Where; made if it is not there.
 * @param charts SVG by name.
 * @param option Option that named the folder, for the message.
 * @returns Paths of the files.
 * @throws {EngineError} `file_unreadable` if they may not be written there.
 */
export async function writeCharts(
  folder: string,
  charts: ReadonlyMap<string, string>,
  option: string,
): Promise<string[]> {
  try {
    await Deno.mkdir(folder, { recursive: true });
    return await Promise.all(
      [...charts].map(async ([name, svg]) => {
        const path = `${folder.replace(/\/$/, "")}/${name}.svg`;
        await Deno.writeTextFile(path, svg);
        return path;
      }),
    );
  } catch (cause) {
    throw new EngineError(
      "file_unreadable",
      `Cannot write charts to "${folder}": give another folder with --${option}`,
      { cause },
    );
  }
}
