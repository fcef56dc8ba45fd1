/**
 * Recommended bids in a batch, on the wire.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Engine } from "../../engine.ts";
import {
  appliedSchema,
  appliedToJson,
  decisionRequestFromJson,
  scoreBody,
} from "./decision_json.ts";
import {
  currencyField,
  microsField,
  microsText,
  printMicros,
} from "./fields.ts";

type Recommend = Engine["decisions"]["recommend"];
type BidBatch = Parameters<Recommend>[1];
type RecommendedBid = Awaited<ReturnType<Recommend>>[number];

const MOST_ENTITIES = 1000;
const DEFAULT_SPREAD = 200;
const DEFAULT_STEP = 1000;

/** Body of `POST /optimization/bids`. */
export const bidBatchBody = z.strictObject({
  entities: z.array(
    z.strictObject({
      ...scoreBody.shape,
      today_micros: microsField.optional().openapi({
        description: "Bid that is set now; none unless given",
      }),
    }),
  ).min(1).max(MOST_ENTITIES),
  spread_permille: z.int().min(0).max(1000).optional().openapi({
    description:
      `How far the value may be from what the model expects; ${DEFAULT_SPREAD} unless given`,
  }),
  step_permille: z.int().min(0).max(1000).optional().openapi({
    description:
      `Most that a bid moves from today's; ${DEFAULT_STEP} unless given`,
  }),
}).openapi("BidBatch");

/** Answer of `POST /optimization/bids`. */
export const bidBatchSchema = z.object({
  bids: z.array(
    z.object({
      currency: currencyField,
      low_micros: microsText,
      bid_micros: microsText,
      high_micros: microsText,
      cap_micros: microsText.nullable(),
      limited_by: z.enum([
        "step",
        "floor",
        "cap",
        "policy",
        "constraint",
        "budget",
      ]).nullable(),
      multiplier: z.number().nullable().openapi({
        description: "Value wanted per micro",
      }),
      score: z.number().nullable(),
      model_version: z.string().nullable(),
      budget_id: z.string().nullable(),
      policy_applied: z.array(appliedSchema),
    }).openapi("RecommendedBid"),
  ).openapi({ description: "One for each entity, in order" }),
}).openapi("RecommendedBids");

/**
 * Reads a batch.
 *
 * @param body The parsed body.
 * @returns What is asked for.
 */
export function bidBatchFromJson(
  body: z.output<typeof bidBatchBody>,
): BidBatch {
  return {
    asks: body.entities.map(({ today_micros: today, ...asked }) => ({
      request: decisionRequestFromJson(asked),
      todayMicros: today === undefined ? null : Number(today),
    })),
    options: {
      spreadPermille: body.spread_permille ?? DEFAULT_SPREAD,
      stepPermille: body.step_permille ?? DEFAULT_STEP,
    },
  };
}

/**
 * Prints recommended bids.
 *
 * @param bids One for each entity.
 * @returns JSON-like value.
 */
export function bidBatchToJson(
  bids: readonly RecommendedBid[],
): z.input<typeof bidBatchSchema> {
  return {
    bids: bids.map((bid) => ({
      currency: bid.currency,
      low_micros: String(bid.lowMicros),
      bid_micros: String(bid.bidMicros),
      high_micros: String(bid.highMicros),
      cap_micros: printMicros(bid.capMicros),
      limited_by: bid.limitedBy,
      multiplier: bid.multiplier,
      score: bid.score,
      model_version: bid.modelVersion,
      budget_id: bid.budget,
      policy_applied: bid.applied.map(appliedToJson),
    })),
  };
}
