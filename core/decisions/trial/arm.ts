/**
 * On which side of a trial a decision is, and what it tells of that side. The side
 * follows from who the decision is about and from the change alone: it is the same on
 * every node and at every time, and whoever is drawn for a share stays so when it grows.
 *
 * @module
 */
import type {
  Decision,
  DecisionRequest,
  RungFall,
} from "../../domain/decision.ts";
import type { EntityIds } from "../../domain/entity.ts";
import type { TrialArm } from "../../domain/model_trial.ts";
import type { OpenedTrial } from "../../scores/trial/on_trial.ts";
import type { DecidedOnTrial, TrialTally } from "../../scores/trial/tally.ts";
import { drawPermille } from "../../verdicts/in_force/draw.ts";
import type { Ladder } from "../ladder.ts";
import type { Scored } from "../score_candidates.ts";

/** Cause of a fall where this node stopped using the version on trial. */
export const GUARDRAIL = "guardrail";

/** Whom canaries draw by: the person, or else the campaign and so on; empty for nobody. */
export function drawnKey(
  { subject, campaign, placement, account }: EntityIds,
): string {
  return subject ?? campaign ?? placement ?? account ?? "";
}

/** Draws by another salt than canaries of policies, so that neither tells of the other. */
export function drawArm(
  { change, permille }: Pick<OpenedTrial, "change" | "permille">,
  key: string,
): TrialArm {
  return drawPermille(`model\n${change}\n${key}`) < permille
    ? "challenger"
    : "champion";
}

/** A ladder with the version on trial on top, for those who are drawn for it. */
export function joinTrial(
  ladder: Ladder,
  trial: OpenedTrial | null,
  { entities }: DecisionRequest,
): Ladder {
  const key = drawnKey(entities);
  const kind = trial?.challenger.record.use.kind;
  if (trial?.stage !== "canary" || key === "" || kind !== ladder.frame.kind) {
    return ladder;
  }
  const arm = drawArm(trial, key);
  if (trial.tally.stopped !== null) {
    const fall: RungFall = { from: "challenger", cause: GUARDRAIL };
    return arm === "champion"
      ? ladder
      : { ...ladder, falls: [...ladder.falls, fall] };
  }
  const { change, cycle, challenger } = trial;
  const first = { rung: "challenger" as const, scorer: challenger };
  return {
    ...ladder,
    trial: { change, cycle, arm },
    ...arm === "challenger" && { rungs: [first, ...ladder.rungs] },
  };
}

/** Counts a decision of a trial; any other is none of it. */
export function countOnTrial(
  tally: Pick<TrialTally, "decided"> | undefined,
  tenant: string,
  { decision, scored }: {
    readonly decision: Decision;
    readonly scored: Scored | null;
  },
): void {
  if (decision.trial === undefined) return;
  tally?.decided(tenant, decision.trial, decidedOn(decision, scored));
}

/** What a decision on trial came to. A side does not owe what it could not read. */
function decidedOn(
  { falls, rung, trial, applied, recommendation }: Decision,
  scored: Scored | null,
): DecidedOnTrial {
  const isUnread = falls.some(({ from, cause }) =>
    from === trial?.arm && cause.startsWith("features")
  );
  return {
    unscored: rung !== trial?.arm && !isUnread,
    denied: applied.some(({ effect }) => effect === "deny"),
    spendMicros: recommendation.kind === "bid"
      ? recommendation.bidMicros
      : costOf(scored, recommendation.action),
  };
}

function costOf(scored: Scored | null, action: string): number {
  if (scored?.use.kind !== "action") return 0;
  const { costMicros } = scored.use;
  return Object.hasOwn(costMicros, action) ? Number(costMicros[action]) : 0;
}
