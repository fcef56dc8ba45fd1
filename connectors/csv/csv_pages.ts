/**
 * Pages of a CSV file. The place of a page is its last row's number and a hash of
 * the text up to it, so that a run goes on only in the file that it began.
 *
 * @module
 */
import { type FileAccess, RecordFault } from "@moe/plugin";
import { createHash } from "node:crypto";
import { openBytes, unreadable } from "../mapping/file_bytes.ts";
import type { FileMapping } from "./mapping.ts";
import { type CsvRecord, parseRecords, splitRecords } from "./records.ts";
import {
  demandDecoded,
  PAGE_ROWS,
  type RowPage,
  type SourceRow,
} from "./rows.ts";

/**
 * Reads a CSV file page by page.
 *
 * @param files Where the file is.
 * @param file Its path; unpacked if it ends in `.gz`.
 * @param mapping How its text is read.
 * @returns Pages, at least one.
 * @throws {EngineError} `file_unreadable` for a file without a header.
 */
export async function* readCsvPages(
  files: FileAccess,
  file: string,
  mapping: FileMapping,
): AsyncGenerator<RowPage> {
  const { delimiter, encoding } = mapping;
  const hash = createHash("sha256");
  const bytes = openBytes(files, file);
  let header: readonly string[] | null = null;
  let count = 0;
  for await (const { texts, last } of inPages(splitRecords(bytes, encoding))) {
    const first = header === null;
    header ??= readHeader(file, texts[0] ?? "", delimiter);
    const form = { delimiter, width: header.length };
    const rows = toRows(first ? texts.slice(1) : texts, form);
    hash.update(texts.join("\n") + "\n");
    count += rows.length;
    const place = `${count}:${hash.copy().digest("hex").slice(0, 16)}`;
    yield { header, rows, last, place };
  }
  if (!header) throw unreadable(file, "it is empty, without a header");
}

/**
 * Reads a kept row again.
 *
 * @param original Its text.
 * @param width How many fields there should be.
 * @param mapping How its text is read.
 * @returns The row, or several if only its lines make sense one by one.
 */
export function rereadCsvRow(
  original: string,
  width: number,
  { delimiter }: FileMapping,
): SourceRow[] {
  return toRows([original], { delimiter, width });
}

function readHeader(
  file: string,
  text: string,
  delimiter: string,
): readonly string[] {
  const [record] = parseRecords([text], { delimiter, width: null });
  if (record?.fields) return record.fields;
  throw unreadable(file, "its header is malformed");
}

function toRows(
  texts: readonly string[],
  form: { readonly delimiter: string; readonly width: number },
): SourceRow[] {
  return parseRecords(texts, form).map((record) => ({
    original: () => record.text,
    fields: () => demandFields(record, form.width),
  }));
}

function demandFields(
  { text, fields }: CsvRecord,
  width: number,
): readonly string[] {
  demandDecoded(text);
  if (fields) return fields;
  throw new RecordFault(
    "row_malformed",
    `quotes do not close, or there are not ${width} fields`,
  );
}

/** Record texts by pages; one page is held back to know which is the last. */
async function* inPages(
  records: AsyncIterable<string>,
): AsyncGenerator<{ texts: string[]; last: boolean }> {
  let held: string[] | null = null;
  let texts: string[] = [];
  for await (const text of records) {
    texts.push(text);
    if (texts.length < PAGE_ROWS) continue;
    if (held) yield { texts: held, last: false };
    held = texts;
    texts = [];
  }
  if (held) yield { texts: held, last: texts.length === 0 };
  if (texts.length > 0) yield { texts, last: true };
}
