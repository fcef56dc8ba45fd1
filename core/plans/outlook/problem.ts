/**
 * Money under uncertainty: what is asked, and what is answered.
 *
 * Each entity's curve is known as draws of its posterior; draw d of one entity belongs
 * with draw d of every other (the joint posterior). A plan x then has an outcome
 * F_d(x) = Σ_i curve_id(x_i) in each draw.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { ResponseCurve } from "../../domain/score.ts";

/** One entity that may receive money. */
export interface OutlookEntity {
  /** Its name, unique in the problem. */
  readonly id: string;
  /** Its curve in each draw, shape [draws]. */
  readonly draws: readonly ResponseCurve[];
  /** Least it receives. */
  readonly lo: number;
  /** Most it receives. */
  readonly hi: number;
  /** Least and most that was ever seen of it; beyond, the curve is extrapolated. */
  readonly seen?: readonly [number, number];
}

/** lo ≤ Σ coefficient · amount ≤ hi. */
export interface LinearRow {
  readonly id: string;
  /** Coefficients by entity. */
  readonly terms: Readonly<Record<string, number>>;
  readonly lo?: number;
  readonly hi?: number;
}

/** What to divide, among whom. Amounts are in one unit and not negative. */
export interface OutlookProblem {
  readonly entities: readonly OutlookEntity[];
  readonly rows?: readonly LinearRow[];
  readonly budget: number;
  /** Whether all must be spent, or up to the budget. */
  readonly spend: "all" | "up_to";
}

/**
 * What is to be large: the mean, or (1 − weight) · mean + weight · CVaR, where CVaR
 * is the mean of the worst `tail` of all draws.
 *
 * @see Rockafellar and Uryasev (2000), Optimization of conditional value-at-risk
 */
export type Objective =
  | { readonly type: "mean" }
  | {
    readonly type: "mean_cvar";
    /** Weight of the tail, [0, 1]. */
    readonly weight: number;
    /** Share of the draws in it, (0, 1]. */
    readonly tail: number;
  };

/**
 * Checks a problem's numbers and bounds.
 *
 * @returns How many draws there are.
 * @throws {RangeError} If a number is not what it should be.
 * @throws {EngineError} `plan_infeasible` if bounds and budget are in conflict.
 */
export function checkOutlook(problem: OutlookProblem): number {
  const { entities, budget, spend } = problem;
  const draws = entities[0]?.draws.length ?? 0;
  if (draws === 0) throw new RangeError("Cannot plan: there are no draws");
  if (!(budget >= 0 && budget < Infinity)) {
    throw new RangeError(`Cannot plan budget "${budget}": expected 0 or more`);
  }
  if (new Set(entities.map(({ id }) => id)).size < entities.length) {
    throw new RangeError("Cannot plan: two ids are the same");
  }
  for (const entity of entities) checkEntity(entity, draws);
  const sum = (side: "lo" | "hi") =>
    entities.reduce((total, entity) => total + entity[side], 0);
  const slack = 1e-12 * budget;
  if (sum("lo") > budget + slack) throw conflict(["budget", "floors"]);
  if (spend === "all" && sum("hi") < budget - slack) {
    throw conflict(["budget", "caps"]);
  }
  for (const row of problem.rows ?? []) checkRow(row, entities);
  return draws;
}

function checkEntity({ id, draws, lo, hi }: OutlookEntity, count: number) {
  if (draws.length !== count) {
    throw new RangeError(`Cannot plan for "${id}": it has other draws`);
  }
  for (const curve of draws) {
    const scale = curve.type === "logistic" ? curve.rate : curve.half;
    const slope = curve.type === "hill" ? curve.slope : 1;
    const shaped = [scale, slope].every((x) => x > 0 && x < Infinity);
    if (!shaped || !(curve.ceiling >= 0 && curve.ceiling < Infinity)) {
      throw new RangeError(`Cannot plan for "${id}": a curve has no shape`);
    }
  }
  if (!(lo >= 0 && hi < Infinity && lo <= hi)) {
    throw new RangeError(`Cannot plan for "${id}": its bounds are none`);
  }
}

function checkRow(
  { id, terms, lo = -Infinity, hi = Infinity }: LinearRow,
  entities: readonly OutlookEntity[],
): void {
  let [least, most] = [0, 0];
  const known = new Set(entities.map((entity) => entity.id));
  const stray = Object.keys(terms).find((name) => !known.has(name));
  if (stray !== undefined) {
    throw new RangeError(`Cannot plan row "${id}": there is no "${stray}"`);
  }
  for (const entity of entities) {
    const factor = terms[entity.id] ?? 0;
    const ends = [factor * entity.lo, factor * entity.hi];
    least += Math.min(...ends);
    most += Math.max(...ends);
  }
  if (lo > hi || least > hi || most < lo) throw conflict([`row:${id}`]);
}

/** The failure that names what is in conflict. */
export function conflict(constraints: readonly string[]): EngineError {
  const named = constraints.join(", ");
  return new EngineError(
    "plan_infeasible",
    `Cannot plan: no amounts meet all bounds (${named}); relax one of these`,
    { facts: { constraints: named, conflicting: constraints.length } },
  );
}
