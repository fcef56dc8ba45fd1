/**
 * What is refused when a policy is saved, beyond what it takes to run: conditions in
 * doubt that nobody thought of, units that do not go together, comparisons that decide
 * nothing, rules that cost too much, and cases that could never come about.
 *
 * @module
 */
import type {
  DecisionKind,
  PolicyDocument,
  PolicyList,
} from "../../domain/verdict.ts";
import { suggestName } from "../../domain/nearest_name.ts";
import { CATALOGUE } from "../language/catalogue.ts";
import { boundSteps, MAX_STEPS } from "../language/cost.ts";
import { findStrayDay } from "../language/days.ts";
import { type Expression, factsOf } from "../language/expression.ts";
import { findUnguarded, givenWhere } from "../language/guards.ts";
import { findConstant } from "../language/constants.ts";
import { type Place, refusePolicy } from "../language/refusal.ts";
import { findOtherUnit, findUnitMismatch } from "../language/units.ts";
import { checkCase } from "./case_facts.ts";
import { type CheckedRule, checkRules, type Lists } from "./document.ts";

/** Before a kill switch's id in verdicts, where a policy's name is before its rules. */
const OF_SWITCHES = "switch";

/**
 * Refuses what should not be saved.
 *
 * @param file Name of the file, for messages.
 * @param document A policy that `parseDocument` has let pass.
 * @param lists Shared lists that it may name.
 * @throws {EngineError} policy_invalid, naming file, rule, path and fix.
 */
export function vetDocument(
  file: string,
  document: PolicyDocument,
  lists: Lists,
): void {
  if (document.policy === OF_SWITCHES) {
    const reason = `verdicts name kill switches "${OF_SWITCHES}"; ` +
      `take another name`;
    throw refusePolicy({ file, rule: null }, "policy", reason);
  }
  checkRules(file, document, lists).forEach((checked, index) => {
    const place = { file, rule: checked.rule.id };
    const path = `rules[${index}]`;
    vetExpressions(checked, path, place);
    if ((checked.rule.onMissing ?? document.onMissing) === undefined) {
      refuseUnguarded(checked, { on: document.on, path, place });
    }
  });
  document.cases.forEach((one, index) =>
    checkCase(one, { file, index, policy: document })
  );
}

function vetExpressions(
  { when, to }: CheckedRule,
  path: string,
  place: Place,
): void {
  for (const [member, expression] of [["when", when], ["to", to]] as const) {
    if (expression === null) continue;
    const wrong = findUnitMismatch(expression) ?? findStrayDay(expression) ??
      findConstant(expression, CATALOGUE);
    if (wrong !== null) throw refusePolicy(place, `${path}.${member}`, wrong);
  }
  const other = to === null ? null : findOtherUnit(to, "micros");
  if (other !== null) throw refusePolicy(place, `${path}.to`, other);
  const steps = [when, to].reduce(
    (sum, part) => sum + (part === null ? 0 : boundSteps(part)),
    0,
  );
  if (steps > MAX_STEPS) {
    const reason = `it may take ${steps} steps, more than ${MAX_STEPS}; ` +
      `split the rule, or shorten its lists`;
    throw refusePolicy(place, path, reason);
  }
}

function refuseUnguarded(
  { when, to }: CheckedRule,
  { on, path, place }: {
    readonly on: readonly DecisionKind[];
    readonly path: string;
    readonly place: Place;
  },
): void {
  function refuse(member: string, unguarded: readonly string[]): void {
    const [fact] = unguarded;
    if (fact === undefined) return;
    throw refusePolicy(
      place,
      `${path}.${member}`,
      `fact "${fact}" may be missing; ask {"!": {"missing": ["${fact}"]}} first, ` +
        `give a default {"var": ["${fact}", …]}, or say "onMissing"`,
    );
  }
  function isGiven(path: string): boolean {
    return isAlwaysGiven(path, on);
  }
  refuse("when", findUnguarded(when, isGiven));
  if (to === null) return;
  const given = givenWhere(when);
  refuse("to", findUnguarded(to, (path) => isGiven(path) || given.has(path)));
}

/** Whether every decision of these kinds has a fact. */
export function isAlwaysGiven(
  path: string,
  on: readonly DecisionKind[],
): boolean {
  const { nullable = true, givenFor = [] } = CATALOGUE.find(path) ?? {};
  return !nullable || on.every((kind) => givenFor.includes(kind));
}

/**
 * Refuses a list that holds an item twice.
 *
 * @throws {EngineError} policy_invalid, naming file and item.
 */
export function vetList(file: string, { items }: PolicyList): void {
  const seen = new Set<string | number>();
  for (const [index, item] of items.entries()) {
    if (seen.has(item)) {
      const place = { file, rule: null };
      throw refusePolicy(place, `items[${index}]`, `"${item}" is given twice`);
    }
    seen.add(item);
  }
}

/**
 * Refuses counts of limits that no policy sets: they would always be missing.
 *
 * @throws {EngineError} policy_invalid, naming file, rule and fix.
 */
export function refuseStrayCounts(
  documents: readonly PolicyDocument[],
  lists: Lists,
): void {
  const limits = documents.flatMap(({ policy, rules }) =>
    rules.filter(({ effect }) => effect === "limit")
      .map(({ id }) => `counts.${policy}.${id}`)
  );
  for (const document of documents) {
    const file = `${document.policy}.json`;
    for (const { rule, when, to } of checkRules(file, document, lists)) {
      const stray = [when, to].flatMap(pathsOf)
        .find((path) => path.startsWith("counts.") && !limits.includes(path));
      if (stray === undefined) continue;
      const reason = `no rule limits "${stray}"; ${suggestName(stray, limits)}`;
      throw refusePolicy({ file, rule: rule.id }, "", reason);
    }
  }
}

function pathsOf(expression: Expression | null): readonly string[] {
  return expression === null ? [] : factsOf(expression).map(({ path }) => path);
}
