/**
 * Why each entity of a stored plan gets more or less than today, or than in another plan.
 *
 * @module
 */
import type { EntityKey } from "../../domain/entity.ts";
import type { Plan, PlanRecommendation } from "../../domain/plan.ts";
import type { FittedCurve, ResponseCurves } from "../../domain/score.ts";
import { respond } from "../../domain/response.ts";
import { countDays } from "../../domain/day.ts";
import {
  type ExplainedMove,
  explainMoves,
  type MoveFacts,
} from "./explain_moves.ts";

const MICROS = 1e6;

/** What a plan's moves are explained with. */
export interface MoveEvidence {
  /** Curves of the plan's model version; null if they are not at hand. */
  readonly curves: ResponseCurves | null;
  /** The plan to compare with; today's budgets if null. */
  readonly against: Plan | null;
}

/**
 * Explains a plan's moves. Amounts are in currency units for the period, returns in
 * outcome units per currency unit; budgets of a plan over another period count by their days.
 *
 * @returns One for each entity of the plan, in its order.
 */
export function explainPlan(
  plan: Plan,
  { curves, against }: MoveEvidence,
): ExplainedMove[] {
  const fitted = new Map(curves?.curves.map((one) => [one.entity, one]));
  const days = countDays(plan.period);
  const before = against === null
    ? null
    : new Map(against.recommendations.map((row) => [
      row.entity,
      Number(row.budgetMicros) * days / countDays(against.period),
    ]));
  return explainMoves(plan.recommendations.map((row) =>
    listFacts(row, plan, {
      days,
      before: before === null
        ? Number(row.currentMicros)
        : before.get(row.entity) ?? 0,
      fitted: fitted.get(row.entity) ?? null,
    })
  ));
}

function listFacts(
  row: PlanRecommendation,
  { binding, objective }: Plan,
  { days, before, fitted }: {
    readonly days: number;
    /** Micros. */
    readonly before: number;
    readonly fitted: FittedCurve | null;
  },
): MoveFacts {
  const after = Number(row.budgetMicros);
  const perUnit = objective.unit.endsWith("_micros") ? 1 : MICROS;
  const around = new Set<string>([row.entity, row.parent ?? row.entity]);
  const held = binding.filter(({ constraint }) => concerns(constraint, around));
  const groups = held.filter(({ constraint }) =>
    constraint.startsWith("group:")
  );
  const budget = binding.find(({ constraint }) => constraint === "budget");
  const price = groups.reduce(
    (sum, { shadowPrice }) => sum + shadowPrice,
    budget?.shadowPrice ?? NaN,
  );
  return {
    id: row.entity,
    before: before / MICROS,
    after: after / MICROS,
    marginal: row.marginalOutcome * perUnit,
    bringsEach: fitted === null
      ? NaN
      : riseOf(fitted, [before, after], days) / (after - before) * perUnit,
    mustBring: price * perUnit,
    bounds: [
      Number(row.boundsMicros[0]) / MICROS,
      Number(row.boundsMicros[1]) / MICROS,
    ],
    heldBy: [
      ...held.map(({ constraint }) => constraint),
      ...new Set(row.applied.map(({ rule }) => `rule:${rule}`)),
    ],
    curve: fitted && inUnits(fitted, days),
    weight: perUnit / MICROS,
  };
}

function concerns(constraint: string, around: ReadonlySet<string>): boolean {
  const [, name] = /^(?:entity|group):(.*):(?:lo|hi|most)$/.exec(constraint) ??
    [];
  return name !== undefined && around.has(name as EntityKey);
}

function riseOf(
  { curve }: FittedCurve,
  [before, after]: readonly [number, number],
  days: number,
): number {
  return days * (respond(curve, after / days) - respond(curve, before / days));
}

/** The curve of a day as one of the period, over currency units. */
function inUnits({ curve }: FittedCurve, days: number): FittedCurve["curve"] {
  const scale = days / MICROS;
  const ceiling = curve.ceiling * days;
  return curve.type === "logistic"
    ? { ...curve, ceiling, rate: curve.rate / scale }
    : { ...curve, ceiling, half: curve.half * scale };
}
