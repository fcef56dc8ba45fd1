/**
 * Exports of a log in memory, as they are made and as somebody forges them, for tests.
 *
 * @module
 */
import assert from "node:assert/strict";
import { sha256 } from "../../../domain/canonical.ts";
import { printCheckpoint } from "../checkpoints/checkpoint.ts";
import { type ExportAsked, exportLines } from "./export.ts";
import {
  type ExportEnd,
  type ExportHeader,
  parseExportLine,
  printExportLine,
  printLoggedLine,
} from "./export_file.ts";
import { createMemoryLog, type MemoryLog } from "../records/memory_log_test.ts";
import { createManyReader } from "../records/reading.ts";
import { hashRecord } from "../records/record.ts";
import {
  makeSigningKey,
  parseSigningKey,
  parseVerifiers,
} from "../checkpoints/signed_note.ts";
import { type ExportVerification, verifyExport } from "./verify_export.ts";

export const AT = "2026-01-31T09:00:00.000Z";
export const SIGNER = parseSigningKey(makeSigningKey("eu-1"), "a test");
export const VERIFIERS = parseVerifiers(SIGNER.verifier, "a test");
export const NOBODY = { seq: 0, hash: "0".repeat(64) };

export async function logOf(rows: number): Promise<MemoryLog> {
  const log = createMemoryLog();
  for (let row = 1; row <= rows; row++) {
    const id = `dec_${row}`;
    await log.append([{
      ...{ tenant: "acme", id, at: AT, idempotent: null },
      record:
        `{"decision":{"at":"${AT}","id":"${id}"},"kind":"decision","tenant":"acme","v":1}`,
    }]);
  }
  return log;
}

export async function exported(
  log: MemoryLog,
  asked: Partial<ExportAsked> = {},
): Promise<string> {
  const decisions = {
    many: createManyReader(log),
    outcomes: { of: () => Promise.resolve([]) },
  };
  const lines = exportLines({ decisions, clock: { now: () => AT } }, {
    ...{ tenant: "acme", masking: null },
    ...asked,
  });
  return (await Array.fromAsync(lines)).join("");
}

/** A checkpoint of a log as it is after a record, made when an export was. */
export function noteAt(log: MemoryLog, seq: number, at = AT): string {
  const row = log.rows[seq - 1];
  assert.ok(row);
  const decisions = { seq, hash: row.hash };
  const owned = { deployment: "eu-1", owner: "acme", at };
  return SIGNER.sign(printCheckpoint({ ...owned, decisions, acts: NOBODY }));
}

async function* linesOf(text: string): AsyncGenerator<string> {
  for (const line of text.match(/[^\n]*\n|[^\n]+/g) ?? []) yield await line;
}

export function verify(
  text: string,
  notes: readonly string[] = [],
): Promise<ExportVerification> {
  return verifyExport(linesOf(text), { notes, verifiers: VERIFIERS });
}

export const isFound = ({ intact, complete }: ExportVerification) =>
  !(intact && complete);

export interface Parts {
  header: ExportHeader;
  end: ExportEnd;
  log: MemoryLog;
}

/** Puts an export together by somebody who knows its form. */
export async function forge(
  log: MemoryLog,
  change: (parts: Parts) => void,
): Promise<string> {
  const [first = "", ...rest] = (await exported(log)).trimEnd().split("\n");
  const [one, last] = [first, rest.at(-1) ?? ""].map(parseExportLine);
  assert.ok(one && "header" in one && last && "end" in last);
  const parts: Parts = {
    header: one.header,
    end: last.end,
    log: { ...log, rows: log.rows.map((row) => ({ ...row })) },
  };
  change(parts);
  const { rows } = parts.log;
  const { seq = 0, hash = "" } = rows.at(-1) ?? {};
  const header = printExportLine(parts.header);
  const end = {
    ...parts.end,
    ...{ lines: rows.length, last: { seq, hash }, header: sha256(header) },
  };
  return [header, ...rows.map(printLoggedLine), printExportLine(end), ""]
    .join("\n");
}

export function rebuild({ rows }: MemoryLog, from: number): void {
  for (let place = from; place < rows.length; place++) {
    const [before, row] = [rows[place - 1], rows[place]];
    assert.ok(row);
    const prev = before?.hash ?? NOBODY.hash;
    const hash = hashRecord({ ...row, prev });
    rows[place] = { ...row, prev, hash };
  }
}
