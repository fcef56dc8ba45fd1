/**
 * Facts that may be missing where nothing guards them.
 *
 * A part of a rule guards a fact if it settles the rule once the fact is missing: in
 * `and` a part that is then false, in `or` one that is then true, in `if` a condition
 * that then takes the other branch. The order of parts means nothing, here as
 * elsewhere. A rule all of whose facts are guarded is never unknown because a fact is
 * missing.
 *
 * @module
 */
import { children, type Expression } from "./expression.ts";

/** What settles an expression when a fact is missing. */
interface Settled {
  /** Facts whose absence makes it true. */
  readonly yes: ReadonlySet<string>;
  /** Facts whose absence makes it false. */
  readonly no: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Finds facts that are read unguarded.
 *
 * @param expression Condition or amount.
 * @param known Facts that are never missing where it is evaluated.
 * @returns Paths, each once, in reading order.
 */
export function findUnguarded(
  expression: Expression,
  known: (path: string) => boolean,
): readonly string[] {
  return [...new Set(collect(expression, known))];
}

/** Facts without which a condition is false: where it holds, they are given. */
export function givenWhere(condition: Expression): ReadonlySet<string> {
  return settle(condition).no;
}

type Known = (path: string) => boolean;

function collect(expression: Expression, known: Known): readonly string[] {
  switch (expression.op) {
    case "fact": {
      const { fact: { path }, fallback } = expression;
      return fallback === null && !known(path) ? [path] : [];
    }
    case "and":
    case "or": {
      const side = expression.op === "and" ? "no" : "yes";
      const settled = expression.of.map((part) => settle(part)[side]);
      return expression.of.flatMap((part, index) =>
        collect(part, (path) =>
          known(path) ||
          settled.some((facts, other) => other !== index && facts.has(path)))
      );
    }
    case "if": {
      const { condition, yes, no } = expression;
      const { yes: absentYes, no: absentNo } = settle(condition);
      return [
        ...collect(condition, known),
        ...collect(yes, (path) => known(path) || absentNo.has(path)),
        ...collect(no, (path) => known(path) || absentYes.has(path)),
      ];
    }
    default:
      return children(expression).flatMap((part) => collect(part, known));
  }
}

function settle(expression: Expression): Settled {
  switch (expression.op) {
    case "fact":
      return settleFact(expression);
    case "missing":
      return {
        yes: new Set(expression.facts.map(({ path }) => path)),
        no: NONE,
      };
    case "not": {
      const { yes, no } = settle(expression.of);
      return { yes: no, no: yes };
    }
    case "and": {
      const parts = expression.of.map(settle);
      return {
        yes: parts.map(({ yes }) => yes).reduce((a, b) => a.intersection(b)),
        no: parts.map(({ no }) => no).reduce((a, b) => a.union(b)),
      };
    }
    case "or": {
      const parts = expression.of.map(settle);
      return {
        yes: parts.map(({ yes }) => yes).reduce((a, b) => a.union(b)),
        no: parts.map(({ no }) => no).reduce((a, b) => a.intersection(b)),
      };
    }
    case "if":
      return settleIf(expression);
    default:
      return { yes: NONE, no: NONE };
  }
}

/** A flag with a default is the default when it is missing. */
function settleFact(
  { fact, fallback }: Extract<Expression, { op: "fact" }>,
): Settled {
  const path = new Set([fact.path]);
  return {
    yes: fallback === true ? path : NONE,
    no: fallback === false ? path : NONE,
  };
}

/** By the branch that is taken when the fact is missing. */
function settleIf(
  { condition, yes, no }: Extract<Expression, { op: "if" }>,
): Settled {
  const asked = settle(condition);
  const [taken, other] = [settle(yes), settle(no)];
  function either(side: "yes" | "no"): ReadonlySet<string> {
    return asked.yes.intersection(taken[side])
      .union(asked.no.intersection(other[side]));
  }
  return { yes: either("yes"), no: either("no") };
}
