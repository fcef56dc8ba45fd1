/**
 * Few findings in place of many that say the same.
 *
 * @module
 */
import type { PlanFinding } from "../../domain/plan.ts";

/** Findings of one kind that are told of; a last one counts the rest. */
const MOST_FINDINGS = 100;

/** The first findings of a kind, and how many more there are. */
export function fewest(findings: readonly PlanFinding[]): PlanFinding[] {
  const more = findings.length - MOST_FINDINGS;
  const [first] = findings;
  if (more <= 0 || first === undefined) return [...findings];
  const { code, rule } = first;
  return [
    ...findings.slice(0, MOST_FINDINGS),
    {
      ...{ code, entity: null, message: `and ${more} more` },
      ...rule !== undefined && { rule },
    },
  ];
}
