/**
 * What each input added to a score, where the model can be taken apart: trees by
 * TreeSHAP, linear models exactly. Columns are folded back to the inputs that they
 * came from: a category's indicators, and an input's crosses with the actions.
 *
 * @module
 */
import {
  columnNames,
  encode,
  type EncodingRow,
  type InputSchema,
} from "../domain/encoding.ts";
import type { Scorer } from "../scores/scorer.ts";
import {
  readExplainable,
  type ReasonCodes,
  reasonCodes,
  type ReasonMethod,
} from "../trees/reason_codes.ts";

/** How effects were found, and what they are counted in. */
export interface Attribution {
  /** `replace_typical`: the score less the score with the typical value in place. */
  readonly method: ReasonMethod | "replace_typical";
  /** Effects on log odds or on the logarithm add up; those on the score need not. */
  readonly unit: "score" | "log_odds" | "log_score";
  /** What all effects add up from, given the action; null if they need not. */
  readonly base: number | null;
}

/** Effects by input, with how they were found. */
export interface Reasons {
  readonly attribution: Attribution;
  /** Shape [inputs]. */
  readonly effects: readonly number[];
}

/** Served scores are float32. */
const TOLERANCE = 1e-4;

/**
 * Finds reasons.
 *
 * @param scorer The model.
 * @param row What it scored.
 * @param score What it said.
 * @returns The reasons; null if the model cannot be taken apart, or its parts do not
 * add up to what it said.
 */
export async function findReasons(
  scorer: Scorer,
  row: EncodingRow,
  score: number,
): Promise<Reasons | null> {
  const { schema } = scorer.record;
  const model = readExplainable(await scorer.artifact(), schema.ports);
  if (model === null) return null;
  const places = inputOfColumns(schema);
  const width = model.kind === "trees"
    ? model.trees.columns
    : model.linear.weights.length;
  if (width > places.length) return null;
  const columns = (values: EncodingRow["values"]) => {
    const out = new Float32Array(places.length);
    encode(schema, { values, action: row.action }, out);
    return out;
  };
  const typical = schema.inputs.map((input) => input.typical);
  const reasons = reasonCodes(model, columns(row.values), columns(typical));
  const gap = Math.abs(reasons.score - score);
  if (!(gap <= TOLERANCE * Math.max(1, Math.abs(score)))) return null;
  const link = model.kind === "trees" ? model.trees.link : model.linear.link;
  const { base, effects } = fold(reasons, places, schema.inputs.length);
  const { method } = reasons;
  return { attribution: { method, unit: UNITS[link.kind], base }, effects };
}

const UNITS = {
  identity: "score",
  sigmoid: "log_odds",
  curve: "log_odds",
  exp: "log_score",
} as const;

/** Sums columns by input; those of the action belong to the base. */
function fold(
  { base, codes }: ReasonCodes,
  places: readonly (number | null)[],
  inputs: number,
): { base: number; effects: number[] } {
  const effects = new Array<number>(inputs).fill(0);
  let given = base;
  for (const { column, contribution } of codes) {
    const place = places[column] ?? null;
    if (place === null) given += contribution;
    else effects[place] = (effects[place] ?? 0) + contribution;
  }
  return { base: given, effects };
}

/** The input that each column came from; null for a column of the action alone. */
function inputOfColumns(schema: InputSchema): (number | null)[] {
  const plain = schema.inputs.flatMap((input, place) => {
    const alone = { inputs: [input], actions: [], crossed: false };
    const own = columnNames({ ...alone, coded: schema.coded ?? false });
    return own.map(() => place);
  });
  const { actions, crossed } = schema;
  return [
    ...plain,
    ...actions.map(() => null),
    ...(crossed ? actions.flatMap(() => plain) : []),
  ];
}
