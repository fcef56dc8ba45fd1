/**
 * Why a decision was taken, on the wire.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Engine } from "../../engine.ts";
import {
  appliedToJson,
  decisionSchema,
  recommendationToJson,
} from "./decision_json.ts";
import {
  explainedVerdictSchema,
  explainedVerdictToJson,
} from "./explained_verdict_json.ts";

type Explanation = Awaited<ReturnType<Engine["decisions"]["explain"]>>;

const value = z.union([z.number(), z.string(), z.null()]);

/** Answer of `GET /decisions/{id}/explanation`. */
export const explanationSchema = decisionSchema.pick({
  decision_id: true,
  recommended_action: true,
  recommended_bid: true,
  score: true,
  model_version: true,
  rung: true,
  falls: true,
  policy_applied: true,
  policy_set: true,
}).extend({
  summary: z.string().openapi({ description: "In plain words" }),
  contributions: z.array(z.object({
    feature: z.string(),
    value,
    status: z.enum(["fresh", "stale", "missing", "withheld", "given"]),
    typical: value.openapi({ description: "In training" }),
    score_at_typical: z.number(),
    effect: z.number().openapi({
      description: "What it adds, in the unit of the attribution",
    }),
  })).openapi({ description: "Strongest first" }),
  attribution: z.object({
    method: z.enum([
      "tree_shap",
      "tree_shap_typical",
      "linear_shap",
      "replace_typical",
    ]),
    unit: z.enum(["score", "log_odds", "log_score"]),
    base: z.number().nullable().openapi({
      description:
        "What all effects add up from, given the action; null if they need not: then each is the score less the score with the typical value in its place",
    }),
  }).nullable().openapi({
    description: "How the effects were found; null when no model answered",
  }),
  verdicts: z.array(explainedVerdictSchema).openapi({
    description: "What the policies said to each action weighed, or to the bid",
  }),
  same: z.boolean().openapi({
    description: "Whether the replay it is read off equals the logged decision",
  }),
}).openapi("Explanation");

/**
 * Prints why a decision was taken.
 *
 * @param explanation The reasons.
 * @returns JSON-like value.
 */
export function explanationToJson(
  explanation: Explanation,
): z.input<typeof explanationSchema> {
  return {
    decision_id: explanation.decisionId,
    summary: explanation.summary,
    ...recommendationToJson(explanation.recommendation),
    score: explanation.score,
    model_version: explanation.modelVersion,
    rung: explanation.rung,
    falls: explanation.falls.map(({ from, cause }) => ({ from, cause })),
    contributions: explanation.contributions.map(
      ({ scoreAtTypical, feature, value, status, typical, effect }) => ({
        feature,
        value,
        status,
        typical,
        score_at_typical: scoreAtTypical,
        effect,
      }),
    ),
    attribution: explanation.attribution,
    policy_applied: explanation.applied.map(appliedToJson),
    policy_set: explanation.policySet,
    verdicts: explanation.verdicts.map(explainedVerdictToJson),
    same: explanation.same,
  };
}
