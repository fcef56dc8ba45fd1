/**
 * Verdicts on contexts, for people.
 *
 * @module
 */
import type { StrayFact } from "../../verdicts/document/case_facts.ts";
import type { RuleExplanation } from "../../verdicts/explain/explain.ts";
import type {
  EvaluatedSet,
  SetVerdict,
} from "../../verdicts/foreign/evaluated_set.ts";
import { printTable } from "../terminal.ts";

/** A table longer than this says nothing to anybody. */
const MOST_ROWS = 2000;
/** So many facts are named that no policy can read. */
const MOST_STRAY = 10;

/** One row for each context, as many as a person may read. */
export function printVerdicts(verdicts: readonly SetVerdict[]): string[] {
  const rows = verdicts.slice(0, MOST_ROWS).map((one, context) => [
    String(context),
    one.verdict,
    one.fired.join(" "),
    one.unknown.join(" "),
  ]);
  const left = verdicts.length - rows.length;
  return [
    ...printTable([
      { heading: "context", numeric: true },
      { heading: "verdict" },
      { heading: "fired" },
      { heading: "unknown" },
    ], rows),
    ...left > 0 ? [`… and ${left} more; --json prints all`] : [],
  ];
}

/** How often each rule fired and was unknown, and each verdict was given. */
export function printRuleTotals(
  { rules }: EvaluatedSet,
  verdicts: readonly SetVerdict[],
): string[] {
  const fired = countAll(verdicts.map((one) => one.fired));
  const unknown = countAll(verdicts.map((one) => one.unknown));
  const given = countAll(verdicts.map(({ verdict }) => [verdict]));
  const shares = [...given].map(([verdict, count]) => `${count} ${verdict}`);
  return [
    ...printTable(
      [
        { heading: "rule" },
        { heading: "effect" },
        { heading: "fired", numeric: true },
        { heading: "unknown", numeric: true },
      ],
      rules.map(({ id, effect }) => [
        id,
        effect,
        String(fired.get(id) ?? 0),
        String(unknown.get(id) ?? 0),
      ]),
    ),
    "",
    `${verdicts.length} contexts: ${shares.join(", ")}`,
  ];
}

function countAll(names: readonly (readonly string[])[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names.flat()) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** Facts that no policy can read, each once, so that a misspelt one is not missed. */
export function printStray(found: readonly StrayFact[]): string[] {
  const told = found.map(({ path, reason }) => `fact "${path}": ${reason}`);
  const lines = [...countAll([told])].map(([text, count]) =>
    count === 1 ? text : `${text} (${count} contexts)`
  );
  const more = lines.length - MOST_STRAY;
  return more > 0
    ? [...lines.slice(0, MOST_STRAY), `… and ${more} more such facts`]
    : lines;
}

/** A rule, and beneath it each condition with what it saw. */
export function printRuleTrace(
  { rule, holds, conditions, missing }: RuleExplanation,
): string[] {
  const lacks = missing.length === 0 ? "" : `; missing ${missing.join(", ")}`;
  return [
    `  ${rule} is ${printTruth(holds)}${lacks}`,
    ...conditions.map(({ text, holds, facts }) => {
      const seen = Object.entries(facts).map(([path, value]) =>
        `${path}: ${value === null ? "missing" : JSON.stringify(value)}`
      );
      const values = seen.length === 0 ? "" : ` (${seen.join(", ")})`;
      return `    ${printTruth(holds)}: ${text}${values}`;
    }),
  ];
}

function printTruth(holds: boolean | null): string {
  return holds === null ? "unknown" : String(holds);
}
