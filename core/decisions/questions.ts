/**
 * What a decision puts to the policies: facts of a candidate, whose, where and how much.
 *
 * @module
 */
import type { Question } from "../verdicts/explain/question.ts";
import { candidateFacts } from "./context.ts";
import type { Grounds } from "./grounds.ts";

/** Whether an action may be taken. */
export function actionQuestion(
  { tenant, request, standing, shared }: Grounds,
  action: string,
  score: number | null,
): Question {
  const { model, currency, control } = standing.frame;
  const isControl = action === control;
  const facts = candidateFacts(shared, request, {
    model,
    currency,
    action,
    isControl,
    score,
  });
  const channel = request.entities.channel ?? null;
  return {
    kind: "action",
    facts,
    options: { tenant, channel, amountMicros: null },
  };
}

/**
 * Whether and how much may be bid.
 *
 * @param amountMicros The bid proposed, in whole micros.
 */
export function bidQuestion(
  { tenant, request, standing, shared }: Grounds,
  amountMicros: number,
): Question {
  const { frame: { model, currency }, scored } = standing;
  const facts = candidateFacts(shared, request, {
    model,
    currency,
    action: null,
    isControl: false,
    score: scored?.values[0] ?? null,
  });
  const channel = request.entities.channel ?? null;
  return { kind: "bid", facts, options: { tenant, channel, amountMicros } };
}
