/**
 * What-if questions about a solved problem: other budgets, curves, where entities
 * break even, what safety costs.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { PlanAnswer } from "../plans/problem_file/plan_answer.ts";
import type { AmountsAsked } from "../plans/problem_file/plan_problem.ts";
import { listEntities } from "../plans/allocation/solver/columns.ts";
import { findBreakEven } from "../plans/what_if/break_even.ts";
import { parseBudget, stepBudgets } from "../plans/what_if/budget_steps.ts";
import { printValue } from "../plans/what_if/print_value.ts";
import { traceRisk } from "../plans/what_if/risk_frontier.ts";
import { traceCurve } from "../plans/what_if/trace_curve.ts";
import type { Options } from "./command.ts";
import { wholeNumberOption } from "./option.ts";
import type { SolvedFile } from "./plan_file.ts";
import { printTable } from "./terminal.ts";

/** An answer, for programs and for people. */
export interface WhatIf {
  /** Members that join the answer's. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
}

/** How questions are asked. */
export interface Question {
  readonly options: Options;
  /** The file's own budget. */
  readonly base: number;
  /** Solves the file for a budget. */
  solve(budget: number): PlanAnswer;
}

const STEPS = { otherwise: 20, least: 1, most: 1000 };

/** Answers the questions that the options ask. */
export function listWhatIfs(
  { asked, answer }: SolvedFile,
  { options, base, solve }: Question,
): WhatIf[] {
  const { budgets, curves, risk } = options;
  const breakEven = options["break-even"];
  const wanted = [curves, breakEven, risk].some((one) => one !== undefined);
  if (wanted && asked.kind === "flight") {
    throw new EngineError(
      "request_invalid",
      "Cannot trace curves over periods: leave out --curves, --break-even and --risk",
    );
  }
  const amounts = asked.kind === "flight" ? null : asked;
  return [
    ...typeof budgets === "string"
      ? [varyBudgets(budgets.split(","), base, solve)]
      : [],
    ...amounts && curves !== undefined
      ? [traceCurves(amounts, wholeNumberOption(options, "curves", STEPS))]
      : [],
    ...amounts && typeof breakEven === "string"
      ? [
        breakEvens(
          amounts,
          answer,
          readPart("break-even", breakEven, Infinity),
        ),
      ]
      : [],
    ...amounts && typeof risk === "string"
      ? [weighRisk(amounts, readPart("risk", risk, 1))]
      : [],
  ];
}

function readPart(option: string, text: string, most: number): number {
  const number = Number(text);
  if (number > 0 && number <= most && number < Infinity) return number;
  throw new EngineError(
    "request_invalid",
    `Cannot use --${option} "${text}": give a number above 0${
      most < Infinity ? `, at most ${most}` : ""
    }`,
    { facts: { option } },
  );
}

function varyBudgets(
  texts: readonly string[],
  base: number,
  solve: Question["solve"],
): WhatIf {
  const steps = stepBudgets(
    texts.map((text) => parseBudget(text, base)),
    solve,
  );
  const rows = steps.map(({ budget, answer }) =>
    answer === null ? [printValue(budget), "no plan"] : [
      budget,
      answer.value,
      answer.upperBound,
      answer.price,
      answer.spent > 0 ? answer.value / answer.spent : 0,
    ].map(printValue)
  );
  return {
    json: {
      frontier: steps.map(({ budget, answer }) =>
        answer === null ? { budget, feasible: false } : {
          budget,
          value: answer.value,
          "upper_bound": answer.upperBound,
          gap: answer.gap,
          "shadow_price": answer.price,
        }
      ),
    },
    lines: printTable(
      ["budget", "value", "at most", "next unit", "each unit"].map((
        heading,
      ) => ({
        heading,
        numeric: true,
      })),
      rows,
    ),
  };
}

function traceCurves({ problem }: AmountsAsked, steps: number): WhatIf {
  const entities = listEntities(problem).map(({ id, curve, hi, weight = 1 }) =>
    [id, traceCurve(curve, { until: hi, steps, weight })] as const
  );
  return {
    json: { curves: Object.fromEntries(entities) },
    lines: printTable(
      [
        { heading: "entity" },
        { heading: "amount", numeric: true },
        { heading: "brings", numeric: true },
        { heading: "next unit", numeric: true },
      ],
      entities.flatMap(([id, points]) =>
        points.map(({ amount, outcome, marginal }) => [
          id,
          ...[amount, outcome, marginal].map(printValue),
        ])
      ),
    ),
  };
}

function breakEvens(
  { problem }: AmountsAsked,
  { amounts }: PlanAnswer,
  least: number,
): WhatIf {
  const found = listEntities(problem).map(({ id, curve, weight = 1 }) =>
    [id, weight > 0 ? findBreakEven(curve, least / weight) : null] as const
  );
  return {
    json: {
      "break_even": Object.fromEntries(found),
      "break_even_return": least,
    },
    lines: printTable(
      [
        { heading: "entity" },
        { heading: "plan", numeric: true },
        { heading: `next unit brings ${printValue(least)} at`, numeric: true },
      ],
      found.map(([id, amount], at) => [
        id,
        printValue(amounts[at] as number),
        amount === null ? "none" : printValue(amount),
      ]),
    ),
  };
}

function weighRisk(asked: AmountsAsked, tail: number): WhatIf {
  const points = traceRisk(asked, tail);
  if (points.length === 0) {
    throw new EngineError(
      "request_invalid",
      'Cannot weigh risk: there are no draws; give curves of type "sampled"',
    );
  }
  return {
    json: {
      risk: points.map(({ weight, mean, tail }) => ({ weight, mean, tail })),
      "risk_tail": tail,
    },
    lines: printTable(
      ["weight of worst", "mean", `mean of worst ${100 * tail} %`].map(
        (heading) => ({ heading, numeric: true }),
      ),
      points.map(({ weight, mean, tail }) =>
        [weight, mean, tail].map(printValue)
      ),
    ),
  };
}
