/**
 * `/decisions`: what was decided, why, and whether it would be decided again.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { decisionSchema, decisionToJson } from "../wire/decision_json.ts";
import { requestedSchema, requestedToJson } from "../wire/requested_json.ts";
import {
  explanationSchema,
  explanationToJson,
} from "../wire/explanation_json.ts";
import { defineEndpoint, json } from "./endpoint.ts";
import { idParams, present } from "./fields.ts";

const loggedSchema = z.object({
  decision: decisionSchema,
  requested: requestedSchema,
  requested_by: z.string(),
  log: z.object({
    seq: z.int(),
    prev: z.string(),
    hash: z.string(),
  }).openapi({ description: "Its place in the tenant's hash chain" }),
}).openapi("LoggedDecision");

const replaySchema = z.object({
  decision_id: z.string(),
  same: z.boolean(),
  differences: z.array(z.string()),
  logged: decisionSchema,
  replayed: decisionSchema,
}).openapi("Replay");

/** Reads a decision. */
export const decisionRead = defineEndpoint({
  method: "get",
  path: "/decisions/{id}",
  tag: "Decisions",
  summary: "Read a logged decision",
  scope: "read",
  params: idParams,
  answers: [{ status: 200, about: "The decision", schema: loggedSchema }],
  failures: ["not_found"],
  async run({ key, params }, { engine }) {
    const found = await engine.decisions.find(key.tenant, params.id);
    const { record, logged } = present(found, "decision", params.id);
    const { seq, prev, hash } = logged;
    return json({
      decision: decisionToJson(record.decision),
      requested: requestedToJson(record.request),
      ["requested_by"]: record.by,
      log: { seq, prev, hash },
    });
  },
});

/** Explains a decision. */
export const decisionExplain = defineEndpoint({
  method: "get",
  path: "/decisions/{id}/explanation",
  tag: "Decisions",
  summary: "Say why a decision was taken",
  scope: "read",
  params: idParams,
  answers: [{ status: 200, about: "The reasons", schema: explanationSchema }],
  failures: ["artifact_corrupt", "model_unavailable", "not_found"],
  async run({ key, params }, { engine }) {
    const reasons = await engine.decisions.explain(key.tenant, params.id);
    return json(explanationToJson(reasons));
  },
});

/** Replays a decision. */
export const decisionReplay = defineEndpoint({
  method: "post",
  path: "/decisions/{id}/replay",
  tag: "Decisions",
  summary: "Take a logged decision again, and compare",
  about:
    "From the logged request, feature values, model version and policies, as of the logged moment. Nothing is logged and nothing has an effect.",
  scope: "read",
  params: idParams,
  answers: [{ status: 200, about: "Both answers", schema: replaySchema }],
  failures: [
    "artifact_corrupt",
    "log_tampered",
    "model_unavailable",
    "not_found",
  ],
  async run({ key, params }, { engine }) {
    const { same, differences, logged, replayed } = await engine.decisions
      .replay(key.tenant, params.id);
    return json({
      ["decision_id"]: logged.id,
      same,
      differences,
      logged: decisionToJson(logged),
      replayed: decisionToJson(replayed),
    });
  },
});
