/**
 * Verifies an export without the database it came from. Integrity, whether what is there
 * is as it was logged, and completeness, whether all is there, are told apart.
 *
 * @module
 */
import { sha256 } from "../../../domain/canonical.ts";
import type { Instant } from "../../../domain/day.ts";
import type { ChainRecord } from "../../../domain/decision.ts";
import type { Checkpoint } from "../checkpoints/checkpoint.ts";
import {
  type ExportEnd,
  type ExportHeader,
  type ExportLine,
  parseExportLine,
  printExportLine,
} from "./export_file.ts";
import {
  compareMarks,
  coveredBy,
  type LogPart,
  type MarkFault,
  type Marks,
  NO_MARKS,
  readMarks,
} from "../checkpoints/marks.ts";
import type { NoteVerifier } from "../checkpoints/signed_note.ts";
import { type Beginning, findBeginning } from "./verify_beginning.ts";
import { startStayed, type StayedWalk } from "./verify_stayed.ts";
import {
  type ChainWalk,
  type Damage,
  MISSING,
  startWalk,
  type ToldGaps,
} from "../verifying/walk.ts";

/** What is wrong at a place of a file. */
export interface ExportFault {
  /** Line, from 1 on; 0 for the file as a whole. */
  readonly line: number;
  /** For a person. */
  readonly detail: string;
}

/** What verifying an export found. */
export interface ExportVerification {
  /** Whose it says to be; null if it does not say. */
  readonly tenant: string | null;
  /** Which log it says to be of. */
  readonly log: LogPart;
  /** When it says to have been made. */
  readonly at: Instant | null;
  /** From where to where, both in. */
  readonly from: number;
  readonly upTo: number;
  readonly rows: number;
  /** Whether nothing speaks against what is there. */
  readonly intact: boolean;
  /** Whether all that it says to hold is there, and no checkpoint tells of more. */
  readonly complete: boolean;
  /** Why it begins there; a beginning that nothing explains is no whole export. */
  readonly begins: Beginning;
  /** Of acts: what happened to changes before its beginning, and stayed. */
  readonly stayed: number;
  /** Records before the first that no retention took, and behind the last, of the log. */
  readonly outside: { readonly before: number; readonly behind: number };
  /** The last record in it that a checkpoint which can be trusted signed; 0 for none. */
  readonly covered: number;
  readonly faults: readonly ExportFault[];
  readonly damages: readonly Damage[];
  readonly marks: readonly MarkFault[];
  /** Gaps that the log tells of itself. */
  readonly told: ToldGaps;
}

/** What an export is verified with. */
export interface ExportProofs {
  /** Notes, in the order in which they were made; none proves the chain in itself. */
  readonly notes: readonly string[];
  readonly verifiers: readonly NoteVerifier[];
}

interface Reading {
  header: ExportHeader | null;
  /** The first line. */
  first: string;
  walk: ChainWalk | null;
  /** What stands before its beginning; null for a log of which nothing stays. */
  stayed: StayedWalk | null;
  end: ExportEnd | null;
  lines: number;
  /** What checkpoints say of its log. */
  marks: Marks;
  /** Hashes of the records at their places. */
  readonly hashes: Map<number, string>;
  readonly faults: ExportFault[];
}

const FAULTS_KEPT = 100;

/**
 * Verifies an export.
 *
 * @param lines Its lines, each with its line break.
 */
export async function verifyExport(
  lines: AsyncIterable<string>,
  proofs: ExportProofs,
): Promise<ExportVerification> {
  const reading: Reading = {
    ...{ header: null, first: "", walk: null, end: null, lines: 0 },
    ...{ stayed: null, marks: NO_MARKS, hashes: new Map(), faults: [] },
  };
  for await (const line of lines) take(reading, line, proofs);
  const { header, walk, marks } = reading;
  if (header === null || walk === null) {
    return nothing([{ line: 1, detail: "it is no export of a log" }]);
  }
  if (reading.end === null) {
    fault(reading, "its last line is missing", 0);
  } else if (reading.end.lines !== reading.lines - 2) {
    fault(reading, "it does not have the lines that it ends with");
  } else if (reading.end.header !== sha256(reading.first)) {
    fault(reading, "it does not begin as it ends with", 1);
  }
  const walked = walk.end(reading.end?.last ?? walk.last);
  const ends = { anchor: header.anchor, last: walked.last };
  const against = [
    ...marks.faults,
    ...compareMarks(marks, reading.hashes, ends)
      .filter(({ kind, seq }) =>
        kind !== "cut" || isMissed(header, seq, marks.trusted)
      ),
  ];
  return judge(reading, header, { walked, against, marks: marks.hashes });
}

function judge(
  { faults, end, stayed }: Reading,
  header: ExportHeader,
  { walked, against, marks }: {
    readonly walked: ReturnType<ChainWalk["end"]>;
    readonly against: readonly MarkFault[];
    readonly marks: ReadonlyMap<number, string>;
  },
): ExportVerification {
  const { anchor, tenant, upTo } = header;
  const { last, rows, told, retired } = walked;
  const begins = findBeginning(header, { retired, hashes: marks });
  const isGone = ({ kind }: Damage) => MISSING.includes(kind);
  const early = walked.damages.find(({ kind }) => kind === "retired");
  const damages = [...walked.damages, ...stayed?.end() ?? []].filter((one) =>
    one !== early || begins.cause === "unexplained"
  );
  return {
    ...{ tenant, rows, told, faults, damages, marks: against, at: header.at },
    ...{ begins, stayed: stayed?.count ?? 0 },
    log: partOf(header),
    from: anchor.seq + 1,
    upTo: last.seq,
    intact: faults.every(({ line }) => line === 0) && damages.every(isGone) &&
      against.every(({ kind }) => kind === "cut"),
    complete: end !== null && last.seq === upTo && !damages.some(isGone) &&
      !against.some(({ kind }) => kind === "cut") && told.records === 0,
    outside: { before: early?.count ?? 0, behind: header.size - upTo },
    covered: coveredBy({ hashes: marks }, {
      from: anchor.seq,
      upTo: last.seq,
    }),
  };
}

function take(
  reading: Reading,
  text: string,
  proofs: ExportProofs,
): void {
  reading.lines += 1;
  const line = text.endsWith("\n") ? parseExportLine(text.slice(0, -1)) : null;
  if (line === null) fault(reading, "it is no line of an export");
  else if (reading.lines === 1) begin(reading, line, proofs);
  else if (reading.end !== null) fault(reading, "it stands behind the end");
  else if ("end" in line) reading.end = line.end;
  else if ("row" in line) step(reading, line.row);
  else fault(reading, "a second beginning");
}

function begin(
  reading: Reading,
  line: ExportLine,
  { notes, verifiers }: ExportProofs,
): void {
  if (!("header" in line)) return;
  reading.header = line.header;
  reading.first = printExportLine(line.header);
  const { tenant, anchor, masks, until } = line.header;
  if (masks !== null) {
    fault(reading, "it is masked: its chain cannot be verified");
  }
  reading.walk = startWalk(tenant, anchor);
  const part = partOf(line.header);
  if (part === "acts") {
    const about = { owner: tenant, begins: anchor };
    const isWanted = until === undefined;
    reading.stayed = startStayed({ ...about, isWanted });
  }
  reading.marks = readMarks(notes, { owner: tenant, part, verifiers });
}

/** An export that does not say is of decisions. */
function partOf({ log }: ExportHeader): LogPart {
  return log ?? "decisions";
}

function step(
  { walk, stayed, marks, hashes }: Reading,
  row: ChainRecord,
): void {
  if (stayed?.step(row)) return;
  walk?.step(row);
  if (marks.hashes.has(row.seq)) hashes.set(row.seq, row.hash);
}

function fault(
  { faults, lines }: Reading,
  detail: string,
  line = lines,
): void {
  if (faults.length < FAULTS_KEPT) faults.push({ line, detail });
}

/** Whether what a checkpoint covers should be in the export; not so of a later one. */
function isMissed(
  header: ExportHeader,
  seq: number,
  trusted: readonly Checkpoint[],
): boolean {
  const { upTo, size, at } = header;
  if (seq <= size) return upTo === size;
  const part = partOf(header);
  return trusted.some((checkpoint) =>
    checkpoint[part].seq === seq && checkpoint.at <= at
  );
}

function nothing(faults: readonly ExportFault[]): ExportVerification {
  return {
    ...{ tenant: null, at: null, from: 0, upTo: 0, rows: 0, covered: 0 },
    log: "decisions",
    begins: { after: 0, cause: "unexplained", signed: false, at: null },
    ...{ stayed: 0, outside: { before: 0, behind: 0 } },
    ...{ intact: false, complete: false, faults, damages: [], marks: [] },
    told: { records: 0, count: 0, gaps: [] },
  };
}
