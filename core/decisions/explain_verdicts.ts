/**
 * What the policies said to each thing that was weighed: every rule that spoke, its
 * conditions with the values that they saw, and the nearest change that would turn it.
 *
 * @module
 */
import type { Verdict } from "../domain/verdict.ts";
import {
  explainVerdict,
  type SpokenUp,
} from "../verdicts/explain/explain_verdict.ts";
import { findLargestAmount } from "../verdicts/explain/largest_amount.ts";
import {
  findNearest,
  isPassing,
  type NearestChange,
} from "../verdicts/explain/nearest.ts";
import type { Question } from "../verdicts/explain/question.ts";
import { scoreOf } from "./action.ts";
import { raiseProposed } from "./decide.ts";
import type { Grounds } from "./grounds.ts";
import { actionQuestion, bidQuestion } from "./questions.ts";
import { actionsAsked } from "./score_candidates.ts";

/** What the policies said to one action, or to the bid. */
export interface ExplainedVerdict {
  /** The action; `bid` where a bid is decided. */
  readonly action: string;
  /** Whether the policies let it pass, without asking a person. */
  readonly passes: boolean;
  /** Rules that spoke, in the order in which they were applied. */
  readonly rules: readonly SpokenUp[];
  /** What would let it pass; null where it passes, or nothing near does. */
  readonly nearest: NearestChange | null;
  /** The largest bid that passes unchanged, micros; null where the one proposed does. */
  readonly largestMicros: number | null;
}

/** Hears the policies again on everything that a decision weighed. */
export function explainVerdicts(grounds: Grounds): readonly ExplainedVerdict[] {
  const { standing: { frame, scored }, request } = grounds;
  if (frame.kind === "bid") {
    const { bidMicros } = raiseProposed(scored);
    return [hear(grounds, "bid", bidQuestion(grounds, bidMicros))];
  }
  const asked = scored === null
    ? [frame.control]
    : actionsAsked(frame, request);
  return asked.map((action) => {
    const score = scoreOf(grounds, action);
    return hear(grounds, action, actionQuestion(grounds, action, score));
  });
}

function hear(
  { policies }: Grounds,
  action: string,
  question: Question,
): ExplainedVerdict {
  const { kind, facts, options } = question;
  const verdict: Verdict = policies.judge(kind, facts, options);
  const passes = isPassing(verdict);
  return {
    ...{ action, passes },
    rules: explainVerdict(policies, question, verdict),
    nearest: passes ? null : findNearest(policies, question),
    largestMicros: findLargestAmount(policies, question),
  };
}
