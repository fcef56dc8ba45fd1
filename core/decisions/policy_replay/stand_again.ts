/**
 * A logged decision made ready to be settled under other policies: scores and bids as
 * they were logged, so that no model is asked again and only policies can differ.
 *
 * @module
 */
import type { DecisionRecord } from "../../domain/decision.ts";
import { type ModelRecord, printModelRef } from "../../domain/score.ts";
import type { Grounds } from "../grounds.ts";
import {
  actionsAsked,
  type DecisionUse,
  frameOf,
  type Scored,
} from "../score_candidates.ts";
import type { Standing } from "../score_rung.ts";

/** Grounds that lack the policies to be settled under, and what follows from them. */
export type Regrounded = Omit<Grounds, "policies" | "shared">;

/** Why a decision cannot be settled again. */
export type Unsettled = "model_unknown" | "score_unknown";

/**
 * Stands a decision on its logged scores.
 *
 * @param record As logged.
 * @param model Record of the model that answered; null if none did or it is gone.
 * @returns Grounds, or why there are none.
 */
export function standAgain(
  record: DecisionRecord,
  model: ModelRecord | null,
): Regrounded | Unsettled {
  const { tenant, request, decision } = record;
  const { at, features: readings, counts } = decision;
  const standing = standOn(record, model);
  if (typeof standing === "string") return standing;
  return {
    ...{ tenant, request, at, readings, standing },
    ...counts && { counts },
  };
}

function standOn(
  { request, decision, frame }: DecisionRecord,
  model: ModelRecord | null,
): Standing | Unsettled {
  const { rung, falls, modelVersion } = decision;
  if (modelVersion === null) {
    return frame ? { rung, falls, frame, scored: null } : "model_unknown";
  }
  if (model === null || printModelRef(model) !== modelVersion) {
    return "model_unknown";
  }
  const use = model.use as DecisionUse;
  const modelFrame = frameOf(model);
  const candidates = use.kind === "action"
    ? [...new Set([...actionsAsked(modelFrame, request), use.control])]
    : [null];
  const scores = new Map<string | null, number | null>(
    decision.actions.map(({ action, score }) => [action, score]),
  );
  const { recommendation } = decision;
  const chosen = recommendation.kind === "action"
    ? recommendation.action
    : null;
  if (!scores.has(chosen)) scores.set(chosen, decision.score);
  const values = Float64Array.from(
    candidates,
    (candidate) => scores.get(candidate) ?? NaN,
  );
  if (values.some((value, at) => Number.isNaN(value) && at < scores.size)) {
    return "score_unknown";
  }
  const scored: Scored = {
    ...{ record: model, use, candidates, values },
    ...decision.shading && { shading: decision.shading },
    ...decision.pacing && { pacing: decision.pacing },
  };
  return { rung, falls, frame: modelFrame, scored };
}
