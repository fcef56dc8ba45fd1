/**
 * From a table to an experiment: which column is the treatment, which word of it is
 * control, and words as indicators.
 *
 * @module
 */
import type { OutcomeKind } from "../../../../models/learners/uplift/regressor.ts";
import type { NamedArmRows } from "../../../../models/learners/uplift/support.ts";
import { EngineError } from "../../../domain/error.ts";
import { isMissing } from "../columns.ts";
import { spreadWords } from "../indicators.ts";
import { readTable, type Table } from "../table.ts";
import { findWordColumns } from "./word_columns.ts";

/** Where what is. */
export interface ExperimentOptions {
  readonly treatment: string;
  readonly outcome: string;
  /** Word of the treatment that is control; the one that says so if absent. */
  readonly control?: string | undefined;
  /** Words of the treatment to learn; all but control if empty. */
  readonly arms: readonly string[];
  /** Columns of words, beside those in which the first rows hold words. */
  readonly categorical: readonly string[];
  readonly drop: readonly string[];
  /** Column that says `train` or `test`. */
  readonly splitColumn?: string | undefined;
}

/** Rows of an experiment, as read. */
export interface Experiment extends NamedArmRows {
  readonly kind: OutcomeKind;
  /** Rows of the file, from 0, shape [rows]. */
  readonly places: Uint32Array;
  /** Side of each row as the split column says, shape [rows]; null without one. */
  readonly split: Uint8Array | null;
}

/** A row to measure on. */
export const HELD = 0;
/** A row to learn from. */
export const LEARNT = 1;
/** A row left out of a split. */
export const NEITHER = 2;

/**
 * Reads an experiment.
 *
 * @param path CSV file.
 * @param options Where what is.
 * @returns Its rows; those of arms that are not asked for are left out.
 * @throws {EngineError} As `readTable`; `dataset_invalid` if control cannot be told, a treatment is missing, no column is left, or one has too many words.
 */
export async function readExperiment(
  path: string,
  options: ExperimentOptions,
): Promise<Experiment> {
  const { treatment, outcome, splitColumn, drop } = options;
  const words = [treatment, ...(splitColumn ? [splitColumn] : [])];
  const left = drop.filter((name) => !words.includes(name));
  const found = await findWordColumns(path);
  const table = await readTable(path, {
    target: outcome,
    categorical: [...new Set([...words, ...options.categorical, ...found])]
      .filter((name) => name !== outcome && !left.includes(name)),
    drop: left,
  });
  const arms = readArms(wordsOf(table, treatment), options);
  const keep = (values: Float64Array) =>
    values.filter((_, row) => arms.arm[row] !== LEFT_OUT);
  const label = keep(table.label as Float64Array);
  const features = encodeFeatures(table, words);
  return {
    label,
    kind: label.every((y) => y >= 0 && y <= 1) ? "chance" : "number",
    names: features.names,
    columns: features.columns.map(keep),
    arm: arms.arm.filter((arm) => arm !== LEFT_OUT),
    arms: arms.names.length - 1,
    armNames: arms.names,
    places: Uint32Array.from(arms.arm.keys())
      .filter((row) => arms.arm[row] !== LEFT_OUT),
    split: splitColumn
      ? readSplit(splitColumn, wordsOf(table, splitColumn))
        .filter((_, row) => arms.arm[row] !== LEFT_OUT)
      : null,
  };
}

const LEFT_OUT = 255;

/** Word of each row, or null. */
function wordsOf(table: Table, name: string): (string | null)[] {
  const at = table.names.indexOf(name);
  const words = table.words[table.coded.indexOf(at)] ?? [];
  return Array.from(table.columns[at] ?? [], (code) => words[code] ?? null);
}

function readArms(
  words: readonly (string | null)[],
  { treatment, control, arms }: ExperimentOptions,
): { names: string[]; arm: Uint8Array } {
  const known = [...new Set(words)].sort();
  const isNone = (word: string | null) =>
    word === null ||
    (isMissing(word) && word !== control && !arms.includes(word));
  if (known.some(isNone)) {
    throw invalid(treatment, "it is missing in some rows; leave them out");
  }
  if (known.length < 2) {
    throw invalid(
      treatment,
      `all rows say "${known[0] ?? ""}"; uplift needs control beside it`,
    );
  }
  const none = findControl(known as string[], { treatment, control });
  const unknown = arms.find((word) => !known.includes(word) || word === none);
  if (unknown !== undefined) {
    throw invalid(treatment, `no row has "${unknown}" beside control`);
  }
  const treated = (known as string[]).filter((word) =>
    word !== none && (arms.length === 0 || arms.includes(word))
  );
  if (treated.length === 0 || treated.length >= LEFT_OUT) {
    throw invalid(treatment, `it has ${treated.length} words beside control`);
  }
  const names = [none, ...treated];
  const codes = new Map<string | null, number>(
    names.map((word, arm) => [word, arm]),
  );
  return {
    names,
    arm: Uint8Array.from(words, (word) => codes.get(word) ?? LEFT_OUT),
  };
}

const SAYS_CONTROL = /^(control|false|holdout|no|none|nothing|placebo)\b/i;

function findControl(
  words: readonly string[],
  { treatment, control }: Pick<ExperimentOptions, "treatment" | "control">,
): string {
  const [found, ...others] = control === undefined
    ? words.filter((word) => Number(word) === 0 || SAYS_CONTROL.test(word))
    : words.filter((word) => word === control);
  if (found !== undefined && others.length === 0) return found;
  const some = words.slice(0, 5).map((word) => `"${word}"`).join(", ");
  throw invalid(
    treatment,
    `say which word is control with --control, such as one of ${some}`,
  );
}

function readSplit(name: string, words: readonly (string | null)[]) {
  const wrong = words.find((word) => word !== "train" && word !== "test");
  if (wrong !== undefined) {
    throw invalid(name, `a row says "${wrong}", and neither train nor test`);
  }
  return Uint8Array.from(words, (word) => word === "train" ? LEARNT : HELD);
}

/** Numbers as they are, words as an indicator each. */
function encodeFeatures(table: Table, without: readonly string[]) {
  const features = table.names.flatMap((name, at) => {
    const column = table.columns[at] as Float64Array;
    if (without.includes(name)) return [];
    return table.coded.includes(at)
      ? spreadWords(table, at)
      : [{ name, column }];
  });
  if (features.length === 0) {
    throw new EngineError(
      "dataset_invalid",
      `Cannot learn uplift by column "${
        without[0]
      }": no column is left beside it and the outcome`,
    );
  }
  return {
    names: features.map(({ name }) => name),
    columns: features.map(({ column }) => column),
  };
}

function invalid(column: string, reason: string): EngineError {
  return new EngineError(
    "dataset_invalid",
    `Cannot learn uplift by column "${column}": ${reason}`,
  );
}
