/**
 * `/optimization/bids`: bids in a batch, what became of bids, and what they brought.
 *
 * @module
 */
import {
  noticeCountsSchema,
  noticesBody,
  noticesFromJson,
  outcomeCountsSchema,
  outcomesBody,
  outcomesFromJson,
} from "../wire/bid_json.ts";
import {
  bidBatchBody,
  bidBatchFromJson,
  bidBatchSchema,
  bidBatchToJson,
} from "../wire/bid_batch_json.ts";
import { defineEndpoint, json } from "./endpoint.ts";

const TAG = "Budgets and bids";
const BID = "spring.node_01KAZ7N4QJ8M0V9C3T5X1W2Y6R-0.17";

/** Recommends bids in a batch. */
export const bidBatch = defineEndpoint({
  method: "post",
  path: "/optimization/bids",
  act: false,
  tag: TAG,
  summary: "Recommend bids for many entities",
  about:
    "For destinations that are set once a day: bid, range and what limited it. Nothing is decided, logged or reserved.",
  scope: "score",
  work: "decide",
  body: bidBatchBody,
  example: {
    entities: [{
      context: { model: "bidder", channel: "search", campaign: "c-17" },
      ["today_micros"]: "1200000",
    }],
    ["step_permille"]: 200,
  },
  answers: [{ status: 200, about: "The bids", schema: bidBatchSchema }],
  failures: ["not_found", "model_unavailable"],
  async run({ key, body, deadline }, { engine }) {
    const asked = { ...bidBatchFromJson(body), deadline };
    return json(
      bidBatchToJson(await engine.decisions.recommend(key.tenant, asked)),
    );
  },
});

/** Takes notices. */
export const bidNotices = defineEndpoint({
  method: "post",
  path: "/optimization/bids/notices",
  act: false,
  tag: TAG,
  summary: "Tell which bids won, lost or came too late",
  about:
    "Any node takes them, early, late, twice, in any order; what names no bid that is out is counted and left.",
  scope: "ingest",
  body: noticesBody,
  example: {
    notices: [
      { event: "win", bid: BID, ["charged_micros"]: "1250" },
      { event: "loss", bid: BID.replace(".17", ".18") },
    ],
  },
  answers: [{
    status: 200,
    about: "How many became what",
    schema: noticeCountsSchema,
  }],
  failures: [],
  async run({ key, body }, { engine, metrics }) {
    const told = noticesFromJson(body);
    const counts = await engine.budgets.notices(key.tenant, told);
    metrics.noticed(counts);
    return json(counts);
  },
});

/** Takes outcomes. */
export const bidOutcomes = defineEndpoint({
  method: "post",
  path: "/optimization/bids/outcomes",
  act: false,
  tag: TAG,
  summary: "Tell what won bids brought",
  about:
    "Corrects what a budget's target expects of its wins. An outcome counts once by its id, among the latest two thousand of its budget.",
  scope: "ingest",
  body: outcomesBody,
  example: {
    outcomes: [{
      id: "order-1",
      bid: BID,
      ["won_at"]: "2026-01-31T09:00:00.000Z",
      value: 25_000_000,
    }],
  },
  answers: [{
    status: 200,
    about: "How many were booked",
    schema: outcomeCountsSchema,
  }],
  failures: [],
  async run({ key, body }, { engine }) {
    const told = outcomesFromJson(body);
    return json(await engine.budgets.outcomes(key.tenant, told));
  },
});
