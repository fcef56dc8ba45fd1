/**
 * Rows of a CSV file, read as a mapping says; README.md beside this file has the
 * mapping's members.
 *
 * A row goes in as a whole or becomes a dead letter as a whole. A cursor is the
 * number of the last row and a hash of the text up to it, so that a run goes on
 * only in the file that it began.
 *
 * @module
 */
import {
  type DayRange,
  defineConnector,
  EngineError,
  type Page,
  type PullScope,
  type Reject,
  type Signal,
} from "@moe/plugin";
import { createHash } from "node:crypto";
import * as z from "zod";
import { type Read, type Row, RowFault } from "./fields.ts";
import { type Keys, rememberKeys } from "./keys.ts";
import { type Mapping, parseMapping } from "./mapping.ts";
import { type CsvRecord, parseRecords, splitRecords } from "./records.ts";
import { compileMapping } from "./row_signals.ts";

const PAGE_RECORDS = 2000;
/** What a decoder leaves in place of bytes that make no character. */
const UNREADABLE = "\uFFFD";

const Settings = z.strictObject({
  file: z.string().min(1),
  mapping: z.unknown(),
});

/** Which file, and how it is read. */
interface Config {
  readonly file: string;
  readonly mapping: Mapping;
}

export default defineConnector<Config>({
  name: "csv",
  apiVersion: 1,
  about: "Rows of a CSV file, mapped to totals and events",
  config: {
    parse(value) {
      const { file, mapping } = Settings.parse(value);
      return { file, mapping: parseMapping(mapping) };
    },
  },
  secrets: [],
  hosts: [],
  emits: ["performance", "event"],
  restatesDays: 0,
  pull,
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
  const hash = createHash("sha256");
  let open: OpenFile | null = null;
  let rows = 0;
  for await (
    const { texts, last } of inPages(file, files.read(file), mapping)
  ) {
    const [header] = open ? [] : texts;
    open ??= openFile(file, header, mapping);
    const body = header === undefined ? texts : texts.slice(1);
    const form = { delimiter: mapping.delimiter, width: open.header.length };
    const records = parseRecords(body, form);
    hash.update(texts.join("\n") + "\n");
    const { signals, rejects } = readRecords(open, records, { rows, range });
    rows += records.length;
    report(`${rows} rows`, null);
    const place = `${rows}:${hash.copy().digest("hex").slice(0, 16)}`;
    yield { signals, rejects, cursor: last ? null : place, place };
  }
  if (!open) throw unreadable(file, "it is empty, without a header");
}

function openFile(
  file: string,
  text: string | undefined,
  mapping: Mapping,
): OpenFile {
  const { delimiter, signals } = mapping;
  const [record] = parseRecords([text ?? ""], { delimiter, width: null });
  if (!record?.fields) throw unreadable(file, "its header is malformed");
  const ids = signals.flatMap((one) =>
    one.grain === "event" ? one.eventId : []
  );
  const ownIds = new Set(ids).size === ids.length &&
    ids.every((id) => id.includes("{#}"));
  return {
    header: record.fields,
    read: compileMapping(mapping, record.fields),
    keys: rememberKeys(ownIds),
  };
}

function readRecords(
  { header, read, keys }: OpenFile,
  records: readonly CsvRecord[],
  { rows, range }: { readonly rows: number; readonly range: DayRange | null },
): { signals: Signal[]; rejects: Reject[] } {
  const signals: Signal[] = [];
  const rejects: Reject[] = [];
  for (const [at, { text, fields }] of records.entries()) {
    const number = rows + at + 1;
    try {
      if (text.includes(UNREADABLE)) throw misencoded();
      if (!fields) throw malformed(header.length);
      const found = readRow({ fields, number }, read, keys);
      signals.push(...found.filter((signal) => isIn(signal, range)));
    } catch (error) {
      if (!(error instanceof RowFault)) throw error;
      const detail = `row ${number}: ${error.message}`;
      rejects.push({ reason: error.reason, detail, original: text });
    }
  }
  return { signals, rejects };
}

function readRow(
  row: Row,
  read: Read<readonly Signal[]>,
  keys: Keys,
): readonly Signal[] {
  const found = read(row);
  keys.add(found);
  return found;
}

function isIn(signal: Signal, range: DayRange | null): boolean {
  const day = signal.grain === "event"
    ? signal.occurredAt.slice(0, 10)
    : signal.day;
  return range === null || (day >= range.from && day < range.until);
}

/** Record texts by pages; one page is held back to know which is the last. */
async function* inPages(
  file: string,
  bytes: AsyncIterable<Uint8Array>,
  { encoding }: Mapping,
): AsyncGenerator<{ texts: string[]; last: boolean }> {
  const plain = file.endsWith(".gz") ? unzip(file, bytes) : bytes;
  let held: string[] | null = null;
  let texts: string[] = [];
  for await (const text of splitRecords(plain, encoding)) {
    texts.push(text);
    if (texts.length < PAGE_RECORDS) continue;
    if (held) yield { texts: held, last: false };
    held = texts;
    texts = [];
  }
  if (held) yield { texts: held, last: texts.length === 0 };
  if (texts.length > 0) yield { texts, last: true };
}

async function* unzip(
  file: string,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const packed = ReadableStream.from(bytes) as ReadableStream<
    Uint8Array<ArrayBuffer>
  >;
  try {
    yield* packed.pipeThrough(new DecompressionStream("gzip"));
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw unreadable(file, "it is not whole gzip");
  }
}

function misencoded(): RowFault {
  return new RowFault(
    "encoding_invalid",
    "bytes that the file's encoding does not have; name it in the mapping's encoding",
  );
}

function malformed(width: number): RowFault {
  return new RowFault(
    "row_malformed",
    `quotes do not close, or there are not ${width} fields`,
  );
}

function unreadable(file: string, reason: string): EngineError {
  return new EngineError(
    "file_unreadable",
    `Cannot read file "${file}": ${reason}`,
  );
}
