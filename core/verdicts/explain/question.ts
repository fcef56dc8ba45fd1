/**
 * What was judged, and the same with one fact changed.
 *
 * @module
 */
import type { DecisionKind, Fact, Facts } from "../../domain/verdict.ts";
import type { JudgeOptions } from "../judge/judge.ts";
import { readFact } from "../language/catalogue.ts";

/** What is put to a policy set. */
export interface Question {
  readonly kind: DecisionKind;
  /** All facts but the group `amount`. */
  readonly facts: Facts;
  readonly options: JudgeOptions;
}

/** A fact that would be another. */
export interface FactChange {
  readonly path: string;
  /** Null where it is missing. */
  readonly from: Fact;
  /** Null where it would have to be missing. */
  readonly to: Fact;
}

/** A fact of a question; null where it is missing. */
export function factIn({ facts, options }: Question, path: string): Fact {
  if (path === "amount.micros") return options.amountMicros;
  if (path === "amount.currentMicros") return options.currentMicros ?? null;
  return (readFact(facts, path) ?? null) as Fact;
}

/** The question with another value of a fact; null takes the fact away. */
export function withFact(
  question: Question,
  path: string,
  value: Fact,
): Question {
  const { facts, options } = question;
  if (path === "amount.micros") {
    const amountMicros = value as number | null;
    return { ...question, options: { ...options, amountMicros } };
  }
  if (path === "amount.currentMicros") {
    const currentMicros = value as number | null;
    return { ...question, options: { ...options, currentMicros } };
  }
  const channel = path === "context.channel"
    ? value as string | null
    : options.channel;
  return {
    ...question,
    facts: setFact(facts, path.split("."), value),
    options: { ...options, channel },
  };
}

function setFact(
  facts: Facts,
  [name = "", ...rest]: readonly string[],
  value: Fact,
): Facts {
  if (rest.length === 0) return { ...facts, [name]: value };
  const group = Object.hasOwn(facts, name) ? facts[name] : {};
  const inner = typeof group === "object" && group !== null &&
      !Array.isArray(group)
    ? group as Facts
    : {};
  return { ...facts, [name]: setFact(inner, rest, value) };
}
