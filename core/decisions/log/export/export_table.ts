/**
 * Exported records as columns, for Parquet: what is asked of decisions most, and the
 * whole record beside it as JSON.
 *
 * @module
 */
import { canonicalJson } from "../../../domain/canonical.ts";
import type { ExportedRecord } from "./export.ts";

/** One column of a page. */
export interface ExportColumn {
  readonly name: string;
  readonly type: "STRING" | "INT64" | "DOUBLE" | "TIMESTAMP";
  readonly nullable: boolean;
  /** Shape [records]. */
  readonly data: readonly unknown[];
}

type Members = Readonly<Record<string, unknown>>;

/** What stands in a row; masks may have taken any of it. */
type Cell = (row: ExportedRecord, decision: Members) => unknown;

const COLUMNS: readonly (readonly [string, ExportColumn["type"], Cell])[] = [
  ["seq", "INT64", ({ seq }) => BigInt(seq)],
  ["id", "STRING", ({ id }) => id],
  ["at", "TIMESTAMP", ({ at }) => new Date(at)],
  ["kind", "STRING", ({ kind }) => kind],
  ["requested_by", "STRING", ({ record }) => textOf(record?.by)],
  ["model_version", "STRING", (_, { modelVersion }) => textOf(modelVersion)],
  ["rung", "STRING", (_, { rung }) => textOf(rung)],
  ["policy_set", "STRING", (_, { policySet }) => textOf(policySet)],
  [
    "score",
    "DOUBLE",
    (_, { score }) => typeof score === "number" ? score : null,
  ],
  [
    "action",
    "STRING",
    (_, { recommendation }) => textOf(membersOf(recommendation).action),
  ],
  [
    "bid_micros",
    "INT64",
    (_, { recommendation }) => wholeOf(membersOf(recommendation).bidMicros),
  ],
  [
    "currency",
    "STRING",
    (_, { recommendation }) => textOf(membersOf(recommendation).currency),
  ],
  [
    "entities",
    "STRING",
    ({ record }) => jsonOf(membersOf(record?.request).entities),
  ],
  ["outcomes", "STRING", ({ record }) => jsonOf(record?.outcomes)],
  ["record", "STRING", ({ record }) => jsonOf(record)],
];

/** What may be missing from no row. */
const ALWAYS: readonly string[] = ["seq", "id", "at", "kind"];

/** Puts a page of records into columns. */
export function toColumns(page: readonly ExportedRecord[]): ExportColumn[] {
  return COLUMNS.map(([name, type, cell]) => ({
    ...{ name, type, nullable: !ALWAYS.includes(name) },
    data: page.map((row) => cell(row, membersOf(row.record?.decision))),
  }));
}

function membersOf(value: unknown): Members {
  return typeof value === "object" && value !== null ? value as Members : {};
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function wholeOf(value: unknown): bigint | null {
  return Number.isSafeInteger(value) ? BigInt(value as number) : null;
}

function jsonOf(value: unknown): string | null {
  return value === undefined || value === null ? null : canonicalJson(value);
}
