/**
 * What a person must agree to before a plan is applied.
 *
 * Policies may ask for a person where a budget is allowed. The plan validates, but
 * whoever approves it names each such rule in the reason. What was agreed to stays among
 * the plan's findings for as long as it is approved or being applied: a rule that is not
 * there, or in another version, was agreed to by nobody.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { Plan, PlanFinding } from "../../domain/plan.ts";

/** Whether a finding needs a person, and does not speak against the plan. */
export function isReview({ code }: PlanFinding): boolean {
  return code === "policy_review";
}

/**
 * Takes findings apart.
 *
 * @param plan One that is approved, and the findings it was approved with.
 * @returns What was agreed to, and what still speaks against it.
 */
export function sortAgreed(
  plan: Plan,
  findings: readonly PlanFinding[],
): {
  readonly agreed: readonly PlanFinding[];
  readonly against: readonly PlanFinding[];
} {
  const rules = new Set(plan.findings.filter(isReview).map(({ rule }) => rule));
  const { agreed = [], against = [] } = Object.groupBy(
    findings,
    (one) => isReview(one) && rules.has(one.rule) ? "agreed" : "against",
  );
  return { agreed, against };
}

/**
 * Refuses an approval that does not name every rule that asks for a person.
 *
 * @param reason What the approver said.
 * @throws {EngineError} `approval_invalid` saying what to name.
 */
export function demandNamed(
  { id, findings }: Plan,
  reason: string | null,
): void {
  const words = new Set((reason ?? "").split(/[^A-Za-z0-9_]+/));
  const unnamed = [
    ...new Set(findings.filter(isReview).map(({ rule }) => rule ?? "")),
  ].filter((rule) => !words.has(idOf(rule)));
  const [first] = unnamed;
  if (first === undefined) return;
  throw new EngineError(
    "approval_invalid",
    `Cannot approve plan "${id}": policy asks for a person who agrees to ${
      unnamed.join(", ")
    }; approve it with a reason that names ${unnamed.map(idOf).join(", ")}`,
    { facts: { plan: id, rule: first, unnamed: unnamed.length } },
  );
}

function idOf(rule: string): string {
  return rule.slice(rule.indexOf("/") + 1);
}
