/**
 * Columns of a table as a linear model wants them: words as an indicator each,
 * missing numbers as the mean of the training rows.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import { spreadWords } from "./indicators.ts";
import type { Table } from "./table.ts";

/** Columns of numbers without NaN. */
export interface FilledColumns {
  /** Such as `age` and `region=North`. */
  readonly names: readonly string[];
  /** Shape [columns][rows]. */
  readonly columns: readonly Float64Array[];
}

/**
 * Fills and spreads the columns of a table.
 *
 * @param table The table.
 * @param train Whose means fill; the table itself if it is the training table.
 * @returns The columns; a word that is missing or unknown is none of the indicators.
 * @throws {EngineError} `dataset_invalid` if a number is infinite or beyond float32, or a column has too many words.
 */
export function fillColumns(table: Table, train: Table): FilledColumns {
  const parts = table.columns.flatMap((column, at) => {
    const name = table.names[at] as string;
    if (table.coded.includes(at)) return spreadWords(table, at, train.rows);
    checkRange(column, name, table === train ? "" : " of the test file");
    const mean = meanOf(train.columns[at] as Float64Array);
    return [{ name, column: fill(column, mean) }];
  });
  return {
    names: parts.map(({ name }) => name),
    columns: parts.map(({ column }) => column),
  };
}

/** Mean of the values that are there; 0 if none is. */
function meanOf(column: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (const value of column) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

/** A model reads float32. */
function checkRange(column: Float64Array, name: string, where: string): void {
  const row = column.findIndex((value) =>
    !Number.isNaN(value) && !Number.isFinite(Math.fround(value))
  );
  if (row < 0) return;
  throw new EngineError(
    "dataset_invalid",
    `Cannot use column "${name}"${where}: its value in row ${
      row + 1
    } is infinite or beyond float32`,
  );
}

/** The column itself if nothing is missing. */
function fill(column: Float64Array, mean: number): Float64Array {
  return column.some(Number.isNaN)
    ? column.map((value) => Number.isNaN(value) ? mean : value)
    : column;
}
