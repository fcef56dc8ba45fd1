/**
 * A column of words as an indicator for each word.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { Table } from "./table.ts";

/** Words at most: each is a column of numbers. */
const MOST_WORDS = 1000;
/** Words from which on each must come in two rows or more, on average. */
const FEW_WORDS = 50;

/** An indicator: 1 where a row has the word, otherwise 0. */
export interface Indicator {
  /** Such as `region=North`. */
  readonly name: string;
  /** Shape [rows]. */
  readonly column: Float64Array;
}

/**
 * Spreads a column of words.
 *
 * @param table The table.
 * @param at Place of the column.
 * @param rows Rows in which the words were found; those of the table unless given.
 * @returns An indicator for each word; none is 1 where the word is missing.
 * @throws {EngineError} `dataset_invalid` if there are so many words that the column looks like an id.
 */
export function spreadWords(
  table: Table,
  at: number,
  rows: number = table.rows,
): Indicator[] {
  const name = table.names[at] as string;
  const words = table.words[table.coded.indexOf(at)] as readonly string[];
  const column = table.columns[at] as Float64Array;
  const isScarce = words.length > FEW_WORDS && words.length > rows / 2;
  if (words.length > MOST_WORDS || isScarce) {
    throw new EngineError(
      "dataset_invalid",
      `Cannot use column "${name}": ${words.length} words in ${rows} rows; leave it out with --drop ${name}`,
    );
  }
  return words.map((word, code) => ({
    name: `${name}=${word}`,
    column: column.map((value) => value === code ? 1 : 0),
  }));
}
