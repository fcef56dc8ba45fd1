/**
 * Learners compared: each learns on one part of the rows and ranks the other, split
 * after split. Which is best is chosen on the part learnt from, by parts of it.
 *
 * @module
 */
import {
  type ArmRows,
  type EffectModel,
  predictEffects,
  predictTaken,
} from "../../../../models/learners/uplift/effect_model.ts";
import {
  fitUplift,
  type LearnerName,
  LEARNERS,
} from "../../../../models/learners/uplift/fit_uplift.ts";
import { BASES } from "../../../../models/learners/uplift/params.ts";
import {
  dealFolds,
  gather,
  pickRows,
  placesWhere,
} from "../../../../models/learners/uplift/pick_rows.ts";
import { chooseRegressors } from "../../../../models/learners/uplift/prepare.ts";
import type { TreeOptions } from "../../../../models/learners/uplift/tree_regressor.ts";
import { seededRandom } from "../../../domain/random.ts";
import { measureUplift } from "../../../domain/uplift_measures.ts";
import { type Experiment, HELD, LEARNT } from "./read_experiment.ts";

/** A learner and what it is built from. */
export interface Candidate {
  /** Both, such as `t_trees`. */
  readonly name: string;
  readonly learner: LearnerName;
  readonly base: typeof BASES[number];
}

/** All there are. */
export const CANDIDATES: readonly Candidate[] = BASES.flatMap((base) =>
  LEARNERS.map((learner) => ({ name: `${learner}_${base}`, learner, base }))
);

/** Two models of trees: what the others are compared with. */
export const BASELINE = "t_trees";

/** How to compare. */
export interface CompareOptions {
  /** What to fit; the baseline is among them. */
  readonly candidates: readonly Candidate[];
  /** Names of those that may be chosen. */
  readonly eligible: readonly string[];
  readonly params: TreeOptions & {
    readonly folds: number;
    readonly steps: number;
  };
  /** Chance of each arm, control first, shape [arms + 1][rows]. */
  readonly chances: readonly Float64Array[];
  readonly seed: number;
}

/** What a split came to. */
export interface SplitResult {
  /** Side of each row, shape [rows]. */
  readonly side: Uint8Array;
  /** Places of the rows held out, shape [test rows]. */
  readonly test: Uint32Array;
  /** Name of the learner that the rows learnt from chose. */
  readonly chosen: string;
  /** What each arm adds, by learner, shape [arms][test rows]. */
  readonly effects: Readonly<Record<string, readonly Float64Array[]>>;
  /** Outcome that the chosen expects of each arm, control first, shape [arms + 1][test rows]. */
  readonly expected: readonly Float64Array[];
  /** Seconds that each learner took to fit. */
  readonly seconds: Readonly<Record<string, number>>;
}

/**
 * Fits all candidates to the rows of one side of a split, and scores the other.
 *
 * @param experiment All rows.
 * @param side Side of each row, shape [rows].
 * @param options How.
 * @returns Scores of the other rows.
 */
export async function compareOnSplit(
  experiment: Experiment,
  side: Uint8Array,
  options: CompareOptions,
): Promise<SplitResult> {
  const whole = { rows: experiment, chances: options.chances };
  const learnt = pickPart(whole, (row) => side[row] === LEARNT);
  const held = pickPart(whole, (row) => side[row] === HELD);
  const chosen = await chooseLearner(learnt, options);
  const effects: Record<string, Float64Array[]> = {};
  const seconds: Record<string, number> = {};
  let expected: Float64Array[] = [];
  for (const candidate of options.candidates) {
    const started = performance.now();
    const model = await fitCandidate(candidate, learnt, options);
    seconds[candidate.name] = (performance.now() - started) / 1000;
    const added = predictEffects(model, held.rows.columns);
    effects[candidate.name] = added;
    if (candidate.name === chosen) expected = outcomesOf(model, held, added);
  }
  return { side, test: held.places, chosen, effects, expected, seconds };
}

/**
 * Deals rows out to halves, each arm by itself.
 *
 * @param experiment All rows.
 * @param seed Any safe integer.
 * @returns Side of each row, shape [rows].
 */
export function splitInHalves({ arm }: Experiment, seed: number): Uint8Array {
  return dealFolds(arm, 2, seededRandom(seed));
}

/** Rows with the chance of each arm. */
interface Part {
  readonly rows: ArmRows & Pick<Experiment, "kind">;
  readonly chances: readonly Float64Array[];
  /** Places among the rows that it was picked from. */
  readonly places: Uint32Array;
}

function pickPart(
  { rows, chances }: Pick<Part, "rows" | "chances">,
  wanted: (row: number) => boolean,
): Part {
  const places = placesWhere(rows.arm.length, wanted);
  return {
    rows: { ...pickRows(rows, wanted), kind: rows.kind },
    chances: chances.map((chance) => gather(chance, places)),
    places,
  };
}

async function fitCandidate(
  { learner, base }: Candidate,
  { rows, chances }: Part,
  { params, seed }: CompareOptions,
): Promise<EffectModel> {
  const random = seededRandom(seed);
  const fit = chooseRegressors({ ...params, base, random });
  const { kind } = rows;
  const { folds } = params;
  return await fitUplift(rows, { learner, fit, kind, folds, chances, random });
}

const CHOICE_FOLDS = 3;

/** The learner whose Qini is highest in parts that it has not learnt from. */
async function chooseLearner(
  part: Part,
  options: CompareOptions,
): Promise<string> {
  const { eligible, candidates, seed } = options;
  if (eligible.length === 1) return eligible[0] as string;
  const fold = dealFolds(part.rows.arm, CHOICE_FOLDS, seededRandom(seed));
  let best = { name: BASELINE, qini: -Infinity };
  for (const candidate of candidates) {
    if (!eligible.includes(candidate.name)) continue;
    let qini = 0;
    for (let one = 0; one < CHOICE_FOLDS; one++) {
      const seen = pickPart(part, (row) => fold[row] !== one);
      const unseen = pickPart(part, (row) => fold[row] === one);
      const model = await fitCandidate(candidate, seen, options);
      qini += meanQini(unseen, predictEffects(model, unseen.rows.columns));
    }
    if (qini > best.qini) best = { name: candidate.name, qini };
  }
  return best.name;
}

/** Mean over the arms, each against control. */
function meanQini({ rows, chances }: Part, effects: readonly Float64Array[]) {
  const sum = effects.reduce((sum, effect, before) => {
    const arm = againstControl(rows.arm, chances, before + 1);
    const { qini = NaN } = measureUplift({
      treated: arm.treated,
      ...arm.propensity,
      outcome: arm.keep(rows.label),
      score: arm.keep(effect),
    });
    return sum + qini;
  }, 0);
  return sum / effects.length;
}

/**
 * Rows of one arm and of control.
 *
 * @param arm Arm of each row, shape [rows].
 * @param chances Chance of each arm, control first, shape [arms + 1][rows].
 * @param one The arm.
 * @returns Which are treated, with what chance among the two unless it is the same for all; `keep` picks their values.
 */
export function againstControl(
  arm: Uint8Array,
  chances: readonly Float64Array[],
  one: number,
) {
  const isIn = (row: number) => arm[row] === one || arm[row] === 0;
  const places = placesWhere(arm.length, isIn);
  const keep = (values: Float64Array) => gather(values, places);
  const control = chances[0] as Float64Array;
  const chance = (chances[one] as Float64Array)
    .map((some, row) => some / (some + (control[row] as number)));
  const differ = chance.some((some) => some !== chance[0]);
  return {
    keep,
    places,
    treated: Uint8Array.from(places, (row) => arm[row] === one ? 1 : 0),
    propensity: differ ? { propensity: keep(chance) } : {},
  };
}

function outcomesOf(
  model: EffectModel,
  { rows }: Part,
  added: readonly Float64Array[],
): Float64Array[] {
  const none = added.map((effect) => new Float64Array(effect.length));
  const control = predictTaken(model, rows.columns, none);
  return [
    control,
    ...added.map((effect) =>
      effect.map((value, row) => value + (control[row] as number))
    ),
  ];
}
