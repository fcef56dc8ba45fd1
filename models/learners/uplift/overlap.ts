/**
 * Whether uplift can be learnt from rows at all: was the arm chosen by chance, and if
 * not, could every kind of row have got every arm.
 *
 * @module
 */
import { EngineError, type Interval } from "@moe/plugin";
import { estimateAuc } from "../../math/delong.ts";
import { type ArmRows, armShares } from "./effect_model.ts";
import { findHole, type NamedArmRows } from "./support.ts";

/** What the check found. */
export interface Overlap {
  /** Whether nothing in the columns tells the arm. */
  readonly randomised: boolean;
  /** How well columns tell an arm from the others, the arm that is told best; 0.5 is not at all. */
  readonly auc: number;
  /** 99 % interval of the AUC. */
  readonly interval: Interval;
  /** Share of the rows of which an arm had a chance of less than 0.05, or than a quarter of its share. */
  readonly outside: number;
  /** Rows that an experiment would need to tell as much. */
  readonly ess: number;
  readonly verdict: "sound" | "warn" | "refuse";
  /** The verdict for a person, with what to do. */
  readonly text: string;
}

const DEVIATIONS_99 = 2.5758;
const LEAST_CHANCE = 0.05;
const LEAST_SHARE_OF_SHARE = 0.25;
const MOST_OUTSIDE = 0.25;
const LEAST_ESS = 0.1;

/**
 * Checks the overlap of the arms.
 *
 * @param rows Rows of an experiment.
 * @param chances Estimated by models that have not seen the row, control first, shape [arms + 1][rows].
 * @returns What was found.
 */
export function checkOverlap(
  rows: NamedArmRows,
  chances: readonly Float64Array[],
): Overlap {
  const told = chances.slice(rows.arms === 1 ? 1 : 0).map((chance, at) => {
    const arm = rows.arms === 1 ? 1 : at;
    const isIn = rows.arm.map((one) => one === arm ? 1 : 0);
    return estimateAuc(isIn, chance, DEVIATIONS_99);
  });
  const best = told.reduce((one, other) =>
    other.interval[0] > one.interval[0] ? other : one
  );
  const found = {
    ...best,
    randomised: best.interval[0] <= 0.5,
    outside: shareOutside(rows, chances),
    ess: effectiveRows(rows, chances),
  };
  return { ...found, ...judge(rows, found) };
}

/**
 * Refuses rows that uplift cannot be learnt from.
 *
 * @param overlap What the check found.
 * @throws {EngineError} `dataset_invalid` if the verdict is `refuse`.
 */
export function requireOverlap({ verdict, text }: Overlap): void {
  if (verdict !== "refuse") return;
  throw new EngineError("dataset_invalid", `Cannot learn uplift: ${text}`);
}

type Found = Omit<Overlap, "verdict" | "text">;

function judge(
  rows: NamedArmRows,
  { randomised, auc, outside, ess }: Found,
): Pick<Overlap, "verdict" | "text"> {
  const hole = findHole(rows);
  if (hole !== null) return { verdict: "refuse", text: hole };
  const told = `the columns tell the arm with an AUC of ${auc.toFixed(3)}`;
  if (randomised) {
    return {
      verdict: "sound",
      text: `treatment looks randomised: ${told}, no better than chance`,
    };
  }
  const beyond = `${(100 * outside).toFixed(1)} % of the rows`;
  if (outside > MOST_OUTSIDE || ess < LEAST_ESS * rows.label.length) {
    return {
      verdict: "refuse",
      text:
        `treatment was not randomised and the arms hardly overlap: ${told}, and ${beyond} could hardly have got another arm; keep to rows that could, or run an experiment`,
    };
  }
  return {
    verdict: "warn",
    text:
      `treatment was not randomised: ${told}, and ${beyond} could hardly have got another arm; effects hold only if the columns hold all that decided on treatment`,
  };
}

function shareOutside(
  rows: ArmRows,
  chances: readonly Float64Array[],
): number {
  const least = armShares(rows).map((share) =>
    Math.min(LEAST_CHANCE, LEAST_SHARE_OF_SHARE * share)
  );
  const outside = rows.arm.filter((_, row) =>
    chances.some((chance, arm) => (chance[row] as number) < (least[arm] ?? 0))
  );
  return outside.length / rows.arm.length;
}

/** (Σw)² / Σw² of weights that are 1 when all have the same chances. */
function effectiveRows(
  rows: ArmRows,
  chances: readonly Float64Array[],
): number {
  const shares = armShares(rows);
  let sum = 0;
  let squares = 0;
  rows.arm.forEach((arm, row) => {
    const weight = (shares[arm] as number) / (chances[arm]?.[row] as number);
    sum += weight;
    squares += weight * weight;
  });
  return sum * sum / squares;
}
