/**
 * Pages of a Parquet file. The place of a page is its last row's number and the
 * hash of the file.
 *
 * @module
 */
import { type FileAccess, RecordFault } from "@moe/plugin";
import * as z from "zod";
import { openParquet, type RowGroup } from "./parquet_file.ts";
import { type Print, printColumn } from "./parquet_text.ts";
import {
  demandDecoded,
  PAGE_ROWS,
  type RowPage,
  type SourceRow,
} from "./rows.ts";

const KeptRow = z.record(z.string(), z.string().nullable());

/**
 * Reads a Parquet file page by page.
 *
 * @param files Where the file is.
 * @param file Its path.
 * @returns Pages, at least one.
 * @throws {EngineError} `file_unreadable` if it is not whole, or too large.
 */
export async function* readParquetPages(
  files: FileAccess,
  file: string,
): AsyncGenerator<RowPage> {
  const { columns, hash, count, rowGroups } = await openParquet(files, file);
  const header = columns.map(({ name }) => name);
  const prints = columns.map(printColumn);
  let done = 0;
  for await (const group of rowGroups()) {
    for (let from = 0; from < group.count; from += PAGE_ROWS) {
      const until = Math.min(from + PAGE_ROWS, group.count);
      const rows = cutRows(group, { from, until, header, prints });
      done += rows.length;
      yield { header, rows, last: done === count, place: `${done}:${hash}` };
    }
  }
  if (done === 0) yield { header, rows: [], last: true, place: `0:${hash}` };
}

function cutRows(
  { columns }: RowGroup,
  { from, until, header, prints }: {
    readonly from: number;
    readonly until: number;
    readonly header: readonly string[];
    readonly prints: readonly Print[];
  },
): SourceRow[] {
  return Array.from({ length: until - from }, (_, at) =>
    toRow(
      header,
      prints.map((print, column) => print(columns[column]?.[from + at])),
    ));
}

function toRow(
  header: readonly string[],
  texts: readonly (string | null)[],
): SourceRow {
  return {
    fields() {
      texts.forEach((text) => demandDecoded(text ?? ""));
      return texts;
    },
    original: () =>
      JSON.stringify(
        Object.fromEntries(header.map((name, at) => [name, texts[at] ?? null])),
      ),
  };
}

/**
 * Reads a kept row again.
 *
 * @param original JSON of the row's texts by column.
 * @param header Names of the columns.
 * @returns The row.
 */
export function rereadParquetRow(
  original: string,
  header: readonly string[],
): SourceRow {
  function fields(): readonly (string | null)[] {
    const kept = parseKept(original);
    if (kept === null) {
      throw new RecordFault("row_malformed", "its text is not whole JSON");
    }
    return header.map((name) => kept[name] ?? null);
  }
  return { original: () => original, fields };
}

function parseKept(text: string): z.infer<typeof KeptRow> | null {
  try {
    return KeptRow.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
