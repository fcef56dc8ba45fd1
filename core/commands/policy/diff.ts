/**
 * `moe policy diff`: says what a change of policies means for decisions.
 *
 * @module
 */
import {
  type ChangeMeaning,
  compareSets,
  type Counterexample,
  reviewClass,
} from "../../verdicts/meaning/compare.ts";
import type { Command } from "../command.ts";
import { printTable } from "../terminal.ts";
import { readPolicySet } from "./policy_set_file.ts";

/** Compares two folders of policies, or two files. */
export const policyDiff: Command = {
  name: "policy diff",
  about: "say whether a change of policies tightens, relaxes, both or neither",
  operands: ["OLD", "NEW"],
  options: { "json!": "print the whole result as JSON" },
  async run({ terminal }, [before = "", after = ""], options) {
    const meaning = compareSets(
      await readPolicySet(before),
      await readPolicySet(after),
    );
    const lines = options.json === true
      ? [JSON.stringify(meaning, null, 2)]
      : printMeaning(meaning);
    lines.forEach(terminal.line);
    return 0;
  },
};

/** The class, the rules that differ, and decisions that show it. */
function printMeaning(meaning: ChangeMeaning): string[] {
  const { proven, changed, counterexamples } = meaning;
  const doubt = `, not proven; to be approved as ${reviewClass(meaning)}`;
  const rules = printTable(
    [{ heading: "rule" }, { heading: "change" }, { heading: "by its form" }],
    changed.map(({ rule, change, direction }) => [
      rule,
      change,
      direction ?? "",
    ]),
  );
  return [
    `${meaning.class}${proven ? "" : doubt}`,
    ...changed.length === 0 ? [] : ["", ...rules],
    ...counterexamples.length === 0 ? [] : [""],
    ...counterexamples.map(printExample),
  ];
}

function printExample({ direction, sentence }: Counterexample): string {
  return `${direction}: ${sentence}`;
}
