/**
 * `moe policy check`: checks policy files, and how well their cases prove them.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import {
  type ConditionCoverage,
  coverConditions,
} from "../../verdicts/coverage/cover_conditions.ts";
import {
  type MutationReport,
  scoreMutants,
} from "../../verdicts/coverage/mutation_score.ts";
import {
  printGoal,
  printMutant,
} from "../../verdicts/coverage/propose_cases.ts";
import {
  checkPolicies,
  type PolicyReport,
  soundLists,
} from "../../verdicts/document/check.ts";
import type { Lists } from "../../verdicts/document/document.ts";
import { type Command, type Options, textOption } from "../command.ts";
import { readPolicies } from "../files.ts";
import { type Column, printTable } from "../terminal.ts";

/** A file's report with what its cases show. */
interface Measured extends PolicyReport {
  /** Null where there is no policy that holds. */
  readonly conditions: ConditionCoverage | null;
  /** Null unless asked for. */
  readonly mutants: MutationReport | null;
}

/** Checks every policy file with its own cases. */
export const policyCheck: Command = {
  name: "policy check",
  about: "check every policy file with its own cases, and the cases themselves",
  operands: [],
  options: {
    folder: "folder of policy files; MOE_POLICIES unless given",
    "mutants!": "make every small mistake and see whether a case notices",
    least: "fail below this share of mistakes noticed, 0 to 1; makes them",
    "json!": "print everything as JSON",
  },
  async run({ configuration, terminal }, _operands, options) {
    const folder = textOption(options, "folder", configuration.policiesFolder);
    const least = leastOption(options);
    const mutants = options.mutants === true || least !== null;
    const files = await readPolicies(folder);
    const lists = soundLists(files);
    const reports = checkPolicies(files)
      .map((report) => measure(report, { lists, mutants }));
    const lines = options.json === true
      ? [printJson(reports)]
      : [...printReports(reports, mutants), ...reports.flatMap(printOpen)];
    lines.forEach(terminal.line);
    const failures = [
      ...reports.flatMap(({ failures }) => failures),
      ...reports.flatMap((report) => findLowScore(report, least)),
    ];
    failures.forEach(terminal.warn);
    return failures.length === 0 ? 0 : 1;
  },
};

function leastOption(options: Options): number | null {
  const text = textOption(options, "least", "");
  if (text === "") return null;
  const least = Number(text);
  if (/^[01](\.\d+)?$/.test(text) && least <= 1) return least;
  throw new EngineError(
    "request_invalid",
    `Cannot use --least "${text}": give a share from 0 to 1, such as 0.95`,
    { facts: { option: "least" } },
  );
}

function measure(
  report: PolicyReport,
  { lists, mutants }: { lists: Lists; mutants: boolean },
): Measured {
  const { document, failures } = report;
  if (document === null || failures.length > 0) {
    return { ...report, conditions: null, mutants: null };
  }
  return {
    ...report,
    conditions: coverConditions(document, lists),
    mutants: mutants ? scoreMutants(document, lists) : null,
  };
}

function printReports(
  reports: readonly Measured[],
  mutants: boolean,
): readonly string[] {
  const columns: (Column & { cell: (report: Measured) => string })[] = [
    { heading: "file", cell: ({ file }) => file },
    { heading: "policy", cell: ({ policy }) => policy ?? "" },
    { heading: "rules", numeric: true, cell: ({ rules }) => String(rules) },
    { heading: "cases", numeric: true, cell: ({ cases }) => String(cases) },
    {
      heading: "conditions covered",
      numeric: true,
      cell: ({ conditions }) => printPercent(conditions?.share),
    },
    ...mutants
      ? [{
        heading: "mutation score",
        numeric: true,
        cell: ({ mutants }: Measured) => printShare(mutants?.score),
      }]
      : [],
    { heading: "result", cell: printResult },
  ];
  return printTable(
    columns,
    reports.map((report) => columns.map(({ cell }) => cell(report))),
  );
}

/** Rounded down: only what is whole prints as whole. */
function printPercent(share: number | undefined): string {
  return share === undefined ? "" : `${Math.floor(share * 100)} %`;
}

function printShare(share: number | undefined): string {
  return share === undefined
    ? ""
    : (Math.floor(share * 1000) / 1000).toFixed(3);
}

function printResult({ failures, neverFired, alwaysFired }: PolicyReport) {
  if (failures.length > 0) return "fails";
  const unshown = [...neverFired, ...alwaysFired];
  return unshown.length === 0
    ? "holds"
    : `holds; no case shows where ${unshown.join(", ")} stops`;
}

/** One line for each mistake that passes and, beside them, each condition not shown. */
function printOpen(
  { document, conditions, mutants }: Measured,
): readonly string[] {
  if (mutants === null || document === null) return [];
  const { policy } = document;
  return [
    ...mutants.survivors.map(({ mutant }) =>
      `${policy}/${printMutant(mutant)} passes every case`
    ),
    ...(conditions?.open ?? []).map((goal) =>
      `${policy}/${printGoal(goal)} in no case`
    ),
  ];
}

function findLowScore(
  { document, mutants }: Measured,
  least: number | null,
): readonly string[] {
  if (least === null || document === null || mutants === null) return [];
  const { score } = mutants;
  if (score >= least) return [];
  return [
    `Cannot accept policy "${document.policy}": its cases notice ` +
    `${printShare(score)} of all mistakes, less than ${least}; ` +
    `"moe policy cases" proposes what is missing`,
  ];
}

function printJson(reports: readonly Measured[]): string {
  const printed = reports.map(({ document: _, mutants, ...report }) => ({
    ...report,
    mutants: mutants && {
      score: mutants.score,
      killed: mutants.killed.length,
      refused: mutants.refused,
      survivors: mutants.survivors.map(({ mutant }) => printMutant(mutant)),
      equivalent: mutants.equivalent.map(printMutant),
    },
  }));
  return JSON.stringify(printed, null, 2);
}
