/**
 * A model's trial as people look at it: both sides, what came of them, and what will
 * happen next.
 *
 * @module
 */
import { designOf } from "../decisions/trial/follow_outcomes.ts";
import type { Change } from "../domain/change.ts";
import { type Lift, liftOf } from "../domain/confidence_sequence.ts";
import type { Instant } from "../domain/day.ts";
import { EngineError } from "../domain/error.ts";
import { rolesAt } from "../domain/model_log.ts";
import { parseModelContent, printModelSubject } from "../domain/model_role.ts";
import {
  GUARDRAILS,
  type TrialCounts,
  type TrialGuardrails,
  type TrialMeasure,
} from "../domain/model_trial.ts";
import { printModelRef } from "../domain/score.ts";
import { stageEnd } from "../governance/landing.ts";
import type { TrialProgress } from "../ports/model_trials.ts";
import type { WatchScope } from "./model_trials.ts";

/** Changes of a model that are looked through for its latest trial. */
const MOST_CHANGES = 50;

/** A trial of a model, running or over. */
export interface ModelTrialReport {
  readonly name: string;
  readonly change: string;
  readonly state: Change["state"];
  readonly since: Instant;
  /** When its stage is over; null if it is on none. */
  readonly until: Instant | null;
  /** `name@version`; null if nobody was in charge. */
  readonly champion: string | null;
  readonly challenger: string | null;
  readonly permille: number;
  readonly measure: TrialMeasure | null;
  readonly guardrails: TrialGuardrails;
  /** Without effect, and then as it decided. */
  readonly shadow: TrialCounts;
  readonly canary: TrialCounts;
  /** What came of the people on both sides; null before any was read. */
  readonly outcomes: Pick<TrialProgress, "arms" | "points"> | null;
  readonly lift: Lift | null;
  /** Whether it was found better. */
  readonly isBetter: boolean;
  /** What happens next, in a sentence. */
  readonly next: string;
}

/**
 * The trial of a model that runs, or else its latest.
 *
 * @throws {EngineError} `not_found` if none of its versions was ever on trial.
 */
export async function reportTrial(
  scope: Pick<WatchScope, "changes" | "stores" | "models">,
  tenant: string,
  name: string,
): Promise<ModelTrialReport> {
  const { changes, stores: { modelTrials }, models } = scope;
  const change = await findTrial(changes, tenant, name);
  const { id, state, since, cycle, rollout, content } = change;
  const { measure = null, guardrails = GUARDRAILS } = rollout;
  const of = { tenant, name, change: id, cycle };
  const [shadow, canary, progress, events, text] = await Promise.all([
    modelTrials.seen({ ...of, stage: "shadow" }),
    modelTrials.seen({ ...of, stage: "canary" }),
    modelTrials.progress(of),
    models.events(tenant, name),
    changes.content(content),
  ]);
  const print = (version: number | null) =>
    version === null ? null : printModelRef({ name, version });
  const permille = rollout.canaryPermille;
  const lift = measure && progress &&
    liftOf(progress.sums, designOf({ permille, measure }));
  return {
    ...{ name, change: id, state, since, permille, measure, guardrails },
    until: isOnTrial(change) ? stageEnd(change) : null,
    champion: print(rolesAt(events, since).champion),
    challenger: print(parseModelContent(text ?? "")),
    ...{ shadow, canary, outcomes: progress, lift },
    isBetter: change.betterInCycle === cycle,
    next: sayNext(change),
  };
}

async function findTrial(
  changes: WatchScope["changes"],
  tenant: string,
  name: string,
): Promise<Change> {
  const subject = printModelSubject({ name, alias: "champion" });
  const latest = await changes.list(tenant, {
    ...{ kind: "model", subject, limit: MOST_CHANGES },
  });
  const running = latest.find(isOnTrial);
  if (running !== undefined) return running;
  for (const change of latest) {
    const events = await changes.history({ scope: tenant, id: change.id });
    if (events.some(({ to }) => to === "shadow" || to === "canary")) {
      return change;
    }
  }
  throw new EngineError(
    "not_found",
    `Cannot find trial of model "${name}": no version of it was on trial`,
    { facts: { model: name } },
  );
}

function isOnTrial({ state }: Change): boolean {
  return state === "shadow" || state === "canary";
}

function sayNext(change: Change): string {
  const { state, rollout, betterInCycle, cycle } = change;
  const end = stageEnd(change);
  if (state === "shadow") {
    return rollout.canaryHours > 0
      ? `It decides for ${rollout.canaryPermille} in a thousand from ${end}, unless a guardrail ends it`
      : `It decides for everybody from ${end}, unless a guardrail ends it`;
  }
  if (state !== "canary") return `Nothing: it is ${state.replaceAll("_", " ")}`;
  const { measure } = rollout;
  if (measure === undefined) {
    return `It decides for everybody from ${end}, unless a guardrail ends it`;
  }
  if (betterInCycle !== cycle) {
    return `It is taken back as soon as it is found worse, and on ${end} if it was not found better by then`;
  }
  return measure.promote
    ? `It was found better and decides for everybody from ${end}`
    : `It was found better; from ${end} somebody may activate it`;
}
