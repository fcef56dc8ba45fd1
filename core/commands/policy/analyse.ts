/**
 * `moe policy analyse`: finds rules that say nothing, too much, or against others.
 *
 * @module
 */
import {
  analyseSet,
  type FindingKind,
  type RuleFinding,
  type SetAnalysis,
} from "../../verdicts/meaning/analyse.ts";
import { listFacts } from "../../verdicts/meaning/print_difference.ts";
import { type Command, textOption } from "../command.ts";
import { printTable } from "../terminal.ts";
import { readPolicySet } from "./policy_set_file.ts";

/** Compares all rules of a folder with one another. */
export const policyAnalyse: Command = {
  name: "policy analyse",
  about: "find rules that never fire, always fire, add nothing or contradict",
  operands: [],
  options: {
    folder: "folder of policy files; MOE_POLICIES unless given",
    "json!": "print the whole result as JSON",
  },
  async run({ configuration, terminal }, _operands, options) {
    const folder = textOption(options, "folder", configuration.policiesFolder);
    const analysis = analyseSet(await readPolicySet(folder));
    const lines = options.json === true
      ? [JSON.stringify(analysis, null, 2)]
      : printAnalysis(analysis);
    lines.forEach(terminal.line);
    return 0;
  },
};

/** What is to be mended comes first. */
const ORDER: readonly FindingKind[] = [
  "never fires",
  "contradicts",
  "shadowed",
  "equivalent",
  "always fires",
  "compounds",
  "overlaps",
];

function printAnalysis(
  { rules, pairs, overlapping, disjoint, open, findings }: SetAnalysis,
): string[] {
  const undecided = open === 0 ? "" : `, ${open} questions open`;
  const rows = printTable(
    [{ heading: "finding" }, { heading: "rules" }, { heading: "for example" }],
    findings.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
      .map(printFinding),
  );
  return [
    `${rules} rules; of ${pairs} pairs that can meet ${overlapping} can fire together and ${disjoint} cannot${undecided}`,
    ...findings.length === 0 ? [] : ["", ...rows],
  ];
}

function printFinding({ kind, rules, facts }: RuleFinding): string[] {
  const example = facts === null ? "" : listFacts(facts).join(", ");
  return [kind, rules.join(", "), example];
}
