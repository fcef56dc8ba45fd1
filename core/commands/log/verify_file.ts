/**
 * `moe verify-log --file`: an export verified without the database it came from.
 *
 * @module
 */
import {
  type ExportVerification,
  verifyExport,
} from "../../decisions/log/export/verify_export.ts";
import { EngineError } from "../../domain/error.ts";
import {
  parseVerifiers,
  splitNotes,
} from "../../decisions/log/checkpoints/signed_note.ts";
import { type CommandScope, type Options, textOption } from "../command.ts";
import { printGaps } from "./print_gaps.ts";
import { readLines, readText } from "./read_lines.ts";

/**
 * Verifies an export.
 *
 * @returns 0 if it is intact and complete, else 1.
 * @throws {EngineError} `file_unreadable`; `request_invalid` if checkpoints come without
 * a key to verify them, or the other way round.
 */
export async function verifyFile(
  { terminal }: CommandScope,
  path: string,
  options: Options,
): Promise<number> {
  const file = textOption(options, "checkpoints", "");
  const key = textOption(options, "public-key", "");
  if ((file === "") !== (key === "")) {
    throw new EngineError(
      "request_invalid",
      "Cannot verify an export: give --checkpoints and --public-key together",
    );
  }
  const found = await verifyExport(readLines(path), {
    notes: file === "" ? [] : splitNotes(await readText(file)),
    verifiers: key === "" ? [] : parseVerifiers(await readText(key), key),
  });
  printFound(found).forEach(terminal.line);
  return found.intact && found.complete ? 0 : 1;
}

function printFound(found: ExportVerification): string[] {
  const { tenant, log, from, upTo, rows, covered, outside } = found;
  const what = log === "acts" ? "acts" : "records";
  const signed = covered === 0
    ? "no checkpoint signed any of it: it is proven in itself alone"
    : covered < upTo
    ? `signed up to ${covered}; ${
      upTo - covered
    } records are behind the last checkpoint`
    : "signed to its end";
  return [
    `${tenant ?? "?"}: ${what} ${from} to ${upTo} as of ${
      found.at ?? "?"
    }, ${rows} in the file`,
    `integrity: ${
      found.intact ? "as it was logged" : "NOT as it was logged"
    }; ${signed}`,
    `completeness: ${
      found.complete ? "nothing is missing" : "NOT all that it should hold"
    }`,
    ...printBeginning(found),
    ...outside.behind > 0
      ? [`  it ends ${outside.behind} records before the log did`]
      : [],
    ...found.faults.map(({ line, detail }) => `  line ${line}  ${detail}`),
    ...found.damages.slice(0, MOST).map(({ seq, kind, detail }) =>
      `  ${seq}  ${kind}  ${detail}`
    ),
    ...found.marks.slice(0, MOST).map(({ kind, detail }) =>
      `  checkpoint  ${kind}  ${detail}`
    ),
    ...printGaps(found.told),
  ];
}

const MOST = 100;

/** Where it begins and why; what nothing explains stands among the damages. */
function printBeginning(
  { begins, stayed, outside }: ExportVerification,
): string[] {
  const { after, cause, signed, at } = begins;
  const also = signed ? "; a checkpoint signed that record" : "";
  const kept = stayed === 0
    ? []
    : [`  what happened to changes before that stayed: ${stayed} records`];
  if (cause === "first" || cause === "unexplained") return kept;
  const why = cause === "retention"
    ? `it begins behind record ${after}, up to which retention took records, as it told at ${at}`
    : cause === "asked"
    ? `it begins ${outside.before} records behind the log's first, as it was asked for`
    : `it begins behind record ${after}, and ends before whatever tells why`;
  return [`  ${why}${also}`, ...kept];
}
