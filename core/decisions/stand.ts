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
import { type Soon, whenThere } from "../domain/soon.ts";
import type { Features } from "../features/features.ts";
import type { Scores } from "../scores/scores.ts";
import type { PolicySet } from "../verdicts/judge/policy_set.ts";
import { checkGiven, readFeatures } from "./read_features.ts";
import { actionsAsked } from "./score_candidates.ts";
import { findLadder, type Ladder } from "./ladder.ts";
import { type Read, type ReadStanding, standOn } from "./score_rung.ts";
import { findLandscape, type Landscape } from "./shading.ts";
import type { TypicalTime } from "./typical_time.ts";
import { idsWanted, type WantedIds } from "./wanted_features.ts";

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
const NO_PINS: readonly string[] = [];

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
export function standRequest(
  scope: StandScope,
  tenant: string,
  standing: Standing,
): Soon<RequestStanding> {
  const { request, deadline: whole = NO_DEADLINE } = standing;
  const isShort = isTooShort(scope, whole);
  const deadline = whole.part(isShort ? 0 : STANDING_SHARE);
  const startedMs = deadline.remainingMs();
  const asking = { scores: scope.scores, tenant, deadline };
  return whenThere(findLadder(asking, request), (ladder) => {
    const model = ladder.rungs[0]?.scorer;
    actionsAsked(ladder.frame, request);
    checkGiven(request, model?.record.schema.inputs ?? []);
    const asked = { ...standing, tenant, deadline };
    const standIn = (landscape: Landscape | null): Soon<RequestStanding> =>
      whenThere(climb(scope, { ladder, landscape }, asked), (stood) => {
        if (Number.isFinite(startedMs)) {
          scope.typical?.standing.add(startedMs - deadline.remainingMs());
        }
        return { ...stood, landscape };
      });
    const looking = findLandscape(asking, model);
    return looking === null ? standIn(null) : looking.then(standIn);
  });
}

/** Reads and scores by the first model that answers. */
function climb(
  { features, policies: inForce }: StandScope,
  { ladder, landscape }: {
    readonly ladder: Ladder;
    readonly landscape: Landscape | null;
  },
  { tenant, request, at, policies, deadline, times = UNTIMED }: Standing & {
    readonly tenant: string;
    readonly deadline: Deadline;
  },
): Soon<ReadStanding> {
  times.end("find_models");
  const ids = idsOf(ladder, landscape, policies ?? inForce(tenant));
  const wanted = { tenant, request, ids, at };
  const reading = deadline.part(READING_SHARE);
  const read = readOnce((pins) =>
    readFeatures(features, { ...wanted, pins, deadline: reading })
  );
  return standOn(ladder, { request, read, deadline, times });
}

/** Whether a deadline passes before a request is typically answered. */
function isTooShort({ typical }: StandScope, deadline: Deadline): boolean {
  if (typical === undefined) return deadline.expired;
  const { standing, keeping } = typical;
  return deadline.remainingMs() <= standing.ms + keeping.ms;
}

/** Models that were trained on the same versions share one read. */
function readOnce(
  read: (pins: readonly string[]) => Soon<Read>,
): (record: ModelRecord | null) => Soon<Read> {
  let known: readonly {
    readonly pins: readonly string[];
    readonly read: Soon<Read>;
  }[] = [];
  return (record) => {
    const pins = record?.lineage.views ?? NO_PINS;
    const same = known.find((one) => isSameList(one.pins, pins));
    if (same !== undefined) return same.read;
    const reading = read(pins);
    known = [...known, { pins, read: reading }];
    return reading;
  };
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length &&
    one.every((text, place) => text === other[place]);
}

function idsOf(
  { rungs }: Ladder,
  landscape: Landscape | null,
  policies: PolicySet,
): WantedIds {
  const models = rungs.map(({ scorer }) => scorer.record);
  if (landscape?.scorer) models.push(landscape.scorer.record);
  return idsWanted(policies, models);
}
