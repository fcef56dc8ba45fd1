/**
 * Rows of a CSV or Parquet file, read as a mapping says; README.md beside this
 * file and in `connectors/mapping/` tell how.
 *
 * A row goes in as a whole or becomes a dead letter as a whole.
 *
 * @module
 */
import {
  type DayRange,
  defineConnector,
  describeFault,
  type Page,
  type PullScope,
  type Receipt,
  RecordFault,
  type Reject,
  type RereadScope,
  type Signal,
} from "@moe/plugin";
import * as z from "zod";
import { openColumns } from "../mapping/columns.ts";
import type { Read, Row } from "../mapping/fields.ts";
import { compileMapping, isInRange } from "../mapping/row_signals.ts";
import { readCsvPages, rereadCsvRow } from "./csv_pages.ts";
import { type Keys, rememberKeys } from "./keys.ts";
import { type FileMapping, parseFileMapping } from "./mapping.ts";
import { readParquetPages, rereadParquetRow } from "./parquet_pages.ts";
import type { RowPage, SourceRow } from "./rows.ts";

const Settings = z.strictObject({
  file: z.string().min(1),
  mapping: z.unknown(),
});

/** What is kept beside a refused row: what it takes to read it again. */
const Context = z.object({ columns: z.array(z.string()), row: z.int() });

/** Which file, and how it is read. */
interface Config {
  readonly file: string;
  readonly mapping: FileMapping;
}

export default defineConnector<Config>({
  name: "csv",
  apiVersion: 1,
  about: "Rows of a CSV or Parquet file, mapped to totals and events",
  config: {
    parse(value) {
      const { file, mapping } = Settings.parse(value);
      return { file, mapping: parseFileMapping(mapping) };
    },
  },
  secrets: [],
  hosts: [],
  emits: ["performance", "event"],
  restatesDays: 0,
  pull,
  reread,
});

async function* pull(scope: PullScope<Config>): AsyncGenerator<Page> {
  const { cursor } = scope;
  let skipping = cursor !== null;
  for await (const page of readPages(scope)) {
    if (!skipping) yield page;
    else if (page.place === cursor) skipping = false;
  }
  if (skipping) yield* pull({ ...scope, cursor: null });
}

/** What is known of a file once its header is read. */
interface OpenFile {
  readonly header: readonly string[];
  readonly read: Read<readonly Signal[]>;
  readonly keys: Keys;
}

/** A page, and the cursor that stands for its end. */
type PlacedPage = Page & { readonly place: string };

async function* readPages(
  { config: { file, mapping }, files, range, report }: PullScope<Config>,
): AsyncGenerator<PlacedPage> {
  const pages = isParquet(file)
    ? readParquetPages(files, file)
    : readCsvPages(files, file, mapping);
  let open: OpenFile | null = null;
  let count = 0;
  for await (const { header, rows, last, place } of pages) {
    open ??= openFile(header, mapping);
    const { signals, rejects } = readRows(open, rows, { count, range });
    count += rows.length;
    report(`${count} rows`, null);
    yield { signals, rejects, cursor: last ? null : place, place };
  }
}

function isParquet(file: string): boolean {
  return file.endsWith(".parquet");
}

function openFile(header: readonly string[], mapping: FileMapping): OpenFile {
  return {
    header,
    read: compileMapping(mapping, openColumns(header), "mapping"),
    keys: rememberKeys(mapping.signals),
  };
}

function readRows(
  file: OpenFile,
  rows: RowPage["rows"],
  { count, range }: { readonly count: number; readonly range: DayRange | null },
): { signals: Signal[]; rejects: Reject[] } {
  const signals: Signal[] = [];
  const rejects: Reject[] = [];
  for (const [at, row] of rows.entries()) {
    const number = count + at + 1;
    try {
      const found = readRow(file, { fields: row.fields(), number });
      signals.push(...found.filter((signal) => isInRange(signal, range)));
    } catch (error) {
      if (!(error instanceof RecordFault)) throw error;
      rejects.push(refuse(file.header, row, { number, fault: error }));
    }
  }
  return { signals, rejects };
}

function readRow({ read, keys }: OpenFile, row: Row): readonly Signal[] {
  const found = read(row);
  keys.add(found);
  return found;
}

function refuse(
  columns: readonly string[],
  row: SourceRow,
  { number, fault }: { readonly number: number; readonly fault: RecordFault },
): Reject {
  return {
    reason: fault.reason,
    detail: `row ${number}: ${fault.message}`,
    original: row.original(),
    context: JSON.stringify({ columns, row: number }),
  };
}

function reread(
  { config: { file, mapping }, original, context }: RereadScope<Config>,
): Receipt {
  const kept = parseContext(context);
  if (kept === null) {
    const fault = new RecordFault("context_missing", "kept without its header");
    const rejects = [{ ...describeFault(fault), original, context }];
    return { signals: [], rejects };
  }
  const { columns, row } = kept;
  const rows = isParquet(file)
    ? [rereadParquetRow(original, columns)]
    : rereadCsvRow(original, columns.length, mapping);
  const scope = { count: row - 1, range: null };
  return readRows(openFile(columns, mapping), rows, scope);
}

function parseContext(text: string): z.infer<typeof Context> | null {
  try {
    return Context.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
