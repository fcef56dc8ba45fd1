/**
 * A policy file, checked whole: form, rules, and the facts of its cases.
 *
 * @module
 */
import { z } from "zod";
import type {
  Facts,
  PolicyCase,
  PolicyDocument,
  PolicyRule,
} from "../domain/verdict.ts";
import { admits, CATALOGUE } from "./catalogue.ts";
import { type Expression, factsOf } from "./expression.ts";
import { parseLogic } from "./parse_logic.ts";
import { type Place, refusePolicy } from "./refusal.ts";

const MAX_RULES = 200;
const MAX_CASES = 500;
const AMOUNT = "amount.micros";
const STEP = "amount.stepPermille";

const Name = z.string().regex(
  /^[a-z][a-z0-9_]{0,62}$/,
  "expected snake_case, at most 63 characters",
);
const Line = z.string().min(1).max(500);
const OnMissing = z.enum(["deny", "apply", "skip"]);
const Micros = z.int().nonnegative();

/** JSON-logic; checked apart, since its types depend on the catalogue. */
const Logic = z.unknown().meta({ id: "logic" });

const Rule = z.strictObject({
  id: Name,
  when: Logic,
  effect: z.enum(["deny", "cap", "floor", "adjust"]),
  to: Logic.optional(),
  byPermille: z.int().min(0).max(10_000).optional(),
  reason: Line,
  onMissing: OnMissing.optional(),
});

const Case = z.strictObject({
  note: Line,
  facts: z.record(z.string(), z.unknown()),
  want: z.array(Name),
  wantMicros: Micros.optional(),
});

/** The form of a policy file. */
export const PolicyFile = z.strictObject({
  $schema: z.string().optional(),
  policy: Name,
  version: z.int().min(1),
  owner: Line,
  about: Line,
  on: z.array(z.enum(["bid", "action", "budget"])).min(1),
  appliesTo: z.strictObject({
    tenants: z.array(z.string().min(1)).min(1).optional(),
    channels: z.array(z.string().min(1)).min(1).optional(),
  }).optional(),
  onMissing: OnMissing.optional(),
  rules: z.array(Rule).min(1).max(MAX_RULES),
  cases: z.array(Case).min(1).max(MAX_CASES),
});

/** A rule whose expressions are checked. */
export interface CheckedRule {
  readonly rule: PolicyRule;
  readonly when: Expression;
  /** Bound of a cap or floor; null for other effects. */
  readonly to: Expression | null;
}

/**
 * Checks a policy.
 *
 * @param file Name of the file, for messages.
 * @param content As parsed from JSON.
 * @throws {EngineError} policy_invalid, naming file, rule, path and fix.
 */
export function parseDocument(file: string, content: unknown): PolicyDocument {
  const parsed = PolicyFile.safeParse(content);
  if (!parsed.success) throw refuseForm(file, content, parsed.error);
  const { $schema: _, ...document } = parsed.data;
  const policy = document as PolicyDocument;
  refuseRepeated(file, policy);
  checkRules(file, policy);
  policy.cases.forEach((one, index) =>
    checkCase(one, { file, index, rules: policy.rules })
  );
  return policy;
}

/** Checks every rule's expressions; the document's form is already checked. */
export function checkRules(
  file: string,
  { rules }: PolicyDocument,
): readonly CheckedRule[] {
  return rules.map((rule, index) => {
    const place = { file, rule: rule.id };
    const path = `rules[${index}]`;
    const shape = { place, catalogue: CATALOGUE };
    refuseMembers(rule, path, place);
    const when = parseLogic(rule.when, {
      ...shape,
      type: "boolean",
      path: `${path}.when`,
    });
    const to = rule.to === undefined ? null : parseLogic(rule.to, {
      ...shape,
      type: "number",
      path: `${path}.to`,
    });
    if (to?.op === "literal" && !Micros.safeParse(to.value).success) {
      throw refusePolicy(
        place,
        `${path}.to`,
        "micros are whole and not negative",
      );
    }
    return { rule, when, to };
  });
}

/** Whether an expression depends on the amount that is being decided. */
export function readsAmount(expression: Expression): boolean {
  return factsOf(expression).some(({ path }) =>
    path === AMOUNT || path === STEP
  );
}

function refuseForm(file: string, content: unknown, error: z.ZodError) {
  const [issue] = error.issues;
  const path = (issue?.path ?? []).reduce<string>(
    (text, key) =>
      typeof key === "number"
        ? `${text}[${key}]`
        : text === ""
        ? String(key)
        : `${text}.${String(key)}`,
    "",
  );
  const rules = (content as { rules?: { id?: unknown }[] } | null)?.rules;
  const index = issue?.path[0] === "rules" ? issue.path[1] : undefined;
  const id = typeof index === "number" ? rules?.[index]?.id : undefined;
  const place = { file, rule: typeof id === "string" ? id : null };
  return refusePolicy(place, path, issue?.message ?? "it has another form");
}

function refuseMembers(rule: PolicyRule, path: string, place: Place): void {
  const bounded = rule.effect === "cap" || rule.effect === "floor";
  const wants = { to: bounded, byPermille: rule.effect === "adjust" };
  for (const [member, wanted] of Object.entries(wants)) {
    const given = rule[member as "to" | "byPermille"] !== undefined;
    if (given === wanted) continue;
    const fix = wanted ? `needs "${member}"` : `takes no "${member}"`;
    throw refusePolicy(place, path, `effect "${rule.effect}" ${fix}`);
  }
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

interface CaseScope {
  readonly file: string;
  readonly index: number;
  readonly rules: readonly PolicyRule[];
}

function checkCase(
  { facts, want }: PolicyCase,
  { file, index, rules }: CaseScope,
): void {
  const place = { file, rule: null };
  const stranger = want.find((id) => !rules.some((rule) => rule.id === id));
  if (stranger !== undefined) {
    const reason = `no rule has the id "${stranger}"`;
    throw refusePolicy(place, `cases[${index}].want`, reason);
  }
  checkFacts(facts, "", (path, reason) => {
    throw refusePolicy(place, `cases[${index}].facts.${path}`, reason);
  });
}

function checkFacts(
  group: Facts,
  above: string,
  refuse: (path: string, reason: string) => never,
): void {
  for (const [name, value] of Object.entries(group)) {
    const path = `${above}${name}`;
    const field = CATALOGUE.find(path);
    const nested = typeof value === "object" && value !== null &&
      !Array.isArray(value);
    if (path === STEP) {
      refuse(path, "it follows from amount.micros and amount.currentMicros");
    } else if (field && value !== null && !admits(field.type, value)) {
      refuse(path, `expected ${field.type} or null`);
    } else if (!field && !nested) {
      refuse(path, `unknown fact; ${CATALOGUE.suggest(path)}`);
    } else if (!field) {
      checkFacts(value as Facts, `${path}.`, refuse);
    }
  }
}
