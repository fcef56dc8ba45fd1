/**
 * How much each input moves the score. Of trees, by Shapley's rule: the mean size of
 * what the input adds to a row's sum. Of other models, by how much the score changes,
 * on average, when the values of that input alone are dealt anew among the rows.
 *
 * Both are asked of the very bytes that serve, and of no label.
 *
 * @see Lundberg et al. (2020), From Local Explanations to Global Understanding with
 * Explainable AI for Trees, Nature Machine Intelligence 2
 * @see Fisher, Rudin and Dominici (2019), All Models are Wrong, but Many are Useful, JMLR
 * @module
 */
import type { Report } from "../../../plugins/contract.ts";
import type { RowDataset } from "../../domain/dataset.ts";
import type { InputSchema } from "../../domain/encoding.ts";
import type { ModelEvidence } from "../../domain/evidence.ts";
import { mean } from "../../domain/measures.ts";
import { readTrees } from "../../trees/read_trees.ts";
import { type CoveredTrees, treeShap } from "../../trees/tree_shap.ts";
import { createBreath } from "../breathe.ts";
import { someOf } from "../checks/checked.ts";
import type { Fitter } from "../fit.ts";
import { shuffled, takeRows } from "../take_rows.ts";
import { placesOf, withShuffled } from "./what_if.ts";

/** Rows and scores that it may cost. */
const MOST_ROWS = 1000;
const MOST_SCORES = 100_000;
/** Rows whose sum is taken apart. */
const EXPLAINED_ROWS = 200;

/** A model and rows to ask it about. */
export interface Asked {
  readonly onnx: Uint8Array;
  readonly schema: InputSchema;
  readonly holdout: RowDataset;
  readonly seed: number;
}

/** What asking is lent. */
interface AskScope {
  readonly fitter: Fitter;
  readonly report: Report;
}

/** Shares of the inputs, descending; none if nothing moves the score. */
export async function importanceOf(
  asked: Asked,
  scope: AskScope,
): Promise<ModelEvidence["importance"]> {
  const { inputs } = asked.schema;
  if (inputs.length === 0) return [];
  const trees = readTrees(asked.onnx);
  const moves = trees === null || trees.covers === null
    ? await moveByDealing(asked, scope)
    : await moveByShapley(asked, { ...trees, covers: trees.covers });
  const total = moves.reduce((sum, move) => sum + move, 0);
  if (!(total > 0)) return [];
  return inputs.map(({ name }, input) => ({
    name,
    share: (moves[input] ?? 0) / total,
  })).sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1));
}

async function moveByShapley(
  { schema, holdout }: Asked,
  trees: CoveredTrees,
): Promise<number[]> {
  const places = schema.inputs.map((_, input) => placesOf(schema, input));
  const moves = new Array<number>(places.length).fill(0);
  const breathe = createBreath();
  const rows = Uint32Array.from(holdout.label.keys());
  for (const row of someOf(rows, EXPLAINED_ROWS)) {
    const values = Float32Array.from(
      holdout.columns,
      (column) => column[row] ?? NaN,
    );
    const { contributions } = treeShap(trees, values);
    places.forEach((columns, input) => {
      const added = columns.reduce(
        (sum, column) => sum + (contributions[column] ?? 0),
        0,
      );
      moves[input] = (moves[input] ?? 0) + Math.abs(added);
    });
    await breathe();
  }
  return moves;
}

async function moveByDealing(
  { onnx, schema, holdout, seed }: Asked,
  { fitter, report }: AskScope,
): Promise<number[]> {
  const { inputs } = schema;
  const most = Math.min(MOST_ROWS, Math.ceil(MOST_SCORES / inputs.length));
  const places = Uint32Array.from(holdout.label.keys());
  const rows = takeRows(holdout, someOf(places, most));
  const dealt = inputs.map((_, input) =>
    withShuffled(schema, rows, {
      input,
      from: shuffled(rows.rows, seed + input),
    })
  );
  const [usual, ...others] = await fitter.run(
    { kind: "score", onnx, sets: [rows.columns, ...dealt] },
    report,
  );
  return others.map((scores) =>
    mean(scores.map((score, row) => Math.abs(score - (usual?.[row] ?? NaN))))
  );
}
