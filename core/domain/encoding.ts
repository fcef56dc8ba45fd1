/**
 * Features to the numbers a model reads: the one definition that training and
 * serving share. A number is one column; a category is a column for each known
 * word (an unknown word is all zeros); the action under trial is a column for
 * each action, and, when crossed, one more for each action times each other column.
 * When coded, a category is one column: the place of its word, NaN if unknown.
 *
 * @module
 */
import type { FeatureValue } from "./feature.ts";
import type { ModelPorts } from "./model_ports.ts";

/** One input of a model. */
export interface ModelInput {
  /** Feature id, `view.feature` or `request.<name>`. */
  readonly name: string;
  /** How it is encoded. */
  readonly kind: "number" | "category";
  /** Known words of a category, in column order. */
  readonly vocabulary?: readonly string[];
  /** What stands in for a missing number; null passes on NaN. */
  readonly fill: number | null;
  /** Typical value in training, for explanations: mean, or commonest word. */
  readonly typical: FeatureValue;
}

/** Everything needed to feed a model, kept with it. */
export interface InputSchema {
  /** Inputs in column order. */
  readonly inputs: readonly ModelInput[];
  /** Actions under trial, empty when the model weighs none. */
  readonly actions: readonly string[];
  /** Whether columns are crossed with the actions. */
  readonly crossed: boolean;
  /** Whether a category is one column of codes, and not one for each word. */
  readonly coded?: boolean;
  /** How a model that was trained elsewhere is fed; absent for those trained here. */
  readonly ports?: ModelPorts;
}

/**
 * Names the columns that {@link encode} fills.
 *
 * @param schema The model's inputs.
 * @returns Names, shape [columns], such as `audience.zip=Rural`.
 */
export function columnNames(schema: InputSchema): string[] {
  const plain = schema.inputs.flatMap(({ name, kind, vocabulary = [] }) =>
    kind === "number" || schema.coded
      ? [name]
      : vocabulary.map((word) => `${name}=${word}`)
  );
  const actions = schema.actions.map((action) => `action=${action}`);
  const crosses = schema.crossed
    ? actions.flatMap((action) => plain.map((name) => `${action}×${name}`))
    : [];
  return [...plain, ...actions, ...crosses];
}

/** What one row holds before it is encoded. */
export interface EncodingRow {
  /** Value of each input, shape [inputs]. */
  readonly values: readonly FeatureValue[];
  /** Action under trial, or null. */
  readonly action: string | null;
}

/**
 * Encodes one row.
 *
 * @param schema The model's inputs.
 * @param row Values in the order of `schema.inputs`, and the action.
 * @param out Where the columns go, at least `columnNames(schema).length` long.
 * @returns How many columns were filled.
 */
export function encode(
  schema: InputSchema,
  row: EncodingRow,
  out: Float64Array | Float32Array,
): number {
  const { inputs, actions, coded = false } = schema;
  let column = 0;
  for (let place = 0; place < inputs.length; place++) {
    const input = inputs[place] as ModelInput;
    const value = row.values[place] ?? null;
    if (input.kind === "number") {
      out[column++] = typeof value === "number" ? value : input.fill ?? NaN;
    } else if (coded) out[column++] = codeOf(input, value);
    else {
      const said = String(value);
      for (const word of input.vocabulary ?? []) {
        out[column++] = said === word ? 1 : 0;
      }
    }
  }
  const plain = column;
  for (const action of actions) out[column++] = action === row.action ? 1 : 0;
  if (!schema.crossed) return column;
  for (const action of actions) {
    if (action === row.action) out.copyWithin(column, 0, plain);
    else out.fill(0, column, column + plain);
    column += plain;
  }
  return column;
}

function codeOf({ vocabulary = [] }: ModelInput, value: FeatureValue): number {
  const place = vocabulary.indexOf(String(value));
  return place < 0 ? NaN : place;
}
