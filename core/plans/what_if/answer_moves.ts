/**
 * What is known of each move from one set of amounts to the plan of a problem file.
 *
 * @module
 */
import { respond } from "../../domain/response.ts";
import { sumOutcome } from "../flighting/carry_over.ts";
import type { FlightProblem } from "../flighting/problem.ts";
import type { PlanAnswer } from "../problem_file/plan_answer.ts";
import type {
  AmountsAsked,
  FlightAsked,
  PlanProblem,
} from "../problem_file/plan_problem.ts";
import {
  nameOf,
  readColumns,
  readCurve,
} from "../allocation/solver/columns.ts";
import type { MoveFacts } from "./explain_moves.ts";

/**
 * Lists what is known of each entity's move.
 *
 * @param asked The problem.
 * @param answer Its plan.
 * @param before What each entity got, shape [entities], in all periods together for
 * flights; NaN where that is not known.
 * @returns One for each entity whose amount before is known, in the file's order.
 */
export function listMoves(
  asked: PlanProblem,
  answer: PlanAnswer,
  before: ArrayLike<number>,
): MoveFacts[] {
  const facts = asked.kind === "flight"
    ? flightFacts(asked, answer, before)
    : amountFacts(asked, answer, before);
  return facts.filter((one) => Number.isFinite(one.before));
}

function amountFacts(
  { problem, aim }: AmountsAsked,
  answer: PlanAnswer,
  before: ArrayLike<number>,
): MoveFacts[] {
  const columns = readColumns(problem);
  const holders = listHolders(answer, problem);
  const cost = problem.objective === "profit" ? 1 : 0;
  return Array.from(answer.amounts, (after, at) => {
    const id = nameOf(columns, at);
    const curve = readCurve(columns, at);
    const weight = columns.weight?.[at] ?? 1;
    const past = before[at] as number;
    const rise = weight * (respond(curve, after) - respond(curve, past));
    return {
      ...{ id, before: past, after, curve, weight },
      marginal: answer.marginal[at] as number,
      bringsEach: aim.type === "mean" ? rise / (after - past) - cost : NaN,
      mustBring: answer.mustBring[at] as number,
      bounds: [columns.lo[at] as number, columns.hi[at] as number],
      heldBy: holders(id, columns.group[at] as number),
    };
  });
}

/** Names what holds an entity: its own bounds, groups around it, and rows it counts in. */
function listHolders(
  { shadowPrices }: PlanAnswer,
  { groups, linear = [], returns = [] }: AmountsAsked["problem"],
): (id: string, group: number) => string[] {
  const parents = new Map(groups.map(({ id, parent }) => [id, parent ?? null]));
  const held = (names: readonly string[]) =>
    names.filter((name) => shadowPrices[name] !== undefined);
  return (id, group) => {
    const around: string[] = [];
    let at = groups[group]?.id ?? null;
    for (; at !== null; at = parents.get(at) ?? null) around.push(at);
    return held([
      `entity:${id}:lo`,
      `entity:${id}:hi`,
      ...around.flatMap((name) =>
        ["lo", "hi", "most"].map((side) => `group:${name}:${side}`)
      ),
      ...linear.filter(({ terms }) => (terms[id] ?? 0) !== 0)
        .flatMap((row) => [`linear:${row.id}:lo`, `linear:${row.id}:hi`]),
      ...returns.filter((one) =>
        one.group === null || around.includes(one.group)
      ).map((one) => `returns:${one.id}`),
    ]);
  };
}

/** Today's amount is taken as even over the periods. */
function flightFacts(
  { problem }: FlightAsked,
  answer: PlanAnswer,
  before: ArrayLike<number>,
): MoveFacts[] {
  const { periods, entities, budget } = problem;
  return entities.map((entity, row) => {
    const own = answer.amounts.subarray(row * periods, (row + 1) * periods);
    const after = own.reduce((sum, amount) => sum + amount, 0);
    const past = before[row] as number;
    const alone: FlightProblem = { ...problem, entities: [entity] };
    const even = new Float64Array(periods).fill(past / periods);
    const rise = sumOutcome(alone, own) - sumOutcome(alone, even);
    const sum = (side: "lo" | "hi") =>
      entity[side].reduce((total, amount) => total + amount, 0);
    const most = Math.min(entity.total?.hi ?? Infinity, sum("hi"), budget);
    const names = ["lo", "hi"].map((side) => `entity:${entity.id}:${side}`);
    return {
      ...{ id: entity.id, before: past, after, curve: null, weight: 1 },
      marginal: NaN,
      bringsEach: rise / (after - past),
      mustBring: answer.mustBring[row] as number,
      bounds: [Math.max(entity.total?.lo ?? 0, sum("lo")), most],
      heldBy: names.filter((name) => answer.shadowPrices[name] !== undefined),
    };
  });
}
