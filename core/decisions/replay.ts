/**
 * A logged decision, taken again: from its request, readings, moment, model
 * version and archived policies, and compared member by member.
 *
 * Which rungs fell is taken from the record, as an outage cannot be repeated;
 * what the standing rung says is computed anew.
 *
 * @module
 */
import type { Decision, DecisionRecord } from "../domain/decision.ts";
import { EngineError } from "../domain/error.ts";
import { parseModelRef } from "../domain/score.ts";
import type { Scores } from "../scores/scores.ts";
import type { Archived } from "./archive.ts";
import { canonicalJson } from "../domain/canonical.ts";
import { settle } from "./decide.ts";
import type { Grounds } from "./grounds.ts";
import { paceScored } from "./paced.ts";
import { frameOf, scoreWith } from "./score_candidates.ts";
import type { Standing } from "./score_rung.ts";
import { findRecorded, withShading } from "./shading.ts";

/** What a replay needs beside the record. */
export interface ReplayScope {
  readonly scores: Pick<Scores, "version">;
  readonly archive: Pick<Archived, "read">;
}

/** A decision and its replay. */
export interface Replay {
  /** True if both are equal, bit for bit. */
  readonly same: boolean;
  readonly logged: Decision;
  readonly replayed: Decision;
  /** Paths of members that differ, such as `recommendation.bidMicros`. */
  readonly differences: readonly string[];
}

/**
 * Takes a recorded decision again.
 *
 * @throws {EngineError} `model_unavailable` if its model's version cannot score,
 * `log_tampered` if its policies are gone.
 */
export async function replayRecord(
  scope: ReplayScope,
  record: DecisionRecord,
): Promise<Replay> {
  return replayOn(await recordedGrounds(scope, record), record);
}

/** Grounds that a record holds, but for what follows from them. */
export type RecordedGrounds = Omit<Grounds, "shared">;

/**
 * What a recorded decision rested on.
 *
 * @throws {EngineError} As {@link replayRecord}.
 */
export async function recordedGrounds(
  scope: ReplayScope,
  record: DecisionRecord,
): Promise<RecordedGrounds> {
  const { tenant, request, decision: logged } = record;
  const [policies, standing] = await Promise.all([
    scope.archive.read(logged.policySet),
    restand(scope, record),
  ]);
  return {
    tenant,
    request,
    at: logged.at,
    readings: logged.features,
    standing,
    policies,
    ...logged.counts && { counts: logged.counts },
  };
}

/** Takes a recorded decision again on its grounds. */
export function replayOn(
  grounds: RecordedGrounds,
  { decision: logged }: DecisionRecord,
): Replay {
  const replayed = settle(logged.id, grounds);
  const differences = compare(logged, replayed, "");
  return { same: differences.length === 0, logged, replayed, differences };
}

async function restand(
  { scores }: ReplayScope,
  { tenant, request, decision, frame }: DecisionRecord,
): Promise<Standing> {
  const { rung, falls, modelVersion, features, shading, pacing, trial } =
    decision;
  const stood = trial === undefined ? { rung, falls } : { rung, falls, trial };
  if (modelVersion === null) {
    if (frame) return { ...stood, frame, scored: null };
    throw new EngineError(
      "log_tampered",
      `Cannot replay decision "${decision.id}": its record names neither a model nor what was to be decided`,
    );
  }
  const scorer = await scores.version(tenant, parseModelRef(modelVersion));
  const scored = await scoreWith(scorer, request, features);
  const landscape = shading
    ? await findRecorded(scores, tenant, shading)
    : null;
  const paced = pacing ? paceScored(scored, pacing) : scored;
  const shaded = await withShading(paced, landscape, features);
  return { ...stood, frame: frameOf(scored.record), scored: shaded };
}

/** Paths at which two JSON-like values differ. */
function compare(
  logged: unknown,
  replayed: unknown,
  path: string,
): string[] {
  if (!isGroup(logged) || !isGroup(replayed)) {
    const same = canonicalJson(logged ?? null) ===
      canonicalJson(replayed ?? null);
    return same ? [] : [path];
  }
  const names = new Set([...Object.keys(logged), ...Object.keys(replayed)]);
  return [...names].sort().flatMap((name) =>
    compare(logged[name], replayed[name], path ? `${path}.${name}` : name)
  );
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
