/**
 * Where a request stands: what is read for it, which models may answer, and what they say.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import { type Deadline, NO_DEADLINE } from "../domain/deadline.ts";
import { type StageClock, UNTIMED } from "../domain/stages.ts";
import type { DecisionRequest } from "../domain/decision.ts";
import type { ModelRecord } from "../domain/score.ts";
import type { Features } from "../features/features.ts";
import type { Scores } from "../scores/scores.ts";
import type { PolicySet } from "../verdicts/judge/policy_set.ts";
import { checkGiven, featuresReadBy, readFeatures } from "./read_features.ts";
import { actionsAsked } from "./score_candidates.ts";
import {
  findLadder,
  type Ladder,
  type Read,
  type ReadStanding,
  standOn,
} from "./score_rung.ts";
import { findLandscape, type Landscape } from "./shading.ts";
import type { TypicalTime } from "./typical_time.ts";

/** What requests are read and scored with. */
export interface StandScope {
  readonly features: Pick<Features, "read" | "rebuilding">;
  readonly scores: Scores;
  /** The policy set in force for a tenant. */
  policies(tenant: string): PolicySet;
  /** How long it takes here to read and score, and to keep; unknown if absent. */
  readonly typical?: DecisionTimes;
}

/** How long the steps of a decision typically take in this process. */
export interface DecisionTimes {
  readonly standing: TypicalTime;
  readonly keeping: TypicalTime;
}

/** Part of the time for reading and scoring; the rest is for counting and keeping. */
const STANDING_SHARE = 0.5;
/** Part of the time for the first reading, so that scoring has some left. */
const READING_SHARE = 0.6;
/** Where a request stands, with what was read for it and what shades its bid. */
export interface RequestStanding extends ReadStanding {
  readonly landscape: Landscape | null;
}

/** A request, and until when it must be answered. */
interface Standing {
  readonly request: DecisionRequest;
  readonly at: Instant;
  readonly policies?: PolicySet;
  readonly deadline?: Deadline;
  readonly times?: StageClock;
}

/**
 * Reads and scores a request. Where too little time is left for that, no model is asked.
 *
 * @throws {EngineError} `request_invalid`, as for a decision.
 */
export async function standRequest(
  scope: StandScope,
  tenant: string,
  { request, at, deadline: whole = NO_DEADLINE, ...given }: Standing,
): Promise<RequestStanding> {
  const { features, scores, policies } = scope;
  const inForce = given.policies ?? policies(tenant);
  const isShort = isTooShort(scope, whole);
  const deadline = whole.part(isShort ? 0 : STANDING_SHARE);
  const startedMs = deadline.remainingMs();
  const asking = { scores, tenant, deadline };
  const ladder = await findLadder(asking, request);
  actionsAsked(ladder.frame, request);
  checkGiven(request, ladder.rungs[0]?.scorer.record.schema.inputs ?? []);
  const model = ladder.rungs[0]?.scorer;
  const landscape = await findLandscape(asking, model);
  const { times = UNTIMED } = given;
  times.end("find_models");
  const ids = idsWanted(ladder, landscape, inForce);
  const wanted = {
    ...{ tenant, request, ids, at },
    deadline: deadline.part(READING_SHARE),
  };
  const read = readOnce((pins) => readFeatures(features, { ...wanted, pins }));
  const stood = await standOn(ladder, { request, read, deadline, times });
  if (Number.isFinite(startedMs)) {
    scope.typical?.standing.add(startedMs - deadline.remainingMs());
  }
  return { ...stood, landscape };
}

/** Whether a deadline passes before a request is typically answered. */
function isTooShort({ typical }: StandScope, deadline: Deadline): boolean {
  if (typical === undefined) return deadline.expired;
  const { standing, keeping } = typical;
  return deadline.remainingMs() <= standing.ms + keeping.ms;
}

/** Models that were trained on the same versions share one read. */
function readOnce(
  read: (pins: readonly string[]) => Promise<Read>,
): (record: ModelRecord | null) => Promise<Read> {
  const known = new Map<string, Promise<Read>>();
  return (record) => {
    const pins = record?.lineage.views ?? [];
    const name = pins.join();
    const reading = known.get(name) ?? read(pins);
    known.set(name, reading);
    return reading;
  };
}

function idsWanted(
  { rungs }: Ladder,
  landscape: Landscape | null,
  policies: PolicySet,
): Set<string> {
  const ids = new Set(featuresReadBy(policies));
  const asked = rungs.map(({ scorer }) => scorer);
  for (
    const scorer of landscape?.scorer ? [...asked, landscape.scorer] : asked
  ) {
    for (const { name } of scorer.record.schema.inputs) ids.add(name);
  }
  return ids;
}
