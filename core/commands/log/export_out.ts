/**
 * The file that an export goes to, as JSON lines or Parquet.
 *
 * @module
 */
import type { ExportedRecord } from "../../decisions/log/export/export.ts";
import type { ExportTable } from "../../decisions/log/export/export_table.ts";
import { EngineError } from "../../domain/error.ts";
import { type Options, textOption } from "../command.ts";
import { writeParquet } from "./write_parquet.ts";

const FORMATS = ["jsonl", "parquet"] as const;

/** Options of every export. */
export const OUT = {
  "out*": "file to write; one that is there is refused",
  format: `${FORMATS.join(" or ")}; jsonl unless given`,
} as const;

/** What is exported, in either form. */
export interface Exported {
  /** Each with its line break; all but the first and the last are records. */
  lines(): AsyncIterable<string>;
  readonly table: ExportTable;
  pages(): AsyncIterable<readonly ExportedRecord[]>;
}

/**
 * Writes an export; what is not written to its end is taken away.
 *
 * @returns Records written.
 * @throws {EngineError} `request_invalid` for another format; `file_unreadable` if the
 * file is there already, or may not be written.
 */
export async function writeExport(
  options: Options,
  { lines, table, pages }: Exported,
): Promise<number> {
  const path = textOption(options, "out", "");
  const format = textOption(options, "format", "jsonl");
  if (!(FORMATS as readonly string[]).includes(format)) {
    throw new EngineError(
      "request_invalid",
      `Cannot use --format "${format}": give ${FORMATS.join(" or ")}`,
    );
  }
  using file = await createFile(path);
  try {
    return format === "parquet"
      ? await writeParquet(file, table, pages())
      : await writeLines(file, lines());
  } catch (error) {
    await Deno.remove(path);
    throw error;
  }
}

async function createFile(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, {
      ...{ write: true, createNew: true, mode: 0o600 },
    });
  } catch (cause) {
    const reason = cause instanceof Deno.errors.AlreadyExists
      ? "it is there already"
      : "it may not be written";
    throw new EngineError(
      "file_unreadable",
      `Cannot write file "${path}": ${reason}`,
      { cause },
    );
  }
}

/** Lines beside the first and the last are records. */
async function writeLines(
  file: Deno.FsFile,
  lines: AsyncIterable<string>,
): Promise<number> {
  const writer = file.writable.getWriter();
  const encoder = new TextEncoder();
  let count = 0;
  let waiting = "";
  for await (const line of lines) {
    count++;
    waiting += line;
    if (waiting.length < CHUNK) continue;
    await writer.write(encoder.encode(waiting));
    waiting = "";
  }
  await writer.write(encoder.encode(waiting));
  await writer.close();
  return count - 2;
}

const CHUNK = 1 << 18;
