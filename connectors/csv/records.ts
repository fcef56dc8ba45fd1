/**
 * Bytes to records, one bad line never costing the good ones around it.
 *
 * A record ends at a line break outside quotes. Where quotes do not close, the
 * lines are taken one by one, and only those that make no sense are malformed.
 * Blank lines do not count.
 *
 * @module
 */
import { parse } from "csv-parse/sync";

/** One record of the file. */
export interface CsvRecord {
  /** Its text as it stands in the file. */
  readonly text: string;
  /** Its fields; null if it cannot be split as the header says. */
  readonly fields: readonly string[] | null;
}

const MAX_OPEN_LINES = 200;

/**
 * Splits bytes into the texts of records.
 *
 * @param chunks The file's bytes.
 * @param encoding Label of the encoding; a byte order mark is left out.
 * @returns Texts without their last line break.
 */
export async function* splitRecords(
  chunks: AsyncIterable<Uint8Array>,
  encoding: string,
): AsyncGenerator<string> {
  let open: string[] = [];
  let quotes = 0;
  for await (const line of splitLines(chunks, encoding)) {
    if (open.length === 0 && line.trim() === "") continue;
    open.push(line);
    quotes += countQuotes(line);
    if (quotes % 2 === 1 && open.length < MAX_OPEN_LINES) continue;
    yield open.join("\n");
    open = [];
    quotes = 0;
  }
  if (open.length > 0) yield open.join("\n");
}

async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  encoding: string,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.replace(/\r$/, "");
  }
  rest += decoder.decode();
  if (rest !== "") yield rest.replace(/\r$/, "");
}

function countQuotes(line: string): number {
  let count = 0;
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) {
    count++;
  }
  return count;
}

/**
 * Splits records into fields.
 *
 * @param texts Texts of records.
 * @param form Delimiter, and how many fields there should be; null for any number.
 * @returns Records in order; a text that only makes sense line by line gives several.
 */
export function parseRecords(
  texts: readonly string[],
  form: { readonly delimiter: string; readonly width: number | null },
): CsvRecord[] {
  const rows = tryParse(texts.join("\n"), form.delimiter);
  const fits = rows?.length === texts.length &&
    rows.every(({ length }) => form.width === null || length === form.width);
  if (rows && fits) {
    return texts.map((text, at) => ({ text, fields: rows[at] ?? null }));
  }
  return texts.flatMap((text) => parseAlone(text, form));
}

function parseAlone(
  text: string,
  form: { readonly delimiter: string; readonly width: number | null },
): CsvRecord[] {
  const [fields, ...others] = tryParse(text, form.delimiter) ?? [];
  const fits = fields !== undefined && others.length === 0 &&
    (form.width === null || fields.length === form.width);
  if (fits) return [{ text, fields }];
  if (!text.includes("\n")) return [{ text, fields: null }];
  return text.split("\n").filter((line) => line.trim() !== "")
    .flatMap((line) => parseAlone(line, form));
}

function tryParse(text: string, delimiter: string): string[][] | null {
  try {
    return parse(text, { delimiter, relax_column_count: true });
  } catch {
    return null;
  }
}
