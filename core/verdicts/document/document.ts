/**
 * A policy, checked as far as it takes to run: form, types, and members by effect.
 *
 * @module
 */
import type {
  PolicyDocument,
  PolicyList,
  PolicyRule,
} from "../../domain/verdict.ts";
import { suggestName } from "../../domain/nearest_name.ts";
import { CATALOGUE } from "../language/catalogue.ts";
import { type Expression, factsOf } from "../language/expression.ts";
import { parseLogic } from "../language/parse_logic.ts";
import { type Place, refusePolicy } from "../language/refusal.ts";
import { Micros, parseForm, PolicyFile } from "./form.ts";
import { refuseMembers } from "./members.ts";
import { scheduleLogic } from "./schedule_logic.ts";

const AMOUNT = "amount.micros";
const STEP = "amount.stepPermille";

/** Facts that are of a whole plan and not of one budget in it. */
const OF_A_PLAN = /^(time\..*|context\.(model|currency))$/;

/** A rule whose expressions are checked. */
export interface CheckedRule {
  readonly rule: PolicyRule;
  /** Condition and schedule; true where there is neither. */
  readonly when: Expression;
  /** Bound of a cap or floor; null for other effects, and for a share of the plan. */
  readonly to: Expression | null;
}

/** Shared lists by name. */
export type Lists = ReadonlyMap<string, PolicyList>;

/** For policies that share nothing. */
export const NO_LISTS: Lists = new Map();

/**
 * Checks a policy as far as it takes to run. What is refused beyond that when a policy
 * is saved is in `vet.ts`: sets that were once in force must go on running in replays.
 *
 * @param file Name of the file, for messages.
 * @param content As parsed from JSON.
 * @param lists Shared lists that it may name.
 * @throws {EngineError} policy_invalid, naming file, rule, path and fix.
 */
export function parseDocument(
  file: string,
  content: unknown,
  lists: Lists = NO_LISTS,
): PolicyDocument {
  const { $schema: _, ...document } = parseForm(file, PolicyFile, content);
  const policy = document as PolicyDocument;
  refuseRepeated(file, policy);
  checkRules(file, policy, lists);
  return policy;
}

/** Checks every rule's expressions; the document's form is already checked. */
export function checkRules(
  file: string,
  { rules, on }: PolicyDocument,
  lists: Lists = NO_LISTS,
): readonly CheckedRule[] {
  return rules.map((rule, index) => {
    const place = { file, rule: rule.id };
    const path = `rules[${index}]`;
    refuseMembers({ rule, on, path, place });
    const scope = { place, path, lists };
    const when = parseWhen(rule, scope);
    const to = parseTo(rule, scope);
    if (rule.over) refuseOver(rule, [when, to], scope);
    return { rule, when, to };
  });
}

interface RuleScope {
  readonly place: Place;
  readonly path: string;
  readonly lists: Lists;
}

/** Condition and schedule of a rule as one. */
function parseWhen(
  { when, during }: PolicyRule,
  { place, path, lists }: RuleScope,
): Expression {
  const parts = { when, during: during && scheduleLogic(during) };
  const asked = Object.entries(parts).flatMap(([member, logic]) =>
    logic === undefined ? [] : [parseLogic(logic, {
      ...{ place, lists, catalogue: CATALOGUE, type: "boolean" },
      path: `${path}.${member}`,
    })]
  );
  const [only = { op: "literal", value: true }] = asked;
  return asked.length > 1 ? { op: "and", of: asked } : only;
}

function parseTo(
  { to }: PolicyRule,
  { place, path, lists }: RuleScope,
): Expression | null {
  if (to === undefined) return null;
  const bound = parseLogic(to, {
    ...{ place, lists, catalogue: CATALOGUE, type: "number" },
    path: `${path}.to`,
  });
  const isBare = bound.op === "literal";
  if (isBare && !Micros.safeParse(bound.value).success) {
    const reason = "micros are whole and not negative";
    throw refusePolicy(place, `${path}.to`, reason);
  }
  return bound;
}

function refuseOver(
  { over }: PolicyRule,
  parts: readonly (Expression | null)[],
  { place, path, lists }: RuleScope,
): void {
  const name = over?.campaigns?.list;
  if (name !== undefined && !lists.has(name)) {
    const advice = suggestName(name, [...lists.keys()]);
    const reason = `list "${name}" is unknown; ${advice}`;
    throw refusePolicy(place, `${path}.over.campaigns`, reason);
  }
  const stray = parts.flatMap((part) => part === null ? [] : factsOf(part))
    .find((fact) => !OF_A_PLAN.test(fact.path));
  if (stray === undefined) return;
  const reason = `a bound with "over" is of the plan as a whole and reads ` +
    `time, context.model and context.currency only, not "${stray.path}"`;
  throw refusePolicy(place, path, reason);
}

/** Whether an expression depends on the amount that is being decided. */
export function readsAmount(expression: Expression): boolean {
  return factsOf(expression).some(({ path }) =>
    path === AMOUNT || path === STEP
  );
}

/** Whether an expression depends on the moment at which it is asked. */
export function readsTime(expression: Expression): boolean {
  return factsOf(expression).some(({ path }) => path.startsWith("time."));
}

function refuseRepeated(file: string, { rules }: PolicyDocument): void {
  const seen = new Set<string>();
  for (const { id } of rules) {
    if (seen.has(id)) {
      throw refusePolicy({ file, rule: id }, "rules", "its id is used twice");
    }
    seen.add(id);
  }
}
