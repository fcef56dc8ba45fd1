/**
 * One column of a table, read text by text into numbers that grow as they come.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";

/** Where a column is, for messages. */
export interface ColumnPlace {
  readonly path: string;
  readonly name: string;
}

/** A column being read. */
export interface ColumnReader {
  /** Takes the next row's text. */
  add(text: string): void;
  /** The column, shape [rows]; with its words if it holds codes. */
  finish(): { values: Float64Array; words?: readonly string[] };
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const FIRST_ROWS = 1024;

/** What is written in other ways than a number, in lower case. */
const SPELLINGS: ReadonlyMap<string, number> = new Map([
  ...["", "na", "n/a", "nan", "null"].map((word) => [word, NaN] as const),
  ...["inf", "+inf", "infinity"].map((word) => [word, Infinity] as const),
  ...["-inf", "-infinity"].map((word) => [word, -Infinity] as const),
  ["true", 1],
  ["false", 0],
]);

/**
 * Reads numbers.
 *
 * @throws {EngineError} `dataset_invalid` at a text that is no number.
 */
export function readNumbers({ path, name }: ColumnPlace): ColumnReader {
  const values = createGrowing();
  return {
    add(text) {
      const number = readNumber(text);
      if (number === undefined) {
        throw new EngineError(
          "dataset_invalid",
          `Cannot read column "${name}" of "${path}": row ${
            values.length() + 1
          } is not a number; name it with --categorical ${name} if it holds words`,
        );
      }
      values.add(number);
    },
    finish: () => ({ values: values.finish() }),
  };
}

/**
 * Reads numbers of which none may be missing.
 *
 * @throws {EngineError} `dataset_invalid` at a text that is no finite number.
 */
export function readLabels({ path, name }: ColumnPlace): ColumnReader {
  const values = createGrowing();
  return {
    add(text) {
      const number = readNumber(text);
      if (number === undefined || !Number.isFinite(number)) {
        const isWord = number === undefined;
        throw new EngineError(
          "dataset_invalid",
          `Cannot read target "${name}" of "${path}": row ${
            values.length() + 1
          } has no number${
            isWord ? " but a word; write 1 and 0 for yes and no" : ""
          }`,
        );
      }
      values.add(number);
    },
    finish: () => ({ values: values.finish() }),
  };
}

/**
 * Reads words as codes.
 *
 * @param known Words by code; found, and put in order, if absent.
 */
export function readWords(known?: readonly string[]): ColumnReader {
  const codes = new Map(known?.map((word, code) => [word, code]));
  const values = createGrowing();
  return {
    add(text) {
      let code = text === "" ? NaN : codes.get(text);
      if (code === undefined) {
        code = known ? NaN : codes.size;
        if (!known) codes.set(text, code);
      }
      values.add(code);
    },
    finish() {
      const found = values.finish();
      if (known) return { values: found, words: known };
      const words = [...codes.keys()].sort();
      const places = new Map(words.map((word, place) => [word, place]));
      const placed = [...codes.keys()].map((word) => places.get(word) ?? NaN);
      return { values: found.map((code) => placed[code] ?? NaN), words };
    },
  };
}

/** Whether a text says that there is nothing, such as `NA`. */
export function isMissing(text: string): boolean {
  return Number.isNaN(readNumber(text));
}

/** The number that a text spells, NaN if it says missing, undefined if it is none. */
function readNumber(text: string): number | undefined {
  if (NUMBER.test(text)) return Number(text);
  const bare = text.trim();
  return NUMBER.test(bare) ? Number(bare) : SPELLINGS.get(bare.toLowerCase());
}

/** Numbers that are added one by one; the buffer doubles when it is full. */
function createGrowing() {
  let values = new Float64Array(FIRST_ROWS);
  let length = 0;
  const resize = (rows: number) =>
    new Float64Array(
      values.buffer.transfer(rows * Float64Array.BYTES_PER_ELEMENT),
    );
  return {
    length: () => length,
    add(value: number) {
      if (length === values.length) values = resize(2 * length);
      values[length++] = value;
    },
    finish: () => resize(length),
  };
}
