/**
 * Reads a problem whose entities are columns of 64-bit numbers in a file of their own.
 *
 * @module
 */
import {
  type AllocationColumns,
  CURVE_KINDS,
} from "../../domain/allocation.ts";
import { LARGEST } from "./amounts_schema.ts";
import { ColumnsFile } from "./bench_schema.ts";
import type { AmountsAsked } from "./plan_problem.ts";
import { parseFields, refused } from "./refuse.ts";

const BYTES = 8;
const WANTED = ["type", "beta", "k", "s", "lo", "hi"] as const;
type Column = (typeof WANTED)[number];

/**
 * Reads `mmm-budget-bench-bin/1`.
 *
 * @param value The header's JSON.
 * @param bytes Columns one after the other, little-endian.
 * @param file The header's name, for messages.
 * @throws {EngineError} `request_invalid`, naming the row and column that is wrong.
 */
export function readColumnsFile(
  value: unknown,
  bytes: Uint8Array,
  file: string,
): AmountsAsked {
  const { n: size, budget, columns } = parseFields(ColumnsFile, value, file);
  const lacking = WANTED.find((name) => !columns.includes(name));
  if (lacking !== undefined) {
    throw refused(file, [`columns: there is no "${lacking}"`]);
  }
  const length = size * columns.length * BYTES;
  if (bytes.byteLength !== length) {
    throw refused(file, [
      `n: ${size} rows of ${columns.length} columns take ${length} bytes, the file of columns has ${bytes.byteLength}`,
    ]);
  }
  const all = new Float64Array(bytes.slice().buffer);
  const column = (name: string) => {
    const at = columns.indexOf(name);
    return all.subarray(at * size, (at + 1) * size);
  };
  const found = Object.fromEntries(
    WANTED.map((name) => [name, column(name)]),
  ) as Record<Column, Float64Array>;
  for (const name of WANTED) checkColumn(name, found, file);
  return {
    kind: "amounts",
    problem: {
      columns: layColumns(found, size),
      groups: [],
      budget,
      spend: "all",
    },
    aim: { type: "mean" },
    today: columns.includes("ref") ? column("ref") : null,
    seen: new Map(),
  };
}

function checkColumn(
  name: Column,
  found: Readonly<Record<Column, Float64Array>>,
  file: string,
): void {
  const values = found[name];
  const above = name === "k" || name === "s";
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number;
    if (name === "s" && found.type[row] === 1) continue;
    const good = name === "type"
      ? value === 0 || value === 1
      : value <= LARGEST && (above ? value > 0 : value >= 0);
    if (good) continue;
    const wanted = name === "type"
      ? "0 or 1"
      : value > LARGEST
      ? `${LARGEST} or less`
      : above
      ? "more than 0"
      : "0 or more";
    throw refused(file, [
      `row ${row} of column "${name}": expected ${wanted}, not ${value}`,
    ]);
  }
}

/** Type 1 is logistic with rate 1 ÷ k. */
function layColumns(
  { type, beta, k, s, lo, hi }: Readonly<Record<Column, Float64Array>>,
  size: number,
): AllocationColumns {
  const [hill, logistic] = [
    CURVE_KINDS.indexOf("hill"),
    CURVE_KINDS.indexOf("logistic"),
  ];
  return {
    size,
    ids: Array.from({ length: size }, (_, row) => `c${row}`),
    kind: Uint8Array.from(type, (code) => code === 1 ? logistic : hill),
    ceiling: beta,
    scale: k.map((half, row) => type[row] === 1 ? 1 / half : half),
    slope: s,
    lo,
    hi,
    group: new Int32Array(size).fill(-1),
  };
}
