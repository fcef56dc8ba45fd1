/**
 * The plan of a problem file as charts.
 *
 * @module
 */
import { respond } from "../domain/response.ts";
import { plotAllocation } from "../plans/plots/allocation_plot.ts";
import { plotFlight } from "../plans/plots/flight_plot.ts";
import { plotFrontier, plotRisk } from "../plans/plots/frontier_plot.ts";
import { plotResponses } from "../plans/plots/response_plot.ts";
import { totalsOf } from "../plans/problem_file/measure.ts";
import type { PlanAnswer } from "../plans/problem_file/plan_answer.ts";
import type { AmountsAsked } from "../plans/problem_file/plan_problem.ts";
import { listEntities } from "../plans/allocation/solver/columns.ts";
import { stepBudgets } from "../plans/what_if/budget_steps.ts";
import { traceRisk } from "../plans/what_if/risk_frontier.ts";
import type { SolvedFile } from "./plan_file.ts";

const SHARES = [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5];
const UNITS = { amount: "Amount", outcome: "Outcome" };

/**
 * Draws a plan.
 *
 * @param solved The plan.
 * @param solve Solves the file for another budget.
 * @returns SVG by name.
 */
export function drawAnswer(
  solved: SolvedFile,
  solve: (budget: number) => PlanAnswer,
): Map<string, string> {
  const { asked, answer } = solved;
  const { ids, periods, amounts, budget } = answer;
  const totals = totalsOf(answer);
  const before = (at: number) => {
    const today = asked.today?.[at] ?? NaN;
    return Number.isFinite(today) ? today * (periods ?? 1) : null;
  };
  const charts = new Map([[
    "allocation",
    plotAllocation(
      ids.map((id, at) => ({
        id,
        today: before(at),
        plan: totals[at] as number,
      })),
      UNITS.amount,
    ),
  ]]);
  const steps = stepBudgets(SHARES.map((share) => share * budget), solve);
  charts.set(
    "frontier",
    plotFrontier({
      points: steps.flatMap(({ budget, answer }) =>
        answer === null ? [] : [{ ...answer, budget }]
      ),
      plan: { budget, value: answer.value },
      today: null,
    }, UNITS),
  );
  if (asked.kind === "flight" && periods !== null) {
    return charts.set("flight", plotFlight({ ids, periods, amounts }));
  }
  if (asked.kind === "amounts") drawCurves(charts, asked, answer);
  return charts;
}

function drawCurves(
  charts: Map<string, string>,
  asked: AmountsAsked,
  { amounts }: PlanAnswer,
): void {
  const responses = listEntities(asked.problem).map(
    ({ id, curve, weight = 1 }, at) => {
      const known = asked.today?.[at] ?? NaN;
      const today = Number.isFinite(known) ? known : null;
      const plan = amounts[at] as number;
      return {
        ...{ id, today, plan },
        until: 1.3 * Math.max(today ?? 0, plan) || 1,
        respond: (amount: number) => weight * respond(curve, amount),
      };
    },
  );
  charts.set("curves", plotResponses(responses, UNITS));
  if (asked.aim.type !== "mean_cvar") return;
  const { tail } = asked.aim;
  charts.set("risk", plotRisk(traceRisk(asked, tail), tail));
}
