/**
 * What a policy's cases show of its conditions.
 *
 * Each condition is to be seen true, false and, where its facts may be missing,
 * unknown; and it is to decide by itself: there are a case in which it is true and one
 * in which it is false where its rule would say otherwise if it alone were different,
 * the others left as they are (masking MC/DC).
 *
 * @see Hayhurst et al., A Practical Tutorial on Modified Condition/Decision Coverage,
 * NASA/TM-2001-210876
 * @module
 */
import type { Facts, PolicyDocument } from "../../domain/verdict.ts";
import type { Lists } from "../document/document.ts";
import { conditionsOf } from "../language/conditions.ts";
import type { Expression } from "../language/expression.ts";
import { interpret } from "../language/interpret.ts";
import { printExpression } from "../language/print_expression.ts";
import { type ActingRule, type Situation, speaksOf } from "./acting_rule.ts";
import { spaceOf } from "./fact_space.ts";
import { search } from "./search.ts";
import {
  answer,
  openTrial,
  type Question,
  situationOf,
  type Trial,
} from "./trial.ts";

/** What is to be shown of a condition, or of a whole rule. */
export interface Goal {
  /** Id of the rule. */
  readonly rule: string;
  /** The condition as a person would write it; null for the whole rule. */
  readonly condition: string | null;
  /** What is to be seen, such as `true`, `decides when false`, `in doubt`. */
  readonly want: string;
}

/** A goal that no case meets. */
export interface OpenGoal extends Goal {
  /** A question that meets it; null where none was found. */
  readonly witness: Question | null;
  /** Whether another question meets it. */
  isMetBy(question: Question): boolean;
}

/** How far the cases reach. */
export interface ConditionCoverage {
  /** Goals that some case meets. */
  readonly met: number;
  readonly open: readonly OpenGoal[];
  /** Met of all that can be met, in [0, 1]. */
  readonly share: number;
}

interface Aim extends Goal {
  readonly acting: ActingRule;
  /** What it depends on. */
  readonly of: Expression;
  meets(facts: Facts): boolean;
}

/** Finds what a checked policy's cases show, and facts that would show the rest. */
export function coverConditions(
  document: PolicyDocument,
  lists: Lists,
): ConditionCoverage {
  const trial = openTrial(document, lists);
  const open: OpenGoal[] = [];
  let met = 0;
  for (const aim of trial.rules.flatMap(aimsOf)) {
    if (document.cases.some((one) => isMet(trial, aim, one))) {
      met++;
      continue;
    }
    const finding = seek(trial, aim);
    if (finding === "impossible") continue;
    const { rule, condition, want } = aim;
    const witness = finding === "unknown" ? null : finding.found;
    const isMetBy = (question: Question) => isMet(trial, aim, question);
    open.push({ rule, condition, want, witness, isMetBy });
  }
  const all = met + open.length;
  return { met, open, share: all === 0 ? 1 : met / all };
}

function seek(trial: Trial, aim: Aim) {
  return search({
    trial,
    space: spaceOf([aim.of]),
    couldBe: ({ facts }) => aim.meets(facts),
    isSeen: (question) => isMet(trial, aim, question),
    noiseOf: (question) =>
      answer(trial, question).fired.filter((id) => id !== aim.rule).length,
  });
}

/** Whether a question shows it: of a rule that speaks, and has an amount to shape. */
function isMet(trial: Trial, { acting, meets }: Aim, question: Question) {
  const situation: Situation = situationOf(trial, acting, question);
  if (speaksOf(acting, situation) !== true) return false;
  const { amount } = situation.facts;
  const idle = acting.seesProposed &&
    (amount as Facts | undefined)?.micros === null && !acting.rule.over;
  return !idle && meets(situation.facts);
}

function aimsOf(acting: ActingRule): readonly Aim[] {
  const { when, rule: { id } } = acting;
  const ofRule = { rule: id, condition: null, acting };
  const leaves = conditionsOf(when);
  const { skeleton } = toSkeleton(when, 0);
  return [
    ...aimsAt({ ...ofRule, of: when }, ["fires", "rests", "in doubt"]),
    ...leaves.flatMap((leaf, place) => {
      const ofLeaf = { ...ofRule, condition: printExpression(leaf) };
      const decision = { skeleton, leaves, place };
      const decides = [true, false].map((value): Aim => ({
        ...ofLeaf,
        of: when,
        want: `decides when ${value}`,
        meets: (facts) =>
          interpret(leaf, facts) === value && isDeciding(decision, facts),
      }));
      const seen = aimsAt({ ...ofLeaf, of: leaf }, [
        "true",
        "false",
        "unknown",
      ]);
      return [...seen, ...decides];
    }),
  ];
}

const VALUES = [true, false, null];

/** One aim for each value that an expression can have. */
function aimsAt(
  aim: Omit<Aim, "want" | "meets">,
  wants: readonly string[],
): readonly Aim[] {
  return wants.map((want, index) => ({
    ...aim,
    want,
    meets: (facts) => interpret(aim.of, facts) === VALUES[index],
  }));
}

interface Decision {
  readonly skeleton: Expression;
  readonly leaves: readonly Expression[];
  readonly place: number;
}

/** Whether the whole would be another if one condition alone were. */
function isDeciding(
  { skeleton, leaves, place }: Decision,
  facts: Facts,
): boolean {
  const values = leaves.map((leaf) => interpret(leaf, facts));
  const [yes, no] = [true, false].map((value) => {
    const leaf = Object.fromEntries(
      values.with(place, value).map((one, index) => [`c${index}`, one]),
    );
    return interpret(skeleton, { leaf } as Facts);
  });
  return yes !== no;
}

/** An expression over the values of its conditions, as facts `leaf.c0`, `leaf.c1`, …. */
function toSkeleton(
  expression: Expression,
  from: number,
): { skeleton: Expression; next: number } {
  let next = from;
  function descend(inner: Expression): Expression {
    const done = toSkeleton(inner, next);
    next = done.next;
    return done.skeleton;
  }
  function build(): Expression {
    switch (expression.op) {
      case "not":
        return { op: "not", of: descend(expression.of) };
      case "and":
      case "or":
        return { op: expression.op, of: expression.of.map(descend) };
      case "if": {
        const condition = descend(expression.condition);
        const yes = descend(expression.yes);
        return { op: "if", condition, yes, no: descend(expression.no) };
      }
      default: {
        const fact = { path: `leaf.c${next++}`, type: "boolean" as const };
        return { op: "fact", fact, fallback: null, unit: null };
      }
    }
  }
  return { skeleton: build(), next };
}
