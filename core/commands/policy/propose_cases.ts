/**
 * `moe policy cases`: proposes the cases that a policy lacks.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import { proposeCases } from "../../verdicts/coverage/propose_cases.ts";
import { runCases } from "../../verdicts/document/cases.ts";
import type { Command } from "../command.ts";
import { readPolicyFile } from "./policy_file.ts";

/** Prints cases that would notice what none notices yet. */
export const policyCases: Command = {
  name: "policy cases",
  about: "propose the cases that a policy lacks, as JSON to read and to paste",
  operands: ["FILE"],
  options: { "json!": "print one object, with what no case was found for" },
  async run({ terminal }, [path = ""], options) {
    const { document, lists } = await readPolicyFile(path);
    const failed = runCases(document, lists)
      .find(({ failure }) => failure !== null);
    if (failed) {
      throw new EngineError(
        "policy_invalid",
        `Cannot propose cases for policy "${document.policy}": case ` +
          `"${failed.note}" ${failed.failure}`,
      );
    }
    const { cases, left } = proposeCases(document, lists);
    if (options.json === true) {
      terminal.line(JSON.stringify({ cases, left }, null, 2));
      return 0;
    }
    for (const one of cases) terminal.line(`${JSON.stringify(one)},`);
    for (const what of left) terminal.warn(`no case was found: ${what}`);
    if (cases.length + left.length === 0) {
      terminal.line("nothing is missing: the cases notice every mistake");
    }
    return 0;
  },
};
