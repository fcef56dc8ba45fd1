/**
 * `/optimization/budgets`: what bids may spend, and how that goes.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import {
  reportsBody,
  reportsFromJson,
  reportsSchema,
} from "../wire/bid_json.ts";
import { budgetSchema, budgetToJson } from "../wire/budget_json.ts";
import { budgetBody, budgetFromJson } from "../wire/budget_terms_json.ts";
import { defineEndpoint, json, type KeyedEndpoint } from "./endpoint.ts";
import { idParams, present } from "./fields.ts";

const TAG = "Budgets and bids";

/** Keeps a budget. */
export const budgetPut = defineEndpoint({
  method: "put",
  path: "/optimization/budgets/{id}",
  idempotency: "optional",
  tag: TAG,
  summary: "Keep a budget that bids spend, or change it",
  about:
    "Bids for what it pays for are made under it within seconds on every node: value over its multiplier, reserved whole before they are answered, so that caps hold whatever is told late or never. Caps, end, bounds, target and what it pays for may change while it is spent; a cap that is lowered holds for what is not lent yet.",
  scope: "apply",
  params: idParams,
  body: budgetBody,
  example: {
    currency: "EUR",
    ["cap_micros"]: "70000000000",
    ["day_cap_micros"]: "10000000000",
    from: "2026-02-02T00:00:00+01:00",
    until: "2026-02-09T00:00:00+01:00",
    zone: "Europe/Berlin",
    ["pays_for"]: ["campaign:c-17"],
    bids: { ["most_micros"]: "5000000" },
  },
  answers: [{ status: 200, about: "The budget", schema: budgetSchema }],
  failures: [],
  async run({ key, params, body }, { engine }) {
    const terms = budgetFromJson(params.id, body);
    return json(budgetToJson(await engine.budgets.put(key.tenant, terms)));
  },
});

/** Lists budgets. */
export const budgetList = defineEndpoint({
  method: "get",
  path: "/optimization/budgets",
  tag: TAG,
  summary: "List budgets that bids spend",
  scope: "read",
  answers: [{
    status: 200,
    about: "Budgets, the oldest first",
    schema: z.object({ budgets: z.array(budgetSchema) }),
  }],
  failures: [],
  async run({ key }, { engine }) {
    const budgets = await engine.budgets.list(key.tenant);
    return json({ budgets: budgets.map(budgetToJson) });
  },
});

/** Reads a budget. */
export const budgetRead = defineEndpoint({
  method: "get",
  path: "/optimization/budgets/{id}",
  tag: TAG,
  summary: "Read a budget and how it stands",
  scope: "read",
  params: idParams,
  answers: [{ status: 200, about: "The budget", schema: budgetSchema }],
  failures: ["not_found"],
  async run({ key, params: { id } }, { engine }) {
    const found = await engine.budgets.find(key.tenant, id);
    return json(budgetToJson(present(found, "budget", id)));
  },
});

/** Close and resume. */
export const budgetSteps: readonly KeyedEndpoint[] = ([
  {
    word: "close",
    summary: "Close a budget",
    about:
      "Nothing is bid on it any more, nor without it for what it pays for, until another budget does.",
  },
  {
    word: "resume",
    summary: "Let a stopped budget go on",
    about:
      "An exchange that charged more than was bid stopped it; what was charged stays counted.",
  },
] as const).map(({ word, ...told }) =>
  defineEndpoint({
    ...told,
    method: "post",
    path: `/optimization/budgets/{id}/${word}`,
    idempotency: "optional",
    tag: TAG,
    scope: "apply",
    params: idParams,
    answers: [{ status: 200, about: "The budget", schema: budgetSchema }],
    failures: ["not_found"],
    async run({ key, params }, { engine }) {
      const budget = await engine.budgets[word](key.tenant, params.id);
      return json(budgetToJson(budget));
    },
  })
);

/** Takes an exchange's statement. */
export const budgetReports = defineEndpoint({
  method: "post",
  path: "/optimization/budgets/{id}/reports",
  act: false,
  tag: TAG,
  summary: "Settle a budget by an exchange's statement",
  about:
    "What bids were charged by slice. It ends reservations that no notice told of, and takes back what a node held that is gone, once the life of its last bid is over.",
  scope: "ingest",
  params: idParams,
  body: reportsBody,
  example: {
    slices: [{
      slice: "node_01KAZ7N4QJ8M0V9C3T5X1W2Y6R-0",
      before: "2026-01-31T09:00:00.000Z",
      ["charged_micros"]: "1250000",
    }],
  },
  answers: [{
    status: 200,
    about: "What each came to",
    schema: reportsSchema,
  }],
  failures: ["not_found"],
  async run({ key, params, body }, { engine }) {
    const told = reportsFromJson(body);
    const outcomes = await engine.budgets.reports(key.tenant, params.id, told);
    return json({
      slices: told.map(({ slice }, place) => ({
        slice,
        outcome: outcomes[place],
      })),
    });
  },
});
