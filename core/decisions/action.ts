/**
 * Choosing an action: the allowed one that is worth most, score × value − cost.
 *
 * Equal worth goes to doing nothing, then by name. Where nothing is allowed, or no
 * model answered, nothing is done: the control action.
 *
 * @module
 */
import type { ActionScore } from "../domain/decision.ts";
import type { AppliedRule } from "../domain/verdict.ts";
import { candidateFacts } from "./context.ts";
import { constrainCost } from "./constrain.ts";
import type { Grounds, Settled } from "./grounds.ts";
import { actionsAsked, type DecisionUse } from "./score_candidates.ts";

type ActionUse = Extract<DecisionUse, { kind: "action" }>;

/** Chooses among the actions asked for. */
export function chooseAction(grounds: Grounds): Settled {
  const { standing, request } = grounds;
  const { frame, scored } = standing;
  const use = scored?.use.kind === "action" ? scored.use : null;
  const asked = use === null ? [frame.control] : actionsAsked(frame, request);
  const applied = new Map<string, AppliedRule>();
  const actions: ActionScore[] = [];
  for (const action of asked) {
    const score = scoreOf(grounds, action);
    const allowed = judge(grounds, { action, score, use }, applied);
    if (use === null || score === null) continue;
    const worthMicros = worth(use, action, score);
    actions.push({ action, score, worthMicros, allowed });
  }
  actions.sort((a, b) => compare(a, b, frame.control));
  const best = actions.find(({ allowed }) => allowed);
  const action = best?.action ?? frame.control;
  return {
    recommendation: { kind: "action", action },
    score: scoreOf(grounds, action),
    actions,
    applied: [...applied.values()],
  };
}

function scoreOf(
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

function judge(
  grounds: Grounds,
  { action, score, use }: Weighed,
  applied: Map<string, AppliedRule>,
): boolean {
  const verdict = judgeAction(grounds, action, score);
  for (const rule of verdict.applied) applied.set(printRule(rule), rule);
  if (use === null || action === use.control) return verdict.allowed;
  const cost = costOf(use, action);
  const refusal = constrainCost(cost, grounds.request.constraints);
  if (refusal !== null) applied.set(printRule(refusal), refusal);
  return verdict.allowed && refusal === null;
}

/** What the policies say of one action. */
export function judgeAction(
  { tenant, request, standing, policies, shared }: Grounds,
  action: string,
  score: number | null,
) {
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
  return policies.judge("action", facts, {
    tenant,
    channel,
    amountMicros: null,
  });
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
  if (a.worthMicros !== b.worthMicros) return b.worthMicros - a.worthMicros;
  if (a.action === control) return -1;
  if (b.action === control) return 1;
  return a.action < b.action ? -1 : 1;
}
