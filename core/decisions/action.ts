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
import { reviewsOf } from "./verdict_parts.ts";

type ActionUse = Extract<DecisionUse, { kind: "action" }>;

/** Chooses among the actions asked for. */
export function chooseAction(grounds: Grounds): Settled {
  const { standing: { frame, scored }, request } = grounds;
  const use = scored?.use.kind === "action" ? scored.use : null;
  const asked = use === null ? [frame.control] : actionsAsked(frame, request);
  const heard: Heard = { applied: [], verdicts: [], reviews: [] };
  const actions: ActionScore[] = [];
  for (const action of asked) {
    const score = scoreOf(grounds, action);
    const verdict = judgeAction(grounds, action, score);
    heard.verdicts.push(verdict);
    const allowed = isAllowed(grounds, { action, use, verdict }, heard);
    if (use === null || score === null) continue;
    const worthMicros = worth(use, action, score);
    const one = { action, score, worthMicros, allowed };
    const { priority } = verdict;
    actions.push(priority === undefined ? one : { ...one, priority });
  }
  actions.sort((a, b) => compare(a, b, frame.control));
  const best = actions.find(({ allowed }) => allowed);
  const action = best?.action ?? frame.control;
  const counts = heard.verdicts[asked.indexOf(action)]?.counts;
  return {
    recommendation: { kind: "action", action },
    score: best?.score ?? scoreOf(grounds, action),
    actions,
    applied: distinct(heard.applied),
    ...heard.reviews.length > 0 && { reviews: heard.reviews },
    ...counts && { countsTowards: counts },
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

interface Judged {
  readonly action: string;
  readonly use: ActionUse | null;
  readonly verdict: Verdict;
}

/** What was said of all actions, in their order. */
interface Heard {
  readonly applied: AppliedRule[];
  readonly verdicts: Verdict[];
  readonly reviews: Review[];
}

/**
 * Whether an action may be taken, with what is said of that. What a person must agree to
 * first is not allowed yet; nothing is never asked.
 */
function isAllowed(
  grounds: Grounds,
  { action, use, verdict }: Judged,
  { applied, reviews }: Heard,
): boolean {
  for (const one of verdict.applied) applied.push(one);
  const isControl = action === grounds.standing.frame.control;
  const refusal = use === null || isControl
    ? null
    : constrainCost(costOf(use, action), grounds.request.constraints);
  if (refusal !== null) applied.push(refusal);
  if (refusal !== null) return false;
  if (isControl) return verdict.allowed;
  const asks = reviewsOf(action, verdict);
  for (const one of asks) reviews.push(one);
  return verdict.allowed && asks.length === 0;
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
function distinct(applied: readonly AppliedRule[]): readonly AppliedRule[] {
  if (applied.length < 2) return applied;
  const rules = new Map<string, AppliedRule>();
  for (const one of applied) rules.set(`${one.rule}\n${one.reason}`, one);
  return [...rules.values()];
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
