/**
 * What choosing actions by the model would bring, measured on rows whose action was
 * drawn by chance: by inverse propensity, against doing nothing and against the best
 * single action; and how well it ranks those whom an action moves.
 *
 * @see Swaminathan and Joachims (2015), The Self-Normalized Estimator for
 * Counterfactual Learning, NeurIPS
 * @module
 */
import type { Report } from "../../../plugins/contract.ts";
import type { ActionsTaken, RowDataset } from "../../domain/dataset.ts";
import type { InputSchema } from "../../domain/encoding.ts";
import type { Finding } from "../../domain/evidence.ts";
import { auc } from "../../domain/measures.ts";
import { seededRandom } from "../../domain/random.ts";
import { measureUplift } from "../../domain/uplift_measures.ts";
import { rankUplift } from "../../domain/uplift_ranking.ts";
import { binInput, learnBinning } from "../checks/binning.ts";
import {
  type Checked,
  finding,
  idsAt,
  someOf,
  valuesAt,
} from "../checks/checked.ts";
import { halve, probe } from "../checks/probe.ts";
import type { Fitter } from "../fit.ts";
import type { RowsSpec } from "../spec.ts";
import type { Measure } from "./weighted.ts";
import { underAction } from "./what_if.ts";

const MOST_ROWS = 8000;
/** AUC of telling an action from the inputs below which nothing is said. */
const TOLD = 0.54;
const SURPRISE = 3.3;

/** What decides among actions. */
type ActionUse = Extract<RowsSpec["use"], { kind: "action" }>;

/**
 * Whether inputs tell which action was taken: then it was not drawn by chance. Entities
 * are counted, not rows: an entity whose rows all got one action is one witness.
 */
export async function checkRandomised(checked: Checked): Promise<Finding[]> {
  const { rows, schema, split } = checked;
  const places = someOf(split.train, MOST_ROWS);
  const inputs = schema.inputs.map((_, index) => {
    const values = valuesAt(rows.columns[index], places);
    return binInput(learnBinning(values), values);
  });
  const ids = idsAt(checked, places);
  const folds = halve(ids, seededRandom(3).next);
  const found: Finding[] = [];
  for (const action of schema.actions) {
    const target = Float64Array.from(
      places,
      (place) => rows.labels[place]?.action === action ? 1 : 0,
    );
    const [n = 1, m = 1] = [1, 0].map((side) =>
      new Set(ids.filter((_, row) => target[row] === side)).size
    );
    const error = Math.sqrt((n + m + 1) / (12 * n * m));
    const told = auc(target, await probe({ inputs, target, folds }));
    if (!(told > Math.max(TOLD, 0.5 + SURPRISE * error))) continue;
    found.push(
      finding(
        "not_randomised",
        null,
        `who got "${action}" can be told from the inputs (AUC ${
          told.toFixed(2)
        }): it was not drawn by chance, and what it did cannot be told from whom it was done to`,
      ),
    );
  }
  return found;
}

/** Scores of the held-out rows under each action, shape [actions][rows]. */
export async function scoreActions(
  onnx: Uint8Array,
  { schema, holdout }: {
    readonly schema: InputSchema;
    readonly holdout: RowDataset;
  },
  { fitter, report }: { readonly fitter: Fitter; readonly report: Report },
): Promise<readonly Float64Array[]> {
  const sets = schema.actions.map((_, action) =>
    underAction(schema, holdout, action)
  );
  return await fitter.run({ kind: "score", onnx, sets }, report);
}

/** Held-out rows with what the model says of each action. */
export interface WeighedRows {
  readonly label: Float64Array;
  readonly actions: ActionsTaken;
  /** Shape [actions][rows]. */
  readonly scores: readonly Float64Array[];
}

/** Measures of choosing, in micros a row, and of ranking. */
export function actionMeasures(
  use: ActionUse,
  rows: WeighedRows,
): Measure {
  const gains = policyMeasures(use, rows);
  const ranking = upliftMeasures(rows);
  return (counts) => ({ ...gains(counts), ...ranking(counts) });
}

function policyMeasures(use: ActionUse, rows: WeighedRows): Measure {
  const { label, actions: { taken, names, control } } = rows;
  const worth = Number(use.valueMicros);
  const costs = names.map((name) => Number(use.costMicros[name] ?? 0n));
  const chosen = label.map((_, row) => {
    const gains = costs.map((cost, action) =>
      (rows.scores[action]?.[row] ?? NaN) * worth - cost
    );
    return gains.indexOf(Math.max(...gains));
  });
  const reward = label.map((value, row) =>
    value * worth - (costs[taken[row] ?? 0] ?? 0)
  );
  return (counts) => {
    const shares = sharesOf(taken, counts, names.length);
    const valueOf = (choice: (row: number) => number) => {
      let [sum, weights] = [0, 0];
      for (let row = 0; row < taken.length; row++) {
        const action = taken[row] ?? 0;
        if (choice(row) !== action) continue;
        const weight = (counts[row] ?? 0) / (shares[action] || 1);
        sum += weight * (reward[row] ?? NaN);
        weights += weight;
      }
      return sum / weights;
    };
    const each = names.map((_, action) => valueOf(() => action));
    const policy = valueOf((row) => chosen[row] ?? -1);
    return {
      policy_value_micros: policy,
      control_value_micros: each[control] ?? NaN,
      best_single_value_micros: Math.max(...each),
      policy_gain_micros: policy - Math.max(...each),
    };
  };
}

function sharesOf(
  taken: Uint8Array,
  counts: Uint32Array,
  actions: number,
): Float64Array {
  const shares = new Float64Array(actions);
  taken.forEach((action, row) => {
    shares[action] = (shares[action] ?? 0) + (counts[row] ?? 0);
  });
  return shares;
}

/** Means over the actions, each against the control. */
function upliftMeasures({ label, actions, scores }: WeighedRows): Measure {
  const { taken, names, control } = actions;
  const arms = names.flatMap((_, action) => {
    if (action === control) return [];
    const places = Uint32Array.from(taken.keys()).filter((row) =>
      taken[row] === action || taken[row] === control
    );
    const rows = {
      outcome: Float64Array.from(places, (row) => label[row] ?? NaN),
      treated: Uint8Array.from(places, (row) => taken[row] === action ? 1 : 0),
      score: Float64Array.from(
        places,
        (row) =>
          (scores[action]?.[row] ?? NaN) - (scores[control]?.[row] ?? NaN),
      ),
    };
    return [{ places, rows, rankings: rankUplift(rows) }];
  });
  return (counts) => {
    const all = arms.map(({ places, rows, rankings }) =>
      measureUplift({
        ...rows,
        weight: Float64Array.from(places, (row) => counts[row] ?? 0),
      }, rankings)
    );
    const sums: Record<string, number> = {};
    for (const one of all) {
      for (const [name, value] of Object.entries(one)) {
        sums[name] = (sums[name] ?? 0) + value / all.length;
      }
    }
    return sums;
  };
}
