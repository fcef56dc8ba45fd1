/**
 * Reads a CSV file into columns of numbers, row by row, so that no more than the
 * columns themselves is held.
 *
 * A number is as JavaScript prints one, `inf` or `-inf`, or `true` and `false` for
 * 1 and 0; nothing, `NA`, `N/A`, `NaN` and `null` are missing. In a categorical
 * column only nothing is missing: `NA` may be North America. Its words get the
 * codes 0, 1, 2, … in alphabetical order, whatever the order of the rows.
 *
 * @module
 */
import { createReadStream } from "node:fs";
import { CsvError, type Options as CsvOptions, parse } from "csv-parse";
import { EngineError } from "../../domain/error.ts";
import { suggestName } from "../../domain/nearest_name.ts";
import {
  type ColumnReader,
  readLabels,
  readNumbers,
  readWords,
} from "./columns.ts";

/** A row this long is a quote that somebody forgot to close. */
const MAX_ROW_BYTES = 4_194_304;

/** How a table is written: one way for all who read it. */
export const CSV_FORMAT: Readonly<CsvOptions> = {
  bom: true,
  maxRecordSize: MAX_ROW_BYTES,
  recordDelimiter: ["\r\n", "\n"],
  skipEmptyLines: true,
};

/** Rows of a file, column by column; columns and label of shape [rows]. */
export interface Table {
  readonly rows: number;
  /** Names of the columns, the target left out. */
  readonly names: readonly string[];
  /** NaN is missing. */
  readonly columns: readonly Float64Array[];
  /** Places of the columns that hold codes of words. */
  readonly coded: readonly number[];
  /** Words by code, for each coded column. */
  readonly words: readonly (readonly string[])[];
  /** The target; null if none was named. */
  readonly label: Float64Array | null;
}

/** What of a file to read, and how. */
export interface TableOptions {
  /** Column of the label; every row must have one. */
  readonly target?: string;
  /** Columns of words. */
  readonly categorical?: readonly string[];
  /** Columns to leave out. */
  readonly drop?: readonly string[];
  /** Table whose columns and words hold; a word it does not know is missing. */
  readonly like?: Table;
}

/**
 * Reads a table.
 *
 * @param path CSV with a header: commas, quotes doubled inside quotes, LF or CRLF,
 * with or without a byte order mark; empty lines are passed over.
 * @param options What to read; all columns as numbers unless said otherwise.
 * @returns The table; with `like`, its columns in the order of that table.
 * @throws {EngineError} `file_unreadable` if there is no such file, it is no CSV or
 * a row has more or fewer fields than the header; `dataset_invalid` if a named
 * column is not there, none is left beside the target, a column is not numeric, or a
 * label is missing.
 */
export async function readTable(
  path: string,
  options: TableOptions = {},
): Promise<Table> {
  const input = createReadStream(path);
  const records = input.pipe(parse(CSV_FORMAT));
  input.on("error", (cause) => records.destroy(cause));
  let readers: PlacedReader[] | null = null;
  let rows = 0;
  try {
    for await (const record of records as AsyncIterable<string[]>) {
      if (readers === null) readers = place(path, record, options);
      else {
        for (const { at, read } of readers) read.add(record[at] as string);
        rows++;
      }
    }
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    input.destroy();
  }
  if (readers === null) throw unreadable(path, new Error("it is empty"));
  return collect(readers, rows, options);
}

interface PlacedReader {
  readonly name: string;
  /** Place of the column in the file. */
  readonly at: number;
  readonly read: ColumnReader;
}

/** Readers of the wanted columns, the target's last. */
function place(
  path: string,
  header: readonly string[],
  { target, categorical = [], drop = [], like }: TableOptions,
): PlacedReader[] {
  if (header.some((name) => name.includes("\r"))) {
    const reason = "its lines end in CR alone; end them in LF or CRLF";
    throw unreadable(path, new Error(reason));
  }
  const twice = header.find((name, at) => header.indexOf(name) !== at);
  if (twice !== undefined) {
    throw invalid(path, twice, "the header names it twice");
  }
  const find = (name: string) => {
    const at = header.indexOf(name);
    if (at >= 0) return at;
    throw invalid(path, name, `it is not there; ${suggestName(name, header)}`);
  };
  [...categorical, ...drop].forEach(find);
  const words = like
    ? new Map(like.coded.map((at, i) => [like.names[at], like.words[i]]))
    : new Map(categorical.map((name) => [name, undefined]));
  const names = like?.names ??
    header.filter((name) => name !== target && !drop.includes(name));
  if (names.length === 0) {
    throw new EngineError(
      "dataset_invalid",
      `Cannot learn from "${path}": no column is left beside the target`,
    );
  }
  const readers = names.map((name) => ({
    name,
    at: find(name),
    read: words.has(name)
      ? readWords(words.get(name))
      : readNumbers({ path, name }),
  }));
  if (target === undefined) return readers;
  if (like && !header.includes(target)) {
    const reason =
      "it is not there, and predictions are measured by the target";
    throw invalid(path, target, reason);
  }
  const read = readLabels({ path, name: target });
  return [...readers, { name: target, at: find(target), read }];
}

function collect(
  readers: readonly PlacedReader[],
  rows: number,
  { target }: TableOptions,
): Table {
  const all = readers.map(({ name, read }) => ({ name, ...read.finish() }));
  const label = target === undefined ? null : all.pop()?.values ?? null;
  const coded = all.flatMap(({ words }, at) => words ? [at] : []);
  return {
    rows,
    names: all.map(({ name }) => name),
    columns: all.map(({ values }) => values),
    coded,
    words: all.flatMap(({ words }) => words ? [words] : []),
    label,
  };
}

function invalid(path: string, column: string, reason: string): EngineError {
  return new EngineError(
    "dataset_invalid",
    `Cannot read column "${column}" of "${path}": ${reason}`,
  );
}

function unreadable(path: string, cause: unknown): unknown {
  if (cause instanceof EngineError) return cause;
  const isMissing = (cause as { code?: unknown }).code === "ENOENT";
  const reason = cause instanceof CsvError
    ? sayCsvFault(cause)
    : isMissing
    ? "it does not exist"
    : (cause as Error).message;
  return new EngineError(
    "file_unreadable",
    `Cannot read table "${path}": ${reason}`,
    { cause },
  );
}

/** What is wrong, without the text of the row. */
function sayCsvFault(fault: CsvError): string {
  const line = `line ${Number(fault["lines"])}`;
  if (fault.code === "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH") {
    const fields = (fault["record"] as unknown[]).length;
    return `${line} has ${fields} fields, unlike the header`;
  }
  if (fault.code === "CSV_MAX_RECORD_SIZE") {
    return `${line} is longer than ${MAX_ROW_BYTES} characters`;
  }
  return fault.code === "CSV_QUOTE_NOT_CLOSED"
    ? `a quote that is open at ${line} never closes`
    : `${line} has a quote in the wrong place`;
}
