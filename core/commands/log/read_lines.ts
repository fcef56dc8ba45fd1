/**
 * Files of lines as they are, byte for byte.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";

/**
 * Reads a file line by line, in bounded memory.
 *
 * @returns Each line with its line break; what is behind the last has none.
 * @throws {EngineError} `file_unreadable` if it cannot be read, or is not UTF-8.
 */
export async function* readLines(path: string): AsyncGenerator<string> {
  let rest = "";
  try {
    const file = await Deno.open(path);
    const texts = file.readable.pipeThrough(
      new TextDecoderStream("utf-8", { fatal: true, ignoreBOM: true }),
    );
    for await (const text of texts) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) yield `${line}\n`;
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
  if (rest !== "") yield rest;
}

/**
 * Reads a file whole.
 *
 * @throws {EngineError} `file_unreadable`.
 */
export async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): EngineError {
  const reason = cause instanceof TypeError
    ? "it is not UTF-8"
    : "it does not exist or may not be read";
  return new EngineError(
    "file_unreadable",
    `Cannot read file "${path}": ${reason}`,
    { cause },
  );
}
