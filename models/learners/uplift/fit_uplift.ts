/**
 * Uplift learners: what each arm adds to an outcome, for each row.
 *
 * `s` one model of all arms, columns crossed with them · `t` one model for each arm ·
 * `x` effects imputed by the other arm's model, then learnt · `dr` effects by doubly
 * robust scores of cross-fitted models, then learnt · `transformed` the outcome
 * weighed by one over the chance of its arm, learnt as it is.
 *
 * @see Künzel et al. (2019), Metalearners for estimating heterogeneous treatment effects
 * @see Kennedy (2023), Towards optimal doubly robust estimation of heterogeneous causal effects
 * @see Athey and Imbens (2015), Machine Learning Methods for Estimating Heterogeneous Causal Effects
 * @module
 */
import type { Random } from "@moe/plugin";
import {
  type ArmRows,
  type EffectModel,
  seeArms,
  type Term,
} from "./effect_model.ts";
import { dealFolds, pickRows, placesWhere } from "./pick_rows.ts";
import type { FitRegressor, OutcomeKind, Regressor } from "./regressor.ts";

/** Names of the learners. */
export const LEARNERS = ["s", "t", "x", "dr", "transformed"] as const;

/** Name of a learner. */
export type LearnerName = typeof LEARNERS[number];

/** How to learn. */
export interface UpliftOptions {
  readonly learner: LearnerName;
  /** Fits the outcome models. */
  readonly fit: FitRegressor;
  readonly kind: OutcomeKind;
  /** Parts for cross-fitting, at least 2. */
  readonly folds: number;
  /** Chance of each arm, control first, shape [arms + 1][rows]. */
  readonly chances: readonly Float64Array[];
  /** Seeded. */
  readonly random: Random;
}

/**
 * Learns uplift.
 *
 * @param rows Rows of which each arm, and control, has some.
 * @param options How.
 * @returns The model; the same for the same rows, options and seed.
 */
export async function fitUplift(
  rows: ArmRows,
  options: UpliftOptions,
): Promise<EffectModel> {
  const sums = await FITS[options.learner](rows, options);
  return { columns: rows.columns.length, kind: options.kind, ...sums };
}

type Sums = Pick<EffectModel, "control" | "effects">;
type Fit = (rows: ArmRows, options: UpliftOptions) => Promise<Sums>;

const FITS: Readonly<Record<LearnerName, Fit>> = {
  s: fitJoint,
  t: fitSeparate,
  x: fitCrossed,
  dr: fitDoublyRobust,
  transformed: fitTransformed,
};

const alone = (regressor: Regressor, factor = 1): Term => ({
  factor,
  regressor,
  seenAs: null,
});

async function fitJoint(rows: ArmRows, options: UpliftOptions): Promise<Sums> {
  const columns = seeArms(rows.columns, rows.arms, (row) => rows.arm[row] ?? 0);
  const regressor = await options.fit({ ...rows, columns }, options.kind);
  const as = (seenAs: number, factor = 1) => ({ factor, regressor, seenAs });
  return {
    control: [as(0)],
    effects: armsOf(rows).map((arm) => [as(arm), as(0, -1)]),
  };
}

async function fitSeparate(
  rows: ArmRows,
  options: UpliftOptions,
): Promise<Sums> {
  const [control, ...treated] = await fitEachArm(rows, options);
  if (!control) return { control: [], effects: [] };
  return {
    control: [alone(control)],
    effects: treated.map((one) => [alone(one), alone(control, -1)]),
  };
}

async function fitCrossed(
  rows: ArmRows,
  options: UpliftOptions,
): Promise<Sums> {
  const outcomes = await fitEachArm(rows, options);
  const control = outcomes[0] as Regressor;
  const untreated = pickRows(rows, (row) => rows.arm[row] === 0);
  const effects: Term[][] = [];
  for (const arm of armsOf(rows)) {
    const treated = pickRows(rows, (row) => rows.arm[row] === arm);
    const usual = control.predict(treated.columns);
    const gained = (outcomes[arm] as Regressor).predict(untreated.columns);
    const onTreated = await options.fit({
      ...treated,
      label: treated.label.map((y, row) => y - (usual[row] as number)),
    }, "number");
    const onUntreated = await options.fit({
      ...untreated,
      label: gained.map((y, row) => y - (untreated.label[row] as number)),
    }, "number");
    const share = treated.label.length /
      (treated.label.length + untreated.label.length);
    effects.push([alone(onUntreated, share), alone(onTreated, 1 - share)]);
  }
  return { control: [alone(control)], effects };
}

async function fitDoublyRobust(
  rows: ArmRows,
  options: UpliftOptions,
): Promise<Sums> {
  const expected = await predictUnseen(rows, options);
  const { chances } = options;
  const score = (arm: number, row: number) => {
    const said = expected[arm]?.[row] as number;
    return rows.arm[row] === arm
      ? said + ((rows.label[row] as number) - said) /
          (chances[arm]?.[row] as number)
      : said;
  };
  const effects: Term[][] = [];
  for (const arm of armsOf(rows)) {
    const label = rows.label.map((_, row) => score(arm, row) - score(0, row));
    effects.push([alone(await options.fit({ ...rows, label }, "number"))]);
  }
  return { control: [alone(await fitArm(rows, 0, options))], effects };
}

async function fitTransformed(
  rows: ArmRows,
  options: UpliftOptions,
): Promise<Sums> {
  const { chances } = options;
  const mean = rows.label.reduce((sum, y) => sum + y, 0) / rows.label.length;
  const effects: Term[][] = [];
  for (const arm of armsOf(rows)) {
    const weighed = rows.label.map((y, row) => {
      const [of, none] = [chances[arm]?.[row], chances[0]?.[row]] as number[];
      const chance = rows.arm[row] === arm ? of : -(none as number);
      return (y - mean) * ((of as number) + (none as number)) /
        (chance as number);
    });
    const part = pickRows(
      { ...rows, label: weighed },
      (row) => rows.arm[row] === arm || rows.arm[row] === 0,
    );
    effects.push([alone(await options.fit(part, "number"))]);
  }
  return { control: [alone(await fitArm(rows, 0, options))], effects };
}

/** Outcomes under each arm as models say that have not seen the row, shape [arms + 1][rows]. */
async function predictUnseen(
  rows: ArmRows,
  options: UpliftOptions,
): Promise<Float64Array[]> {
  const fold = dealFolds(rows.arm, options.folds, options.random);
  const expected = [0, ...armsOf(rows)].map(() =>
    new Float64Array(rows.label.length)
  );
  for (let one = 0; one < options.folds; one++) {
    const seen = pickRows(rows, (row) => fold[row] !== one);
    const unseen = pickRows(rows, (row) => fold[row] === one);
    const places = placesWhere(fold.length, (row) => fold[row] === one);
    const models = await fitEachArm(seen, options);
    models.forEach((model, arm) =>
      model.predict(unseen.columns).forEach((said, at) => {
        const place = places[at] as number;
        (expected[arm] as Float64Array)[place] = said;
      })
    );
  }
  return expected;
}

/** Outcome models, control first, shape [arms + 1]. */
async function fitEachArm(
  rows: ArmRows,
  options: UpliftOptions,
): Promise<Regressor[]> {
  const models: Regressor[] = [];
  for (const arm of [0, ...armsOf(rows)]) {
    models.push(await fitArm(rows, arm, options));
  }
  return models;
}

function fitArm(
  rows: ArmRows,
  arm: number,
  { fit, kind }: UpliftOptions,
): Promise<Regressor> {
  return fit(pickRows(rows, (row) => rows.arm[row] === arm), kind);
}

function armsOf({ arms }: ArmRows): number[] {
  return Array.from({ length: arms }, (_, before) => before + 1);
}
