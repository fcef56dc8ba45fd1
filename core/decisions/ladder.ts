/**
 * The models that may answer a request: the one on trial for those who are drawn for it,
 * the champion, the one before it. Where none can be had, why.
 *
 * @module
 */
import type {
  DecisionFrame,
  DecisionRequest,
  Rung,
  RungFall,
} from "../domain/decision.ts";
import type { Deadline } from "../domain/deadline.ts";
import { EngineError } from "../domain/error.ts";
import type { DecisionTrial } from "../domain/model_trial.ts";
import type { ModelRecord } from "../domain/score.ts";
import { rescued, type Soon, whenThere } from "../domain/soon.ts";
import type { OpenedChampion } from "../scores/in_charge.ts";
import type { Scorer } from "../scores/scorer.ts";
import type { Scores } from "../scores/scores.ts";
import { reasonOf, UNCONFIRMED } from "./fall_cause.ts";
import { type DecisionUse, frameOf, NO_ACTION } from "./score_candidates.ts";
import { joinTrial } from "./trial/arm.ts";

/** Models that may answer, best first, and what is to be decided. */
export interface Ladder {
  readonly rungs: readonly { readonly rung: Rung; readonly scorer: Scorer }[];
  readonly frame: DecisionFrame;
  readonly falls: readonly RungFall[];
  /** The side of a trial; absent unless a model decides for a share. */
  readonly trial?: DecisionTrial;
}

/** Who asks for models, and how long it may take. */
export interface Asking {
  readonly scores: Pick<Scores, "champion" | "named">;
  readonly tenant: string;
  readonly deadline: Deadline;
}

/** Part of the time that is waited for who is in charge now, where it is known who was. */
const CONFIRM_SHARE = 0.5;
/** ISO 4217's code for no currency. */
const NO_CURRENCY = "XXX";

/**
 * Finds the models that may answer.
 *
 * @throws {EngineError} `request_invalid` if the request names a model for plans,
 * or none where there are several.
 */
export function findLadder(
  asking: Asking,
  request: DecisionRequest,
): Soon<Ladder> {
  let known: ModelRecord | null = null;
  const open = () =>
    request.model !== null
      ? openLadder(asking, request.model, request)
      : soleModel(asking, request).then((sole) => {
        known = sole;
        return openLadder(asking, sole.name, request);
      });
  return rescued(open, async (error) => {
    if (isCallersMistake(error)) throw error;
    const record = known ?? await findRecord(asking, request);
    const falls: RungFall[] = [{ from: "champion", cause: reasonOf(error) }];
    if (record !== null) return { rungs: [], frame: frameOf(record), falls };
    falls.push({ from: "static_rule", cause: "model_unknown" });
    return { rungs: [], frame: unknownFrame(request), falls };
  });
}

function openLadder(
  asking: Asking,
  name: string,
  request: DecisionRequest,
): Soon<Ladder> {
  const { scores, tenant, deadline } = asking;
  const opening = scores.champion(tenant, name, deadline.part(CONFIRM_SHARE));
  return whenThere(deadline.within(opening), (opened) => {
    const { kind } = frameOf(opened.champion.record);
    return whenThere(
      namedIn(asking, kind, name),
      (inCharge) => ladderOf(opened, inCharge, request),
    );
  });
}

/** A damaged champion is replaced where it is opened; the answer still says so. */
function ladderOf(
  { champion, previous, isUnconfirmed, trial = null }: OpenedChampion,
  inCharge: ModelRecord,
  request: DecisionRequest,
): Ladder {
  const frame = frameOf(champion.record);
  const falls: RungFall[] = isUnconfirmed
    ? [{ from: "champion", cause: UNCONFIRMED }]
    : [];
  if (inCharge.version !== champion.record.version) {
    falls.push({ from: "champion", cause: "artifact_corrupt" });
    return { rungs: [{ rung: "previous", scorer: champion }], frame, falls };
  }
  const first = { rung: "champion" as const, scorer: champion };
  const rungs: Ladder["rungs"] = previous?.record.use.kind === frame.kind
    ? [first, { rung: "previous", scorer: previous }]
    : [first];
  return joinTrial({ rungs, frame, falls }, trial, request);
}

function namedIn(
  { scores, tenant, deadline }: Asking,
  kind: DecisionUse["kind"],
  name: string | null,
): Soon<ModelRecord> {
  return deadline.within(
    scores.named(tenant, { kind, name }, deadline.part(CONFIRM_SHARE)),
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

function isCallersMistake(error: unknown): boolean {
  return error instanceof EngineError && error.code === "request_invalid";
}
