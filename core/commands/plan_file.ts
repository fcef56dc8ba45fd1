/**
 * Problem files that the operator named: read, and solved with an answer for who
 * asks why there is none.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import {
  explainInfeasible,
  type Infeasible,
  refuseInfeasible,
} from "../plans/problem_file/explain_infeasible.ts";
import {
  parseProblem,
  type ProblemFile,
} from "../plans/problem_file/parse_problem.ts";
import type { PlanAnswer } from "../plans/problem_file/plan_answer.ts";
import type { PlanProblem } from "../plans/problem_file/plan_problem.ts";
import {
  type SolveOptions,
  solveProblem,
} from "../plans/problem_file/solve_problem.ts";
import { readJsonFile } from "./files.ts";

/** A problem, its plan, and how long both took. */
export interface SolvedFile {
  readonly asked: PlanProblem;
  readonly answer: PlanAnswer;
  /** To solve it. */
  readonly seconds: number;
}

/** A problem without a plan, as it was explained. */
export class InfeasibleFile extends EngineError {
  /** Why; null where a search has said it all. */
  readonly infeasible: Infeasible | null;

  /** Makes it of the failure that is told. */
  constructor(told: EngineError, infeasible: Infeasible | null) {
    super(told.code, told.message, { facts: told.facts, cause: told });
    this.infeasible = infeasible;
  }
}

/**
 * Reads a problem file; a file of columns is read when it is asked for.
 *
 * @throws {EngineError} `file_unreadable` if there is none or it is not JSON.
 */
export async function readProblemFile(path: string): Promise<ProblemFile> {
  const value = await readJsonFile(path);
  return { name: path, value, columns: () => readColumns(path) };
}

/** `name.bin.json` has its columns in `name.f64`. */
function readColumns(path: string): Uint8Array {
  const beside = path.replace(/(\.bin)?\.json$/, "") + ".f64";
  try {
    return Deno.readFileSync(beside);
  } catch (cause) {
    throw new EngineError(
      "file_unreadable",
      `Cannot read file "${beside}": it must lie beside "${path}"`,
      { cause },
    );
  }
}

/** The same file with another budget. */
export function withBudget(file: ProblemFile, budget: number): ProblemFile {
  return { ...file, value: { ...Object(file.value), budget } };
}

/**
 * Parses and solves.
 *
 * @throws {EngineError} `request_invalid`, naming fields and what belongs there.
 * @throws {InfeasibleFile} With the conflict and the nearest problem that has a plan.
 */
export function solveFile(
  file: ProblemFile,
  options: SolveOptions = {},
): SolvedFile {
  const asked = parseProblem(file);
  const start = performance.now();
  try {
    const answer = solveProblem(asked, options);
    return { asked, answer, seconds: (performance.now() - start) / 1000 };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    if (error.code !== "plan_infeasible") {
      throw new EngineError(
        error.code,
        `Cannot solve problem "${file.name}": ${error.message}`,
        { facts: error.facts, cause: error },
      );
    }
    const infeasible = explainInfeasible(asked);
    throw new InfeasibleFile(
      infeasible === null ? error : refuseInfeasible(infeasible, file.name),
      infeasible,
    );
  }
}
