/**
 * How the inputs and the score were spread where the model was measured: what later
 * values are compared with. Those are of one answer for each set of entities, the
 * latest; so an entity counts once here, with its latest row.
 *
 * @module
 */
import type { ReferenceSpread } from "../../domain/evidence.ts";
import { learnNumbers, learnWords } from "../../domain/reference_spread.ts";
import { type Checked, idsAt, valuesAt } from "../checks/checked.ts";

/**
 * Spread over the held-out entities.
 *
 * @param checked Rows in order of time, and which of them are held out.
 * @param score Of the held-out rows.
 */
export function referenceOf(
  checked: Checked,
  score: Float64Array,
): ReferenceSpread {
  const { rows, schema, split: { holdout } } = checked;
  const latest = lastRows(idsAt(checked, holdout));
  const places = latest.map((row) => holdout[row] ?? 0);
  return {
    inputs: schema.inputs.map(({ name, kind, vocabulary }, place) => {
      const values = valuesAt(rows.columns[place], places);
      return kind === "number"
        ? learnNumbers(name, values)
        : learnWords(name, vocabulary ?? [], values);
    }),
    score: learnNumbers(
      "score",
      Array.from(latest, (row) => score[row] ?? null),
    ),
  };
}

/** Place of the last row of each entity. */
function lastRows(ids: readonly string[]): Uint32Array {
  const last = new Map(ids.map((id, row) => [id, row]));
  return Uint32Array.from(last.values());
}
