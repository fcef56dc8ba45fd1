/**
 * Exported records as columns, for Parquet: what is asked of decisions and of acts most,
 * and the whole record beside it as JSON.
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

/** What a log has for columns. */
export type ExportTable = readonly (readonly [
  name: string,
  type: ExportColumn["type"],
  cell: Cell,
])[];

const PLACE: ExportTable = [
  ["seq", "INT64", ({ seq }) => BigInt(seq)],
  ["id", "STRING", ({ id }) => id],
  ["at", "TIMESTAMP", ({ at }) => new Date(at)],
  ["kind", "STRING", ({ kind }) => kind],
];

const WHOLE: ExportTable[number] = [
  ...["record", "STRING"] as const,
  ({ record }) => jsonOf(record),
];

/** Columns of decisions. */
export const DECISION_COLUMNS: ExportTable = [
  ...PLACE,
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
  WHOLE,
];

/** Columns of acts, and of what happened to changes. */
export const ACT_COLUMNS: ExportTable = [
  ...PLACE,
  ["act", "STRING", ({ record }) => textOf(record?.act)],
  ["about", "STRING", ({ record }) => textOf(record?.about ?? record?.subject)],
  ["done_by", "STRING", ({ record }) => textOf(record?.by)],
  ["key", "STRING", ({ record }) => textOf(record?.key)],
  ["end", "STRING", ({ record }) => textOf(record?.end ?? record?.to)],
  ["reason", "STRING", ({ record }) => textOf(record?.reason)],
  WHOLE,
];

/** What may be missing from no row. */
const ALWAYS: readonly string[] = ["seq", "id", "at", "kind"];

/** Puts a page of records into columns. */
export function toColumns(
  table: ExportTable,
  page: readonly ExportedRecord[],
): ExportColumn[] {
  return table.map(([name, type, cell]) => ({
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
