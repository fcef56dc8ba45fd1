/**
 * `moe policy`: checks policy files, and says what they would do to some facts.
 *
 * @module
 */
import { z } from "zod";
import { EngineError } from "../domain/error.ts";
import type { Facts } from "../domain/verdict.ts";
import { checkPolicies, type PolicyReport } from "../verdicts/check.ts";
import { explainPolicy, printExplanation } from "../verdicts/explain.ts";
import { parsePolicyFile } from "../verdicts/load.ts";
import { type Command, textOption } from "./command.ts";
import { readJsonFile, readPolicies } from "./files.ts";
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
    const facts = parseFacts(
      await readJsonFile(textOption(options, "facts", "")),
    );
    const document = parsePolicyFile({
      name: file.replace(/^.*\//, ""),
      text: await readPolicyText(file),
    });
    explainPolicy(document, facts).map(printExplanation).forEach(terminal.line);
    return 0;
  },
};

function parseFacts(given: unknown): Facts {
  const parsed = Given.safeParse(given);
  if (parsed.success) return parsed.data as Facts;
  throw new EngineError(
    "request_invalid",
    "Cannot read facts: give one JSON object of groups, as in a policy's cases",
  );
}

async function readPolicyText(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (cause) {
    throw new EngineError(
      "file_unreadable",
      `Cannot read policy "${file}": it does not exist or may not be read`,
      { cause },
    );
  }
}
