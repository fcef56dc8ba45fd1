/**
 * Rule sets of others: conditions over facts of their own, with any word for what
 * follows. They are read in the strict dialect, three-valued and typed.
 *
 * @module
 */
import { z } from "zod";
import type { Facts, OnMissing } from "../../domain/verdict.ts";
import { parseForm } from "../document/form.ts";
import {
  type Catalogue,
  defineCatalogue,
  type Field,
} from "../language/catalogue.ts";
import type { Expression } from "../language/expression.ts";
import { parseLogic } from "../language/parse_logic.ts";
import { type Place, refusePolicy } from "../language/refusal.ts";
import { findUnitMismatch } from "../language/units.ts";
import type { NamedRule } from "./evaluated_set.ts";
import { inferCatalogue } from "./infer_catalogue.ts";

const MAX_RULES = 10_000;

const OnMissingWord = z.enum(["deny", "apply", "skip"]);

const DeclaredFact = z.strictObject({
  type: z.enum([
    ...["boolean", "integer", "number", "string"] as const,
    ...["scalar", "strings", "numbers"] as const,
  ]),
  unit: z.string().min(1).nullish(),
  nullable: z.boolean().optional(),
  about: z.string().optional(),
});

const RuleForm = z.looseObject({
  id: z.string().min(1).max(200),
  effect: z.string().min(1).max(100),
  priority: z.number().optional(),
  reason: z.string().optional(),
  when: z.unknown().optional(),
  onMissing: OnMissingWord.optional(),
}).refine((rule) => Object.hasOwn(rule, "when"), {
  message: 'the rule has no condition; add "when"',
  path: ["when"],
});

const SetForm = z.looseObject({
  name: z.string().min(1).optional(),
  version: z.union([z.string(), z.number()]).optional(),
  onMissing: OnMissingWord.optional(),
  facts: z.record(z.string(), DeclaredFact).optional(),
  rules: z.array(RuleForm).min(1).max(MAX_RULES),
});

/** A checked rule of others. */
export interface ForeignRule extends NamedRule {
  readonly when: Expression;
  /** The higher goes before; 0 unless given. */
  readonly priority: number;
  /** Whether it acts when a fact is missing: always, unless it is `skip`. */
  readonly onMissing: OnMissing;
}

/**
 * Reads a rule set of others.
 *
 * @param file Name of the file, for messages.
 * @param content As parsed from JSON.
 * @param contexts Examples that tell the types of facts which neither the set
 * declares nor its rules tell by use.
 * @throws {EngineError} policy_invalid, naming file, rule, path and fix.
 */
export function parseRuleSet(
  file: string,
  content: unknown,
  contexts: readonly Facts[],
): readonly ForeignRule[] {
  const { rules, facts, onMissing } = parseForm(
    file,
    SetForm,
    content,
  );
  refuseNamesakes(file, rules.map(({ id }) => id));
  const placed = rules.map(({ id, when }, index) => ({
    logic: when,
    path: `rules[${index}].when`,
    place: { file, rule: id },
  }));
  const catalogue = facts === undefined
    ? inferCatalogue(placed, contexts)
    : declareFacts(file, facts);
  return placed.map(({ logic, path, place }, index) => {
    const rule = rules[index] as z.infer<typeof RuleForm>;
    return {
      id: rule.id,
      effect: rule.effect,
      priority: rule.priority ?? 0,
      when: parseWhen(logic, { path, place, catalogue }),
      onMissing: rule.onMissing ?? onMissing ?? "deny",
    };
  });
}

function parseWhen(
  logic: unknown,
  where: {
    readonly path: string;
    readonly place: Place;
    readonly catalogue: Catalogue;
  },
): Expression {
  const when = parseLogic(logic, { type: "boolean", ...where });
  const wrong = findUnitMismatch(when);
  if (wrong !== null) throw refusePolicy(where.place, where.path, wrong);
  return when;
}

function refuseNamesakes(file: string, ids: readonly string[]): void {
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) {
      throw refusePolicy({ file, rule: id }, "rules", "its id is used twice");
    }
    seen.add(id);
  }
}

function declareFacts(
  file: string,
  facts: Readonly<Record<string, z.infer<typeof DeclaredFact>>>,
): Catalogue {
  const fields = Object.entries(facts).map(([path, fact]): Field => ({
    path,
    type: fact.type,
    unit: fact.unit ?? null,
    nullable: fact.nullable ?? true,
    about: fact.about ?? "",
  }));
  try {
    return defineCatalogue(fields);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw refusePolicy({ file, rule: null }, "facts", cause.message);
  }
}
