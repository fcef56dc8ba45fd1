/**
 * Contexts from a file: a JSON array of objects, one object, or JSON lines.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { Facts } from "../../domain/verdict.ts";

const MAX_BYTES = 500_000_000;

/**
 * Reads contexts.
 *
 * @param path Path of the file.
 * @returns At least one, in order.
 * @throws {EngineError} `file_unreadable`, naming what is no context by its place.
 */
export async function readContexts(path: string): Promise<readonly Facts[]> {
  const text = await readText(path);
  const contexts = text.trimStart().startsWith("[")
    ? parseWhole(path, text)
    : parseOne(text) ?? parseLines(path, text);
  if (contexts.length === 0) throw refuse(path, "it holds no context");
  contexts.forEach((context, index) => {
    if (
      typeof context !== "object" || context === null ||
      Array.isArray(context)
    ) {
      throw refuse(path, `context ${index} is no object of facts`);
    }
  });
  return contexts as readonly Facts[];
}

async function readText(path: string): Promise<string> {
  try {
    const { size, isFile } = await Deno.stat(path);
    if (isFile && size > MAX_BYTES) {
      throw refuse(path, `it is larger than ${MAX_BYTES / 1e6} MB; split it`);
    }
    return await Deno.readTextFile(path);
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw refuse(path, "it does not exist or may not be read", cause);
  }
}

function parseWhole(path: string, text: string): unknown[] {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refuse(path, `it is not JSON (${(cause as Error).message})`, cause);
  }
}

/** A file that is one value; null where several follow one another. */
function parseOne(text: string): unknown[] | null {
  try {
    return [JSON.parse(text)];
  } catch {
    return null;
  }
}

function parseLines(path: string, text: string): unknown[] {
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      return [JSON.parse(line)];
    } catch (cause) {
      throw refuse(path, `line ${index + 1} is not JSON`, cause);
    }
  });
}

function refuse(path: string, reason: string, cause?: unknown): EngineError {
  return new EngineError(
    "file_unreadable",
    `Cannot read contexts "${path}": ${reason}`,
    { cause },
  );
}
