/**
 * The ladder that a decision stands on: the model on trial for those who are drawn for
 * it, champion, previous champion, static rule, no action. A model that is absent, fails or says nonsense never fails the
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
import { type Deadline, NO_DEADLINE } from "../domain/deadline.ts";
import { type Stage, type StageClock, UNTIMED } from "../domain/stages.ts";
import { EngineError } from "../domain/error.ts";
import type { FeatureReadings } from "../domain/feature.ts";
import type { DecisionTrial } from "../domain/model_trial.ts";
import type { ModelRecord } from "../domain/score.ts";
import type { Soon } from "../domain/soon.ts";
import type { Scorer } from "../scores/scorer.ts";
import type { Scores } from "../scores/scores.ts";
import { causeOf, NO_TIME, reasonOf, UNCONFIRMED } from "./fall_cause.ts";
import {
  type DecisionUse,
  frameOf,
  NO_ACTION,
  type Scored,
  scoreWith,
} from "./score_candidates.ts";
import { joinTrial } from "./trial/arm.ts";

/** Models that may answer, best first, and what is to be decided. */
export interface Ladder {
  readonly rungs: readonly { readonly rung: Rung; readonly scorer: Scorer }[];
  readonly frame: DecisionFrame;
  readonly falls: readonly RungFall[];
  /** The side of a trial; absent unless a model decides for a share. */
  readonly trial?: DecisionTrial;
}

/** Where a decision stands. */
export interface Standing {
  readonly rung: Rung;
  readonly falls: readonly RungFall[];
  readonly frame: DecisionFrame;
  /** Null when no model answered. */
  readonly scored: Scored | null;
  /** The side of a trial; absent unless a model decides for a share. */
  readonly trial?: DecisionTrial;
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

/** Who asks for models, and how long it may take. */
export interface Asking {
  readonly scores: Pick<Scores, "champion" | "named">;
  readonly tenant: string;
  readonly deadline: Deadline;
}

/** Part of the time after which the next rung is tried. */
const RUNG_SHARE = 0.5;
/** ISO 4217's code for no currency. */
const NO_CURRENCY = "XXX";

/**
 * Finds the models that may answer.
 *
 * @throws {EngineError} `request_invalid` if the request names a model for plans,
 * or none where there are several.
 */
export async function findLadder(
  asking: Asking,
  request: DecisionRequest,
): Promise<Ladder> {
  let known: ModelRecord | null = null;
  try {
    const name = request.model ??
      (known = await soleModel(asking, request)).name;
    return await openLadder(asking, name, request);
  } catch (error) {
    if (isCallersMistake(error)) throw error;
    const record = known ?? await findRecord(asking, request);
    const falls: RungFall[] = [{ from: "champion", cause: reasonOf(error) }];
    if (record !== null) return { rungs: [], frame: frameOf(record), falls };
    falls.push({ from: "static_rule", cause: "model_unknown" });
    return { rungs: [], frame: unknownFrame(request), falls };
  }
}

/** A damaged champion is replaced where it is opened; the answer still says so. */
async function openLadder(
  asking: Asking,
  name: string,
  request: DecisionRequest,
): Promise<Ladder> {
  const { scores, tenant, deadline } = asking;
  const { champion, previous, isUnconfirmed, trial = null } = await deadline
    .within(scores.champion(tenant, name, deadline.part(RUNG_SHARE)));
  const frame = frameOf(champion.record);
  const inCharge = await namedIn(asking, frame.kind, name);
  const falls: RungFall[] = isUnconfirmed
    ? [{ from: "champion", cause: UNCONFIRMED }]
    : [];
  if (inCharge.version !== champion.record.version) {
    falls.push({ from: "champion", cause: "artifact_corrupt" });
    return { rungs: [{ rung: "previous", scorer: champion }], frame, falls };
  }
  const rungs = [{ rung: "champion" as Rung, scorer: champion }];
  if (previous?.record.use.kind === frame.kind) {
    rungs.push({ rung: "previous", scorer: previous });
  }
  return joinTrial({ rungs, frame, falls }, trial, request);
}

function namedIn(
  { scores, tenant, deadline }: Asking,
  kind: DecisionUse["kind"],
  name: string | null,
): Soon<ModelRecord> {
  return deadline.within(
    scores.named(tenant, { kind, name }, deadline.part(RUNG_SHARE)),
  );
}

async function soleModel(
  asking: Asking,
  request: DecisionRequest,
): Promise<ModelRecord> {
  const kinds = kindsOf(request);
  const found = await Promise.allSettled(
    kinds.map(async (kind) => await namedIn(asking, kind, null)),
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
  asking: Asking,
  request: DecisionRequest,
): Promise<ModelRecord | null> {
  if (request.model === null) return null;
  for (const kind of kindsOf(request)) {
    try {
      return await namedIn(asking, kind, request.model);
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

/** How a ladder is climbed down. */
interface Climb {
  readonly request: DecisionRequest;
  /**
   * Reads the features of a model, in the versions that it was trained on; of policies
   * alone for null.
   */
  read(record: ModelRecord | null): Promise<Read>;
  /** From when on no model is asked. */
  readonly deadline?: Deadline;
  /** Hears when a model has read, and has scored. */
  readonly times?: StageClock;
}

/** Stages of the rungs that models score on. */
const SCORING: Readonly<Partial<Record<Rung, Stage>>> = {
  challenger: "score_challenger",
  champion: "score_champion",
  previous: "score_previous",
};

/** Climbs down until a model answers, or to the static rule. */
export async function standOn(
  { frame, trial, ...ladder }: Ladder,
  { request, read, deadline = NO_DEADLINE, times = UNTIMED }: Climb,
): Promise<ReadStanding> {
  const falls = [...ladder.falls];
  const side = trial === undefined ? {} : { trial };
  const [first] = ladder.rungs;
  for (const { rung, scorer } of ladder.rungs) {
    if (deadline.expired) {
      falls.push({ from: rung, cause: NO_TIME });
      continue;
    }
    const { readings, failure } = await read(scorer.record);
    times.end("read_features");
    const unread = failure !== null &&
      scorer.record.schema.inputs.some(({ name }) =>
        readings[name]?.status !== "given"
      );
    if (unread) {
      falls.push({ from: rung, cause: failure });
      continue;
    }
    try {
      const scored = await deadline.part(RUNG_SHARE)
        .within(scoreWith(scorer, request, readings));
      const frame = frameOf(scored.record);
      return { rung, falls, frame, scored, readings, ...side };
    } catch (error) {
      falls.push({ from: rung, cause: causeOf(error) });
    } finally {
      times.end(SCORING[rung] ?? "score_champion");
    }
  }
  const unknown = falls.some(({ from }) => from === "static_rule");
  const rung = unknown ? "no_action" : "static_rule";
  const { readings } = await read(first?.scorer.record ?? null);
  times.end("read_features");
  return { rung, falls, frame, scored: null, readings, ...side };
}

function isCallersMistake(error: unknown): boolean {
  return error instanceof EngineError && error.code === "request_invalid";
}
