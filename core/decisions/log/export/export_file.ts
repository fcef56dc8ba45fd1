/**
 * An export of a log as JSON lines: a line that says what it is, a line for each record
 * as it is logged, and a line that says where it ends. Lines are canonical, so that one
 * which reads the same but is written otherwise is no line of an export.
 *
 * @module
 */
import { canonicalJson } from "../../../domain/canonical.ts";
import type { Instant } from "../../../domain/day.ts";
import type { ChainRecord } from "../../../domain/decision.ts";
import { isAuditKind, isLogKind } from "../../../domain/log_record.ts";
import type { ChainHead } from "../../../ports/decisions.ts";
import type { Mask } from "../records/masks.ts";

/** What an export is of. */
export interface ExportHeader {
  readonly v: 1;
  readonly kind: "export";
  /** Which log of the tenant's; decisions unless given. */
  readonly log?: "acts";
  /** From which moment on it was asked for; from the beginning unless given. */
  readonly from?: Instant;
  /** Up to which moment; to the end unless given. */
  readonly until?: Instant;
  /** Whose; `*` for the acts of the deployment. */
  readonly tenant: string;
  /** The record before the first. */
  readonly anchor: ChainHead;
  /** Where the part ends. */
  readonly upTo: number;
  /** Where the log ended. */
  readonly size: number;
  readonly at: Instant;
  /** What is masked; null if nothing is: only then can the chain be verified. */
  readonly masks: readonly Mask[] | null;
}

/** Where an export ends. */
export interface ExportEnd {
  readonly v: 1;
  readonly kind: "end";
  /** Lines between the first and this one. */
  readonly lines: number;
  /** SHA-256 of the first line. */
  readonly header: string;
  readonly last: ChainHead;
}

/** One line, read. */
export type ExportLine =
  | { readonly header: ExportHeader }
  | { readonly row: ChainRecord }
  | { readonly end: ExportEnd };

/** Prints the first or the last line, without its line break. */
export function printExportLine(line: ExportHeader | ExportEnd): string {
  return canonicalJson(line);
}

/** Prints a record as it is logged. */
export function printLoggedLine(row: ChainRecord): string {
  const { seq, id, at, kind, prev, hash, record } = row;
  return canonicalJson({ seq, id, at, kind, prev, hash, record });
}

/** Reads a line; null for what is none, byte for byte. */
export function parseExportLine(text: string): ExportLine | null {
  const value = parseCanonical(text);
  if (value === null) return null;
  if (value.kind === "export") {
    return isHeader(value) ? { header: value } : null;
  }
  if (value.kind === "end") return isEnd(value) ? { end: value } : null;
  return isRow(value) ? { row: value } : null;
}

type Members = Record<string, unknown>;

function parseCanonical(text: string): Members | null {
  try {
    const value: unknown = JSON.parse(text);
    return isMembers(value) && canonicalJson(value) === text ? value : null;
  } catch {
    return null;
  }
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hasOnly(value: Members, names: readonly string[]): boolean {
  return Object.keys(value).sort().join() === names.toSorted().join();
}

function isHeader(value: unknown): value is ExportHeader & Members {
  return isMembers(value) &&
    hasOnly(value, [
      ...["v", "kind", "tenant", "anchor", "upTo", "size", "at", "masks"],
      ...["log", "from", "until"].filter((name) => name in value),
    ]) &&
    (!("log" in value) || value.log === "acts") && value.v === 1 &&
    [value.from ?? "", value.until ?? ""]
      .every((moment) => typeof moment === "string") &&
    typeof value.tenant === "string" &&
    typeof value.at === "string" && isHead(value.anchor) &&
    isCount(value.upTo) && isCount(value.size) &&
    (value.masks === null || Array.isArray(value.masks));
}

function isEnd(value: unknown): value is ExportEnd & Members {
  return isMembers(value) &&
    hasOnly(value, ["v", "kind", "lines", "header", "last"]) &&
    value.v === 1 && isCount(value.lines) &&
    typeof value.header === "string" && isHead(value.last);
}

function isRow(value: unknown): value is ChainRecord & Members {
  return isMembers(value) &&
    hasOnly(value, [
      ...["seq", "id", "at", "kind", "prev", "hash", "record"],
    ]) &&
    isCount(value.seq) &&
    (isLogKind(value.kind) || isAuditKind(value.kind)) &&
    ["id", "at", "prev", "hash", "record"]
      .every((name) => typeof value[name] === "string");
}

function isHead(value: unknown): value is ChainHead {
  return isMembers(value) && hasOnly(value, ["seq", "hash"]) &&
    isCount(value.seq) && typeof value.hash === "string" &&
    /^[0-9a-f]{64}$/.test(value.hash);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
