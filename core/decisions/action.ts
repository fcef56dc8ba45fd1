/**
 * Choosing an action: the allowed one that policies put first, then the one that is worth
 * most, score × value − cost.
 *
 * Equal worth goes to doing nothing, then by name. Where nothing is allowed, or no
 * model answered, nothing is done: the control action.
 *
 * @module
 */
import type { ActionScore, Review } from "../domain/decision.ts";
import type { AppliedRule, Verdict } from "../domain/verdict.ts";
import { constrainCost } from "./constrain.ts";
import type { Grounds, Settled } from "./grounds.ts";
import { actionQuestion } from "./questions.ts";
import { actionsAsked, type DecisionUse } from "./score_candidates.ts";
import { countedBy, reviewsOf } from "./verdict_parts.ts";

type ActionUse = Extract<DecisionUse, { kind: "action" }>;

/** Chooses among the actions asked for. */
export function chooseAction(grounds: Grounds): Settled {
  const { standing, request } = grounds;
  const { frame, scored } = standing;
  const use = scored?.use.kind === "action" ? scored.use : null;
  const asked = use === null ? [frame.control] : actionsAsked(frame, request);
  const heard: Heard = { applied: new Map(), verdicts: new Map(), reviews: [] };
  const actions: ActionScore[] = [];
  for (const action of asked) {
    const score = scoreOf(grounds, action);
    const verdict = judge(grounds, { action, score, use }, heard);
    if (use === null || score === null) continue;
    const worthMicros = worth(use, action, score);
    const { allowed, priority } = verdict;
    const one = { action, score, worthMicros, allowed };
    actions.push(priority === undefined ? one : { ...one, priority });
  }
  actions.sort((a, b) => compare(a, b, frame.control));
  const best = actions.find(({ allowed }) => allowed);
  const action = best?.action ?? frame.control;
  const chosen = heard.verdicts.get(action);
  const { applied, reviews } = heard;
  return {
    recommendation: { kind: "action", action },
    score: scoreOf(grounds, action),
    actions,
    applied: [...applied.values()],
    ...reviews.length > 0 && { reviews },
    ...chosen && countedBy(chosen),
  };
}

/** The score of one action; null where the model did not weigh it. */
export function scoreOf(
  { standing: { scored } }: Grounds,
  action: string,
): number | null {
  const index = scored?.candidates.indexOf(action) ?? -1;
  return scored?.values[index] ?? null;
}

interface Weighed {
  readonly action: string;
  readonly score: number | null;
  readonly use: ActionUse | null;
}

/** What was said of all actions. */
interface Heard {
  readonly applied: Map<string, AppliedRule>;
  readonly verdicts: Map<string, Verdict>;
  readonly reviews: Review[];
}

/** Judges an action. What a person must agree to first is not allowed yet; nothing is never asked. */
function judge(
  grounds: Grounds,
  { action, score, use }: Weighed,
  { applied, verdicts, reviews }: Heard,
): Pick<ActionScore, "allowed" | "priority"> {
  const verdict = judgeAction(grounds, action, score);
  verdicts.set(action, verdict);
  for (const rule of verdict.applied) applied.set(printRule(rule), rule);
  const { allowed, priority } = verdict;
  const isControl = action === grounds.standing.frame.control;
  const refusal = use === null || isControl
    ? null
    : constrainCost(costOf(use, action), grounds.request.constraints);
  if (refusal !== null) applied.set(printRule(refusal), refusal);
  const asks = isControl || refusal !== null ? [] : reviewsOf(action, verdict);
  reviews.push(...asks);
  return {
    allowed: allowed && asks.length === 0 && refusal === null,
    ...priority !== undefined && { priority },
  };
}

/** What the policies say of one action. */
export function judgeAction(
  grounds: Grounds,
  action: string,
  score: number | null,
): Verdict {
  const { kind, facts, options } = actionQuestion(grounds, action, score);
  return grounds.policies.judge(kind, facts, options);
}

/** The same rule may say different things of different actions. */
function printRule({ rule, reason }: AppliedRule): string {
  return `${rule}\n${reason}`;
}

function worth(use: ActionUse, action: string, score: number): number {
  const cost = Number(costOf(use, action));
  return Math.floor(score * Number(use.valueMicros) - cost) + 0;
}

function costOf({ costMicros }: ActionUse, action: string): bigint {
  return Object.hasOwn(costMicros, action) ? costMicros[action] ?? 0n : 0n;
}

function compare(a: ActionScore, b: ActionScore, control: string): number {
  const first = (b.priority ?? 0) - (a.priority ?? 0);
  if (first !== 0) return first;
  if (a.worthMicros !== b.worthMicros) return b.worthMicros - a.worthMicros;
  if (a.action === control) return -1;
  if (b.action === control) return 1;
  return a.action < b.action ? -1 : 1;
}
