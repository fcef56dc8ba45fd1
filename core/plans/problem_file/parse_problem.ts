/**
 * Reads a problem file in any of the formats that are known.
 *
 * @module
 */
import { OWN_FORMAT } from "./own_schema.ts";
import type { PlanProblem } from "./plan_problem.ts";
import { readBudget, readDraws, readFlighting } from "./read_bench.ts";
import { readColumnsFile } from "./read_columns.ts";
import { readOwn } from "./read_own.ts";
import { refused } from "./refuse.ts";

/** A file as it was read. */
export interface ProblemFile {
  /** Its name, for messages. */
  readonly name: string;
  /** Its JSON. */
  readonly value: unknown;
  /** Reads the columns that lie beside it. */
  columns(): Uint8Array;
}

const FORMATS: Readonly<Record<string, (file: ProblemFile) => PlanProblem>> = {
  [OWN_FORMAT]: ({ value, name }) => readOwn(value, name),
  "mmm-budget-bench/1": ({ value, name }) => readBudget(value, name),
  "mmm-budget-bench-draws/1": ({ value, name }) => readDraws(value, name),
  "mmm-flighting-bench/1": ({ value, name }) => readFlighting(value, name),
  "mmm-budget-bench-bin/1": ({ value, name, columns }) =>
    readColumnsFile(value, columns(), name),
};

/**
 * Reads a problem.
 *
 * @throws {EngineError} `request_invalid`, naming each field that is wrong and what belongs there.
 */
export function parseProblem(file: ProblemFile): PlanProblem {
  const { schema } = Object(file.value) as { readonly schema?: unknown };
  const known = Object.keys(FORMATS).map((format) => `"${format}"`).join(", ");
  if (typeof schema !== "string") {
    throw refused(file.name, [`schema: is missing; give one of ${known}`]);
  }
  const read = Object.hasOwn(FORMATS, schema) ? FORMATS[schema] : undefined;
  if (read === undefined) {
    throw refused(file.name, [
      `schema: expected one of ${known}, not "${schema}"`,
    ]);
  }
  return read(file);
}
