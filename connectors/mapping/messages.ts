/**
 * Messages of a source that runs on its own and writes one JSON text a line:
 * records, and states between them.
 *
 * A state ends a page and is its cursor, so that the state never runs ahead of
 * what is kept. What comes after the last state is kept too; the source's next run
 * tells it again.
 *
 * @module
 */
import {
  type DayRange,
  type Page,
  type PullScope,
  type Receipt,
  RecordFault,
  sha256,
} from "@moe/plugin";
import { createHash } from "node:crypto";
import { openBytes } from "./file_bytes.ts";
import { type Line, readLines } from "./lines.ts";
import { parseCursor, printCursor } from "./message_cursor.ts";
import { openPage } from "./open_page.ts";
import { type Message, NO_STATE, type Protocol } from "./protocol.ts";
import { isInRange } from "./row_signals.ts";
import type { StreamReader } from "./streams.ts";
import { openTally, type Tally } from "./tally.ts";

/** A source of messages, opened for one run. */
export interface MessageSource {
  /** Path of the file; `-` for standard input. */
  readonly file: string;
  /** Readers of the streams that are mapped. */
  readonly streams: ReadonlyMap<string, StreamReader>;
  /** Understands the lines of a run that was given a state, canonical JSON. */
  readonly openProtocol: (state: string) => Protocol;
}

const STANDARD_INPUT = "-";
/** Place before the first line. */
const BEGINNING = `0:${sha256("").slice(0, 16)}`;
const FAULTS = {
  line_too_long: "longer than 16 MB",
  encoding_invalid: "bytes that are not UTF-8",
} as const;

/** What came of hearing a line. */
type Heard = Message | {
  readonly kind: "refused";
  readonly fault: RecordFault;
};

/**
 * Pulls messages page by page.
 *
 * @param scope What the connector is lent.
 * @param open Opens the source; twice where a file is not the one that was begun.
 * @returns Pages.
 * @throws {EngineError} What the protocol says is not whole.
 */
export async function* pullMessages(
  scope: PullScope<unknown>,
  open: () => MessageSource,
): AsyncGenerator<Page> {
  const cursor = scope.cursor === null ? null : parseCursor(scope.cursor);
  const state = cursor?.state ?? NO_STATE;
  const source = open();
  if (cursor !== null && source.file !== STANDARD_INPUT) {
    const known = yield* run(scope, source, { state, after: cursor.read });
    if (known) return;
  }
  yield* run(scope, open(), { state, after: null });
}

/** Reads what comes after a place; false if the file does not have that place. */
async function* run(
  { files, range, report }: PullScope<unknown>,
  source: MessageSource,
  start: { readonly state: string; readonly after: string | null },
): AsyncGenerator<Page, boolean> {
  const protocol = source.openProtocol(start.state);
  const tally = openTally(report);
  let { state, after } = start;
  let page = openPage();
  let place = () => BEGINNING;
  for await (const line of countLines(openBytes(files, source.file))) {
    const heard = hear(protocol, line);
    if (heard.kind === "state") ({ state } = heard);
    ({ place } = line);
    if (after !== null) {
      if (line.count < Number.parseInt(after)) continue;
      if (place() !== after) return false;
      after = null;
      continue;
    }
    take(heard, line, { source, page, tally, range });
    const ends = heard.kind === "state" || page.isFull();
    if (page.isEmpty() || !ends || !line.whole) continue;
    tally.tellProgress();
    yield { ...page.close(), cursor: printCursor({ state, read: place() }) };
    page = openPage();
  }
  if (after !== null) return false;
  tally.tellEnd(source.streams);
  const failure = protocol.end();
  const cursor = printCursor({ state, read: place() });
  if (failure === null) yield { ...page.close(), cursor: null, resume: cursor };
  else if (!page.isEmpty()) yield { ...page.close(), cursor };
  if (failure !== null) throw failure;
  return true;
}

/** A line, how many there were up to it, and the place at its end. */
type CountedLine = Line & {
  readonly count: number;
  /** Count and hash of all whole lines up to here. */
  readonly place: () => string;
};

async function* countLines(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<CountedLine> {
  const hash = createHash("sha256");
  let whole = 0;
  for await (const line of readLines(chunks)) {
    if (line.whole) {
      whole++;
      hash.update(line.text + "\n");
    }
    const place = () => `${whole}:${hash.copy().digest("hex").slice(0, 16)}`;
    yield { ...line, count: line.whole ? whole : whole + 1, place };
  }
}

function hear(protocol: Protocol, line: Line): Heard {
  if (line.text.trim() === "") return { kind: "other", note: null };
  try {
    if (line.fault) throw new RecordFault(line.fault, FAULTS[line.fault]);
    return protocol.read(line.text);
  } catch (error) {
    if (!(error instanceof RecordFault)) throw error;
    protocol.skip();
    return { kind: "refused", fault: line.whole ? error : torn(error) };
  }
}

/** A last line without an end that makes no sense was not written to its end. */
function torn(fault: RecordFault): RecordFault {
  return fault.reason === "message_malformed" ? fault : new RecordFault(
    "line_truncated",
    "the last line is not whole: whoever wrote it was cut off",
  );
}

function take(
  heard: Heard,
  { text, count }: CountedLine,
  { source, page, tally, range }: {
    readonly source: MessageSource;
    readonly page: ReturnType<typeof openPage>;
    readonly tally: Tally;
    readonly range: DayRange | null;
  },
): void {
  function refuse({ reason, message }: RecordFault): void {
    page.refuse({
      reason,
      detail: `line ${count}: ${message}`,
      original: text,
    });
  }
  if (heard.kind === "refused") return refuse(heard.fault);
  if (heard.kind === "state") return tally.state();
  if (heard.kind === "other") {
    return heard.note === null ? undefined : tally.note(heard.note);
  }
  const { stream, record, identity } = heard;
  const reader = source.streams.get(stream);
  tally.record(stream, reader !== undefined);
  try {
    const signals = reader?.toSignals(record) ?? [];
    const wanted = signals.filter((signal) => isInRange(signal, range));
    page.add({ signals: wanted, identity }, text.length);
  } catch (error) {
    if (!(error instanceof RecordFault)) throw error;
    refuse(error);
  }
}

/**
 * Reads a kept line again.
 *
 * @param source The source.
 * @param original The line.
 * @returns Its signals, or why it still makes no sense.
 */
export function rereadMessage(
  { streams, openProtocol }: MessageSource,
  original: string,
): Receipt {
  const line = { text: original, whole: true, fault: null };
  const heard = hear(openProtocol(NO_STATE), line);
  try {
    if (heard.kind === "refused") throw heard.fault;
    if (heard.kind !== "record") return { signals: [], rejects: [] };
    const reader = streams.get(heard.stream);
    const signals = reader?.toSignals(heard.record) ?? [];
    return { signals, rejects: [] };
  } catch (error) {
    if (!(error instanceof RecordFault)) throw error;
    const { reason, message: detail } = error;
    return { signals: [], rejects: [{ reason, detail, original }] };
  }
}
