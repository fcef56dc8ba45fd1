/**
 * The plan of a problem file as people read it.
 *
 * @module
 */
import { average } from "../plans/outlook/outcomes.ts";
import type { PlanProblem } from "../plans/problem_file/plan_problem.ts";
import type { PlanAnswer } from "../plans/problem_file/plan_answer.ts";
import { totalsOf } from "../plans/problem_file/measure.ts";
import { listMoves } from "../plans/what_if/answer_moves.ts";
import { printValue } from "../plans/what_if/print_value.ts";
import type { SolvedFile } from "./plan_file.ts";
import { printTable } from "./terminal.ts";

/** Rows that a table shows; of more entities, those with the largest amounts. */
const MOST_ROWS = 200;

/**
 * Prints a plan: a line for each entity, and the certificate.
 *
 * @returns Lines.
 */
export function printSolved({ asked, answer, seconds }: SolvedFile): string[] {
  const { value, upperBound, gap, spent, budget, price } = answer;
  return [
    ...answer.periods === null
      ? printAmounts(asked, answer)
      : printFlight(answer, answer.periods),
    "",
    `spends ${printValue(spent)} of ${printValue(budget)}; value ${
      printExact(value)
    }, no plan has more than ${printExact(upperBound)}: gap ${
      gap.toExponential(1)
    }; solved in ${seconds.toFixed(3)} s`,
    `one more unit of budget brings ${printValue(price)}`,
    ...printForecast(answer),
  ];
}

function printExact(value: number): string {
  return String(Number(value.toPrecision(12)));
}

function printForecast({ forecast }: PlanAnswer): string[] {
  if (forecast === null) return [];
  const { mean, interval: [low, high], beatsToday, warnings } = forecast;
  const better = beatsToday === null
    ? ""
    : `; better than today in ${(100 * beatsToday).toFixed(1)} % of draws`;
  return [
    `expected ${printValue(mean)}, between ${printValue(low)} and ${
      printValue(high)
    } with 90 % chance${better}`,
    ...warnings,
  ];
}

function printAmounts(asked: PlanProblem, answer: PlanAnswer): string[] {
  const { ids, amounts, marginal } = answer;
  const today = asked.today;
  const shown = pickLargest(amounts);
  const held = new Map(
    listMoves(asked, answer, amounts).map((one) => [one.id, one.heldBy]),
  );
  const rows = shown.map((at) => {
    const id = ids[at] ?? "";
    const now = today?.[at] ?? NaN;
    return [
      id,
      ...today === null ? [] : [Number.isFinite(now) ? printValue(now) : ""],
      printValue(amounts[at] as number),
      printValue(marginal[at] as number),
      (held.get(id) ?? []).join(" "),
    ];
  });
  return [
    ...printTable([
      { heading: "entity" },
      ...today === null ? [] : [{ heading: "today", numeric: true }],
      { heading: "plan", numeric: true },
      { heading: "marginal", numeric: true },
      { heading: "held by" },
    ], rows),
    ...tellMore(ids.length, shown.length),
  ];
}

function printFlight(
  answer: PlanAnswer,
  periods: number,
): string[] {
  const { ids, amounts, mustBring } = answer;
  const totals = totalsOf(answer);
  const shown = pickLargest(totals);
  const rows = shown.map((at) => {
    const own = amounts.subarray(at * periods, (at + 1) * periods);
    const peak = own.indexOf(Math.max(...own));
    return [
      ids[at] ?? "",
      printValue(totals[at] as number),
      printValue(average(own)),
      printValue(Math.min(...own)),
      `${printValue(own[peak] as number)} in ${peak + 1}`,
      printValue(mustBring[at] as number),
    ];
  });
  return [
    ...printTable([
      { heading: "entity" },
      { heading: `plan, ${periods} periods`, numeric: true },
      { heading: "mean", numeric: true },
      { heading: "least", numeric: true },
      { heading: "most", numeric: true },
      { heading: "price", numeric: true },
    ], rows),
    ...tellMore(ids.length, shown.length),
  ];
}

/** Positions in the file's order. */
function pickLargest(amounts: Float64Array): number[] {
  const all = [...amounts.keys()];
  if (all.length <= MOST_ROWS) return all;
  return all.sort((one, other) =>
    (amounts[other] as number) - (amounts[one] as number)
  ).slice(0, MOST_ROWS).sort((one, other) => one - other);
}

function tellMore(count: number, shown: number): string[] {
  return count > shown
    ? [`… and ${count - shown} with less each; --json lists all`]
    : [];
}
