/**
 * What exchanges tell of bids, on the wire.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { parseInstant } from "../../domain/day.ts";
import type { Engine } from "../../engine.ts";
import { microsField, momentField } from "./fields.ts";

type Told<K extends "notices" | "outcomes"> = Parameters<
  Engine["budgets"][K]
>[1][number];
type SliceReport = Parameters<Engine["budgets"]["reports"]>[2][number];

const MOST_TOLD = 10_000;
/** Half of those that a budget remembers: a request that is sent again counts once. */
const MOST_OUTCOMES = 1000;

const bidField = z.string().min(1).max(250).openapi({
  description: "As the decision named it",
  example: "spring.node_01KAZ7N4QJ8M0V9C3T5X1W2Y6R-0.17",
});

/** Body of `POST /optimization/bids/notices`. */
export const noticesBody = z.strictObject({
  notices: z.array(
    z.discriminatedUnion("event", [
      z.strictObject({
        event: z.literal("win"),
        bid: bidField,
        charged_micros: microsField.openapi({ description: "Fees included" }),
      }),
      z.strictObject({ event: z.literal("loss"), bid: bidField }),
      z.strictObject({ event: z.literal("timeout"), bid: bidField }),
    ]),
  ).min(1).max(MOST_TOLD),
}).openapi("BidNotices");

/** Answer of `POST /optimization/bids/notices`. */
export const noticeCountsSchema = z.object({
  taken: z.int().openapi({ description: "By this node" }),
  routed: z.int().openapi({
    description: "Left in the budget's account for the node that sent the bid",
  }),
  unknown: z.int().openapi({ description: "Of no bid that is out" }),
}).openapi("NoticeCounts");

/** Body of `POST /optimization/bids/outcomes`. */
export const outcomesBody = z.strictObject({
  outcomes: z.array(z.strictObject({
    id: z.string().min(1).max(200).openapi({
      description: "Tells it from others, so that it counts once",
    }),
    bid: bidField,
    won_at: momentField.openapi({ description: "When the bid was won" }),
    value: z.number().min(-1e15).max(1e15).openapi({
      description:
        "Micros, or outcomes where the budget counts those; negative if taken back",
    }),
  })).min(1).max(MOST_OUTCOMES),
}).openapi("BidOutcomes");

/** Answer of `POST /optimization/bids/outcomes`. */
export const outcomeCountsSchema = z.object({
  booked: z.int(),
  repeated: z.int().openapi({ description: "Told before" }),
  unknown: z.int().openapi({
    description: "Of no budget, or of one that holds no return",
  }),
}).openapi("OutcomeCounts");

/** Body of `POST /optimization/budgets/{id}/reports`. */
export const reportsBody = z.strictObject({
  slices: z.array(z.strictObject({
    slice: z.string().min(1).max(100).openapi({
      description: "Middle part of what names its bids",
    }),
    before: momentField.openapi({
      description: "All bids sent before that moment are in it",
    }),
    charged_micros: microsField.openapi({
      description: "What they cost together, since the first",
    }),
  })).min(1).max(MOST_TOLD),
}).openapi("SpendReports");

/** Answer of `POST /optimization/budgets/{id}/reports`. */
export const reportsSchema = z.object({
  slices: z.array(z.object({
    slice: z.string(),
    outcome: z.enum(["taken", "routed", "reclaimed", "early", "unknown"]),
  })).openapi({
    description:
      "`taken` by this node; `routed` to the one that holds it; `reclaimed` from one that is gone; `early` while that one's last bid may still be charged",
  }),
}).openapi("ReportOutcomes");

/**
 * Reads notices.
 *
 * @param body The parsed body.
 * @returns Notices; a bid that came too late was lost.
 */
export function noticesFromJson(
  { notices }: z.output<typeof noticesBody>,
): Told<"notices">[] {
  return notices.map((notice) => ({
    bid: notice.bid,
    chargedMicros: notice.event === "win"
      ? Number(notice.charged_micros)
      : null,
  }));
}

/**
 * Reads outcomes.
 *
 * @param body The parsed body.
 * @returns Outcomes.
 */
export function outcomesFromJson(
  { outcomes }: z.output<typeof outcomesBody>,
): Told<"outcomes">[] {
  return outcomes.map(({ id, bid, won_at: wonAt, value }) => ({
    id,
    bid,
    wonAt: Date.parse(parseInstant(wonAt)),
    value,
  }));
}

/**
 * Reads a statement.
 *
 * @param body The parsed body.
 * @returns One report for each slice.
 */
export function reportsFromJson(
  { slices }: z.output<typeof reportsBody>,
): SliceReport[] {
  return slices.map(({ slice, before, charged_micros: charged }) => ({
    slice,
    before: Date.parse(parseInstant(before)),
    chargedMicros: Number(charged),
  }));
}
