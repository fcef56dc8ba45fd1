/**
 * `moe policy`: checks policy files, and says what they would do to some facts.
 *
 * @module
 */
import { z } from "zod";
import type { Facts } from "../domain/verdict.ts";
import { checkPolicies, type PolicyReport } from "../verdicts/check.ts";
import { explainPolicy, printExplanation } from "../verdicts/explain.ts";
import { parsePolicyFile } from "../verdicts/load.ts";
import { type Command, textOption } from "./command.ts";
import { readJsonFile, readPolicies } from "./open.ts";
import { printTable } from "./terminal.ts";

/** Checks every policy file with its own cases. */
export const policyCheck: Command = {
  name: "policy check",
  about: "check every policy file with its own cases",
  operands: [],
  options: { folder: "folder of policy files; MOE_POLICIES unless given" },
  async run({ configuration, terminal }, _operands, options) {
    const folder = textOption(options, "folder", configuration.policiesFolder);
    const reports = checkPolicies(await readPolicies(folder));
    printTable(
      [
        { heading: "file" },
        { heading: "policy" },
        { heading: "rules", numeric: true },
        { heading: "cases", numeric: true },
        { heading: "result" },
      ],
      reports.map((report) => [
        report.file,
        report.policy ?? "",
        String(report.rules),
        String(report.cases),
        printResult(report),
      ]),
    ).forEach(terminal.line);
    const failures = reports.flatMap(({ failures }) => failures);
    failures.forEach(terminal.warn);
    return failures.length === 0 ? 0 : 1;
  },
};

function printResult({ failures, neverFired, alwaysFired }: PolicyReport) {
  if (failures.length > 0) return "fails";
  const unshown = [...neverFired, ...alwaysFired];
  return unshown.length === 0
    ? "holds"
    : `holds; no case shows where ${unshown.join(", ")} stops`;
}

const Given = z.record(z.string(), z.unknown());

/** Says, condition by condition, what a policy makes of some facts. */
export const policyExplain: Command = {
  name: "policy explain",
  about: "say, condition by condition, what a policy makes of some facts",
  operands: ["FILE"],
  options: { "facts*": "JSON file of facts, grouped as in a policy's cases" },
  async run({ terminal }, [file = ""], options) {
    const facts = Given.parse(
      await readJsonFile(textOption(options, "facts", "")),
    ) as Facts;
    const document = parsePolicyFile({
      name: file,
      text: await Deno.readTextFile(file),
    });
    explainPolicy(document, facts).map(printExplanation).forEach(terminal.line);
    return 0;
  },
};
