/**
 * Which columns of a file hold words, told from its first rows.
 *
 * @module
 */
import { createReadStream } from "node:fs";
import { parse } from "csv-parse";
import { EngineError } from "../../../domain/error.ts";
import { readNumbers } from "../columns.ts";
import { CSV_FORMAT } from "../table.ts";

const FIRST_ROWS = 1_000;

/**
 * Looks for columns of words.
 *
 * @param path CSV file.
 * @returns Names of the columns in which some of the first rows hold no number; of a file that cannot be read, those found so far, as the reading of it will tell.
 */
export async function findWordColumns(path: string): Promise<string[]> {
  const input = createReadStream(path);
  const records = input.pipe(parse({ ...CSV_FORMAT, to: FIRST_ROWS + 1 }));
  input.on("error", (cause) => records.destroy(cause));
  const words = new Set<number>();
  let header: readonly string[] | null = null;
  try {
    for await (const record of records as AsyncIterable<string[]>) {
      if (header === null) {
        header = record;
        continue;
      }
      record.forEach((text, at) => {
        if (!isNumber(text)) words.add(at);
      });
    }
  } catch (error) {
    if (!isUnreadable(error)) throw error;
  } finally {
    input.destroy();
  }
  return (header ?? []).filter((_, at) => words.has(at));
}

/** What the reading of the whole file meets too. */
function isUnreadable(error: unknown): boolean {
  return typeof (error as { code?: unknown }).code === "string";
}

function isNumber(text: string): boolean {
  try {
    readNumbers({ path: "", name: "" }).add(text);
    return true;
  } catch (error) {
    if (error instanceof EngineError) return false;
    throw error;
  }
}
