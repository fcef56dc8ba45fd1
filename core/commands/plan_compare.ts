/**
 * `moe plan compare`: problem files side by side, and what moves between them.
 *
 * @module
 */
import { totalsOf } from "../plans/problem_file/measure.ts";
import { answerToJson } from "../plans/problem_file/print_answer.ts";
import { listMoves } from "../plans/what_if/answer_moves.ts";
import {
  type ExplainedMove,
  explainMoves,
} from "../plans/what_if/explain_moves.ts";
import { printValue } from "../plans/what_if/print_value.ts";
import type { Command } from "./command.ts";
import { readProblemFile, type SolvedFile, solveFile } from "./plan_file.ts";
import { printTable } from "./terminal.ts";

interface Scenario extends SolvedFile {
  readonly path: string;
}

/** `moe plan compare`. */
export const planCompare: Command = {
  name: "plan compare",
  about:
    "solve problem files and tell what the others do otherwise than the first",
  operands: ["FILE", "FILE…"],
  options: { "json!": "print JSON" },
  async run({ terminal }, paths, options) {
    const scenarios: Scenario[] = [];
    for (const path of paths) {
      scenarios.push({ path, ...solveFile(await readProblemFile(path)) });
    }
    const [first, ...others] = scenarios;
    if (first === undefined) return 1;
    const moves = others.map((other) => listChanges(first, other));
    if (options.json) {
      terminal.line(JSON.stringify({
        scenarios: scenarios.map(({ path, answer, seconds }, at) => ({
          file: path,
          ...answerToJson(answer, seconds),
          ...at === 0 ? {} : { moves: moves[at - 1] },
        })),
      }));
      return 0;
    }
    printScenarios(scenarios).forEach(terminal.line);
    others.forEach(({ path }, at) => {
      ["", `${path}, against ${first.path}`].forEach(terminal.line);
      const told = moves[at]?.map(({ sentence }) => sentence) ?? [];
      (told.length > 0 ? told : ["nothing moves"]).forEach(terminal.line);
    });
    return 0;
  },
};

/** Moves from one scenario's plan to another's; who is in one only gets nothing in the other. */
function listChanges(first: Scenario, other: Scenario): ExplainedMove[] {
  const totals = totalsOf(first.answer);
  const before = new Map(first.answer.ids.map((id, at) => [id, totals[at]]));
  const moves = explainMoves(listMoves(
    other.asked,
    other.answer,
    other.answer.ids.map((id) => before.get(id) ?? 0),
  ));
  return moves.filter(({ cause }) => cause !== "kept");
}

function printScenarios(scenarios: readonly Scenario[]): string[] {
  return printTable(
    [
      { heading: "scenario" },
      ...["budget", "spent", "value", "at most", "gap", "next unit"].map((
        heading,
      ) => ({ heading, numeric: true })),
    ],
    scenarios.map(({ path, answer }) => [
      path,
      ...[answer.budget, answer.spent, answer.value, answer.upperBound]
        .map(printValue),
      answer.gap.toExponential(1),
      printValue(answer.price),
    ]),
  );
}
