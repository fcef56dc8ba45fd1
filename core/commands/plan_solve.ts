/**
 * `moe plan solve`: the plan of a problem file, and what else could be.
 *
 * Nothing is opened but the file: neither stores nor credentials are needed.
 *
 * @module
 */
import {
  answerToJson,
  infeasibleToJson,
} from "../plans/problem_file/print_answer.ts";
import type { ProblemFile } from "../plans/problem_file/parse_problem.ts";
import type { SolveOptions } from "../plans/problem_file/solve_problem.ts";
import { explainMoves } from "../plans/what_if/explain_moves.ts";
import { totalsOf } from "../plans/problem_file/measure.ts";
import { listMoves } from "../plans/what_if/answer_moves.ts";
import { parseBudget } from "../plans/what_if/budget_steps.ts";
import { type Command, type CommandScope, type Options } from "./command.ts";
import { wholeNumberOption } from "./option.ts";
import {
  InfeasibleFile,
  readProblemFile,
  type SolvedFile,
  solveFile,
  withBudget,
} from "./plan_file.ts";
import { printSolved } from "./plan_lines.ts";
import { drawAnswer } from "./plan_charts.ts";
import { listWhatIfs, type WhatIf } from "./plan_what_if.ts";
import { writeCharts } from "./write_charts.ts";

const DEADLINE = { otherwise: 600_000, least: 1, most: 86_400_000 };

/** `moe plan solve`. */
export const planSolve: Command = {
  name: "plan solve",
  about: "solve a problem file: the best plan, and the proof that it is",
  operands: ["FILE"],
  options: {
    "json!": "print JSON",
    "deadline-ms": "answer about then, with the gap that is left",
    "budget":
      "another budget: +10%, -5%, 90% or an amount; told against the file's",
    "budgets": "several, with commas: what the best plan of each brings",
    "explain!": "why each entity moves from today, in a sentence",
    "curves":
      "steps in which to trace each entity's outcome and marginal return",
    "break-even":
      "return that the next unit must bring: how far each budget can grow until then",
    "risk":
      "share of draws that counts as the worst: mean against it, plan by plan",
    "svg": "folder for charts",
  },
  async run(scope, [path = ""], options) {
    const file = await readProblemFile(path);
    try {
      return await solveAndTell(scope, file, options);
    } catch (error) {
      if (options.json && error instanceof InfeasibleFile && error.infeasible) {
        scope.terminal.line(
          JSON.stringify(infeasibleToJson(error.infeasible, error.message)),
        );
      }
      throw error;
    }
  },
};

async function solveAndTell(
  { terminal }: CommandScope,
  file: ProblemFile,
  options: Options,
): Promise<number> {
  const search = readSearch(options);
  const own = solveFile(file, search);
  const { budget } = options;
  const other = typeof budget === "string"
    ? parseBudget(budget, own.answer.budget)
    : null;
  const solved = other === null
    ? own
    : solveFile(withBudget(file, other), search);
  const solve = (budget: number) =>
    solveFile(withBudget(file, budget), search).answer;
  const told: WhatIf[] = [
    ...other === null ? [] : [compareBudgets(own, solved)],
    ...options.explain ? [explainFromToday(solved)] : [],
    ...listWhatIfs(solved, { options, solve, base: own.answer.budget }),
  ];
  if (typeof options.svg === "string") {
    const charts = drawAnswer(solved, solve);
    const paths = await writeCharts(options.svg, charts, "svg");
    told.push({
      json: { charts: paths },
      lines: paths.map((path) => `chart in ${path}`),
    });
  }
  if (options.json) {
    const more = Object.assign({}, ...told.map(({ json }) => json));
    const { answer, seconds } = solved;
    terminal.line(JSON.stringify(answerToJson(answer, seconds, more)));
    return 0;
  }
  printSolved(solved).forEach(terminal.line);
  for (const { lines } of told) ["", ...lines].forEach(terminal.line);
  return 0;
}

function readSearch(options: Options): SolveOptions {
  return options["deadline-ms"] === undefined
    ? {}
    : { deadlineMs: wholeNumberOption(options, "deadline-ms", DEADLINE) };
}

/** What the other budget changes. */
function compareBudgets(own: SolvedFile, solved: SolvedFile): WhatIf {
  const [before, after] = [own.answer, solved.answer];
  const extraBudget = after.budget - before.budget;
  const extraValue = after.value - before.value;
  const each = extraBudget === 0 ? 0 : extraValue / extraBudget;
  const moves = explainMoves(
    listMoves(solved.asked, after, totalsOf(own.answer)),
  ).filter(({ cause }) => cause !== "kept");
  return {
    json: {
      compared: {
        ...{ budget: before.budget, value: before.value },
        "upper_bound": before.upperBound,
        "extra_budget": extraBudget,
        "extra_value": extraValue,
        "extra_value_per_unit": each,
        moves,
      },
    },
    lines: [
      `${print(extraBudget)} of budget brings ${print(extraValue)}, ${
        print(each)
      } for each unit`,
      ...moves.map(({ sentence }) => sentence),
    ],
  };
}

function explainFromToday({ asked, answer }: SolvedFile): WhatIf {
  const { today } = asked;
  const periods = answer.periods ?? 1;
  const before = today?.map((amount) => amount * periods) ??
    new Float64Array(answer.ids.length).fill(NaN);
  const moves = explainMoves(listMoves(asked, answer, before));
  return {
    json: { moves },
    lines: moves.length > 0
      ? moves.map(({ sentence }) => sentence)
      : ["the file does not say what entities get today"],
  };
}

function print(value: number): string {
  return String(Number(value.toPrecision(6)));
}
