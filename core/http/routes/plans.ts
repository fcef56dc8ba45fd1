/**
 * `/optimization/plan` and `/optimization/plans`: make a plan, and read it.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import {
  artifactSchema,
  artifactToJson,
  planSchema,
  planSummarySchema,
  planSummaryToJson,
  planToJson,
} from "../wire/plan_json.ts";
import { planBody, planRequestFromJson } from "../wire/plan_request_json.ts";
import { limitField } from "../wire/fields.ts";
import { defineEndpoint, json, once } from "./endpoint.ts";
import { idParams, present } from "./fields.ts";

const DEFAULT_LIMIT = 20;

/** Makes a plan. */
export const planMake = defineEndpoint({
  method: "post",
  path: "/optimization/plan",
  tag: "Optimization",
  summary: "Make a plan",
  about:
    "Divides the total among the entities so that the expected outcome is as high as the constraints allow, and proves how far from optimal it can be. Nothing is written to a destination until the plan is approved and applied.",
  scope: "plan",
  ...{ work: "plan", counts: "plans" },
  body: planBody,
  example: {
    period: { from: "2030-02-04", until: "2030-02-11" },
    total: { micros: "35000000000", currency: "EUR" },
    currency: "EUR",
    bounds: { "channel:search": { ["lo_micros"]: "5000000000" } },
  },
  idempotency: "required",
  keepsAnswers: true,
  answers: [{
    status: 201,
    about: "The plan, validated; proposed if something speaks against it",
    schema: planSchema,
  }],
  failures: [
    "connector_failed",
    "idempotency_key_in_flight",
    "idempotency_key_reused",
    "model_unavailable",
    "plan_infeasible",
    "source_unavailable",
  ],
  async run({ key, body, idempotent }, { engine, metrics }) {
    const { answer, replayed } = await engine.plans.make(
      key.tenant,
      planRequestFromJson(body),
      {
        by: key.name,
        idempotent,
        render: (plan) => JSON.stringify(planToJson(plan)),
      },
    );
    if (replayed) metrics.replayed("/optimization/plan");
    else metrics.plan("made");
    return once({ status: 201, text: answer }, replayed);
  },
});

/** Lists plans. */
export const planList = defineEndpoint({
  method: "get",
  path: "/optimization/plans",
  tag: "Optimization",
  summary: "List the latest plans",
  scope: "read",
  query: z.strictObject({ limit: limitField }),
  answers: [{
    status: 200,
    about: "Plans, the latest first, without their entities",
    schema: z.object({ plans: z.array(planSummarySchema) }),
  }],
  failures: [],
  async run({ key, query }, { engine }) {
    const limit = Number(query.limit ?? DEFAULT_LIMIT);
    const plans = await engine.plans.list(key.tenant, limit);
    return json({ plans: plans.map(planSummaryToJson) });
  },
});

/** Reads a plan. */
export const planRead = defineEndpoint({
  method: "get",
  path: "/optimization/plans/{id}",
  tag: "Optimization",
  summary: "Read a plan",
  scope: "read",
  params: idParams,
  answers: [{ status: 200, about: "The plan", schema: planSchema }],
  failures: ["not_found"],
  async run({ key, params }, { engine }) {
    const plan = await engine.plans.find(key.tenant, params.id);
    return json(planToJson(present(plan, "plan", params.id)));
  },
});

/** Reads what a plan writes. */
export const planArtifact = defineEndpoint({
  method: "get",
  path: "/optimization/plans/{id}/artifact",
  tag: "Optimization",
  summary: "Read a plan's configuration artifact",
  about:
    "The writes that apply the plan, each with the value it expects to find, and the inverse that undoes them.",
  scope: "read",
  params: idParams,
  answers: [{ status: 200, about: "The artifact", schema: artifactSchema }],
  failures: ["not_found"],
  async run({ key, params }, { engine }) {
    const plan = await engine.plans.find(key.tenant, params.id);
    return json(artifactToJson(present(plan, "plan", params.id)));
  },
});
