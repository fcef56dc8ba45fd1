/**
 * The ladder that a decision stands on: champion, previous champion, static rule,
 * no action. A model that is absent, fails or says nonsense never fails the
 * decision; it costs a rung, and the answer says which and why.
 *
 * @module
 */
import type {
  DecisionFrame,
  DecisionRequest,
  Rung,
  RungFall,
} from "../domain/decision.ts";
import { EngineError } from "../domain/error.ts";
import type { FeatureReadings } from "../domain/feature.ts";
import type { ModelRecord } from "../domain/score.ts";
import type { Scorer } from "../scores/scorer.ts";
import type { Scores } from "../scores/scores.ts";
import {
  type DecisionUse,
  frameOf,
  NO_ACTION,
  type Scored,
  scoreWith,
} from "./score_candidates.ts";

/** Models that may answer, best first, and what is to be decided. */
export interface Ladder {
  readonly rungs: readonly { readonly rung: Rung; readonly scorer: Scorer }[];
  readonly frame: DecisionFrame;
  readonly falls: readonly RungFall[];
}

/** Where a decision stands. */
export interface Standing {
  readonly rung: Rung;
  readonly falls: readonly RungFall[];
  readonly frame: DecisionFrame;
  /** Null when no model answered. */
  readonly scored: Scored | null;
}

/** Readings, and why the store did not answer, or null. */
export interface Read {
  readonly readings: FeatureReadings;
  readonly failure: string | null;
}

/** Where a decision stands, and the features that the model there read. */
export interface ReadStanding extends Standing {
  readonly readings: FeatureReadings;
}

/** ISO 4217's code for no currency. */
const NO_CURRENCY = "XXX";

/**
 * Finds the models that may answer.
 *
 * @throws {EngineError} `request_invalid` if the request names a model for plans,
 * or none where there are several.
 */
export async function findLadder(
  scores: Scores,
  tenant: string,
  request: DecisionRequest,
): Promise<Ladder> {
  let known: ModelRecord | null = null;
  try {
    const name = request.model ??
      (known = await soleModel(scores, tenant, request)).name;
    return await openLadder(scores, tenant, name);
  } catch (error) {
    if (isCallersMistake(error)) throw error;
    const record = known ?? await findRecord(scores, tenant, request);
    const cause = error instanceof EngineError ? error.message : causeOf(error);
    const falls: RungFall[] = [{ from: "champion", cause }];
    if (record !== null) return { rungs: [], frame: frameOf(record), falls };
    falls.push({ from: "static_rule", cause: "model_unknown" });
    return { rungs: [], frame: unknownFrame(request), falls };
  }
}

/** A damaged champion is replaced where it is opened; the answer still says so. */
async function openLadder(
  scores: Scores,
  tenant: string,
  name: string,
): Promise<Ladder> {
  const { champion, previous } = await scores.champion(tenant, name);
  const frame = frameOf(champion.record);
  const inCharge = await scores.named(tenant, frame.kind, name);
  if (inCharge.version !== champion.record.version) {
    const falls: RungFall[] = [{ from: "champion", cause: "artifact_corrupt" }];
    return { rungs: [{ rung: "previous", scorer: champion }], frame, falls };
  }
  const rungs = [{ rung: "champion" as Rung, scorer: champion }];
  if (previous?.record.use.kind === frame.kind) {
    rungs.push({ rung: "previous", scorer: previous });
  }
  return { rungs, frame, falls: [] };
}

async function soleModel(
  scores: Scores,
  tenant: string,
  request: DecisionRequest,
): Promise<ModelRecord> {
  const kinds = kindsOf(request);
  const found = await Promise.allSettled(
    kinds.map((kind) => scores.named(tenant, kind, null)),
  );
  const mistake = found.find((one) =>
    one.status === "rejected" && isCallersMistake(one.reason)
  );
  if (mistake?.status === "rejected") throw mistake.reason;
  const records = found.flatMap((one) =>
    one.status === "fulfilled" ? [one.value] : []
  );
  const [record, ...others] = records;
  if (record && others.length === 0) return record;
  if (record) {
    throw new EngineError(
      "request_invalid",
      `Cannot choose a model: name one of ${
        records.map(({ name }) => `"${name}"`).join(", ")
      } in context.model`,
    );
  }
  const [first] = found;
  throw first?.status === "rejected" ? first.reason : noModel();
}

function noModel(): EngineError {
  return new EngineError(
    "model_unavailable",
    "Cannot score: there is no model for it",
  );
}

function kindsOf(
  { actions, constraints }: DecisionRequest,
): readonly DecisionUse["kind"][] {
  if (actions !== null) return ["action"];
  const { maxBidMicros, minBidMicros } = constraints;
  return maxBidMicros !== null || minBidMicros !== null
    ? ["bid"]
    : ["action", "bid"];
}

/** The record of a named model whose champion could not be had. */
async function findRecord(
  scores: Scores,
  tenant: string,
  request: DecisionRequest,
): Promise<ModelRecord | null> {
  if (request.model === null) return null;
  for (const kind of kindsOf(request)) {
    try {
      return await scores.named(tenant, kind, request.model);
    } catch {
      continue;
    }
  }
  return null;
}

function unknownFrame(request: DecisionRequest): DecisionFrame {
  const kind = kindsOf(request)[0] ?? "action";
  return {
    model: request.model,
    kind,
    currency: NO_CURRENCY,
    actions: [],
    control: NO_ACTION,
  };
}

/**
 * Climbs down until a model answers, or to the static rule.
 *
 * @param read Reads the features of a model, in the versions that it was trained on; of
 * policies alone for null.
 */
export async function standOn(
  ladder: Ladder,
  request: DecisionRequest,
  read: (record: ModelRecord | null) => Promise<Read>,
): Promise<ReadStanding> {
  const { frame } = ladder;
  const falls = [...ladder.falls];
  const [first] = ladder.rungs;
  for (const { rung, scorer } of ladder.rungs) {
    const { readings, failure } = await read(scorer.record);
    const unread = failure !== null &&
      scorer.record.schema.inputs.some(({ name }) =>
        readings[name]?.status !== "given"
      );
    if (unread) {
      falls.push({ from: rung, cause: failure });
      continue;
    }
    try {
      const scored = await scoreWith(scorer, request, readings);
      const frame = frameOf(scored.record);
      return { rung, falls, frame, scored, readings };
    } catch (error) {
      falls.push({ from: rung, cause: causeOf(error) });
    }
  }
  const unknown = falls.some(({ from }) => from === "static_rule");
  const rung = unknown ? "no_action" : "static_rule";
  const { readings } = await read(first?.scorer.record ?? null);
  return { rung, falls, frame, scored: null, readings };
}

/** Short, stable cause of a fall. */
export function causeOf(error: unknown): string {
  return error instanceof EngineError ? error.code : "internal_error";
}

function isCallersMistake(error: unknown): boolean {
  return error instanceof EngineError && error.code === "request_invalid";
}
