/**
 * One model's scores of all that may be chosen, in one batch.
 *
 * @module
 */
import type { Pacing } from "../domain/budget.ts";
import type {
  DecisionFrame,
  DecisionRequest,
  Shading,
} from "../domain/decision.ts";
import { EngineError } from "../domain/error.ts";
import type { FeatureReadings } from "../domain/feature.ts";
import type { ModelRecord, ModelUse } from "../domain/score.ts";
import { type Soon, whenThere } from "../domain/soon.ts";
import type { Scorer } from "../scores/scorer.ts";
import type { RowScores } from "../scores/session.ts";
import { proposeBid } from "./bid.ts";

/** A use that single decisions are taken with. */
export type DecisionUse = Extract<ModelUse, { kind: "bid" | "action" }>;

/** Scores of one model. */
export interface Scored {
  readonly record: ModelRecord;
  readonly use: DecisionUse;
  /** Actions in the order of the values; one null for a bid. */
  readonly candidates: readonly (string | null)[];
  readonly values: RowScores;
  /** What is bid in place of the worth; absent if nothing is shaded. */
  readonly shading?: Shading;
  /** How a budget paces the bid; absent if none governs it. */
  readonly pacing?: Pacing;
}

/** Doing nothing, where no model says what that is called. */
export const NO_ACTION = "none";
const BID: Scored["candidates"] = [null];

const frames = new WeakMap<ModelRecord, DecisionFrame>();
const choices = new WeakMap<DecisionFrame, Scored["candidates"]>();

/**
 * Says what a model is to decide; the same model always in the same frame.
 *
 * @throws {EngineError} `request_invalid` if it decides nothing by itself.
 */
export function frameOf(record: ModelRecord): DecisionFrame {
  const frame = frames.get(record) ?? makeFrame(record);
  frames.set(record, frame);
  return frame;
}

function makeFrame({ name, use }: ModelRecord): DecisionFrame {
  if (use.kind === "plan" || use.kind === "win") {
    const does = use.kind === "plan" ? "makes plans" : "tells what bids win";
    throw new EngineError(
      "request_invalid",
      `Cannot decide with model "${name}": it ${does}; name one for bids or actions in context.model`,
      { facts: { model: name } },
    );
  }
  const { kind, currency } = use;
  return kind === "bid"
    ? { model: name, kind, currency, actions: [], control: NO_ACTION }
    : {
      model: name,
      kind,
      currency,
      actions: use.actions,
      control: use.control,
    };
}

/**
 * Scores all candidates in one batch.
 *
 * @throws {EngineError} `model_unavailable` if a score is not a usable number.
 */
export function scoreWith(
  scorer: Scorer,
  request: DecisionRequest,
  readings: FeatureReadings,
): Soon<Scored> {
  const { record } = scorer;
  const frame = frameOf(record);
  const use = record.use as DecisionUse;
  const candidates = candidatesOf(frame, request);
  const inputs = record.schema.inputs.map(({ name }) =>
    readings[name]?.value ?? null
  );
  const scoring = scorer.score(
    candidates.map((action) => ({ values: inputs, action })),
  );
  return whenThere(scoring, (values) => {
    const scored = { record, use, candidates, values };
    if (isUsable(scored)) return scored;
    throw new EngineError(
      "model_unavailable",
      `Cannot use score of model "${record.name}": it is not finite, or too large`,
      { facts: { model: record.name, version: record.version } },
    );
  });
}

/** All that may be chosen, doing nothing last unless it is asked for. */
function candidatesOf(
  frame: DecisionFrame,
  request: DecisionRequest,
): Scored["candidates"] {
  if (frame.kind === "bid") return BID;
  const known = request.actions === null ? choices.get(frame) : undefined;
  if (known !== undefined) return known;
  const asked = [...actionsAsked(frame, request), frame.control];
  const candidates = [...new Set(asked)];
  if (request.actions === null) choices.set(frame, candidates);
  return candidates;
}

function isUsable({ use, values, candidates }: Scored): boolean {
  return values.length === candidates.length &&
    values.every((score) =>
      use.kind === "bid"
        ? proposeBid(score, use) !== null
        : Number.isSafeInteger(Math.floor(score * Number(use.valueMicros)))
    );
}

/**
 * Actions to choose among.
 *
 * @throws {EngineError} `request_invalid` if one is asked for that the model does not weigh.
 */
export function actionsAsked(
  { actions, model, control }: DecisionFrame,
  request: DecisionRequest,
): readonly string[] {
  if (request.actions === null) return actions;
  const unknown = request.actions.find((action) =>
    action !== control && !actions.includes(action)
  );
  if (unknown === undefined || model === null || actions.length === 0) {
    return [...new Set(request.actions)];
  }
  throw new EngineError(
    "request_invalid",
    `Cannot weigh action "${unknown}": model "${model}" weighs ${
      actions.join(", ")
    }`,
    { facts: { model } },
  );
}
