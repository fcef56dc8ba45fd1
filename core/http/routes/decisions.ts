/**
 * `/decisions`: what was decided, why, and whether it would be decided again.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { DecisionRecord } from "../../domain/decision.ts";
import { EngineError } from "../../domain/error.ts";
import { decisionSchema, decisionToJson } from "../wire/decision_json.ts";
import { requestedSchema, requestedToJson } from "../wire/requested_json.ts";
import {
  explanationSchema,
  explanationToJson,
} from "../wire/explanation_json.ts";
import { outcomeSchema, outcomeToJson } from "../wire/outcome_json.ts";
import { defineEndpoint, json } from "./endpoint.ts";
import { idParams, present } from "./fields.ts";

const recordSchema = z.object({
  decision: decisionSchema,
  requested: requestedSchema,
  requested_by: z.string(),
});

const loggedSchema = recordSchema.extend({
  outcomes: z.array(outcomeSchema).openapi({
    description: "What came of it, in the order in which it was told",
  }),
  log: z.object({
    seq: z.int(),
    prev: z.string(),
    hash: z.string(),
  }).nullable().openapi({
    description:
      "Its place in the tenant's hash chain; null while it waits in a node's spool",
  }),
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
  about:
    "With the ids of people replaced by keyed hashes, and what else the operator masks, unless the key has `audit`.",
  scope: "read",
  params: idParams,
  answers: [{ status: 200, about: "The decision", schema: loggedSchema }],
  failures: ["log_tampered", "not_found", "record_erased"],
  async run({ key, params }, { engine: { decisions } }) {
    const found = await decisions.find(key.tenant, params.id);
    const { record, logged } = present(found, "decision", params.id);
    const shown = key.scopes.includes("audit")
      ? recordToJson(record)
      : maskedToJson(decisions.many.mask(key.tenant, record));
    const { seq, prev, hash } = logged;
    const isSpooled = seq === 0;
    const outcomes = isSpooled
      ? []
      : await decisions.outcomes.of(key.tenant, [params.id]);
    return json({
      ...shown,
      outcomes: outcomes.map(outcomeToJson),
      log: isSpooled ? null : { seq, prev, hash },
    });
  },
});

function recordToJson({ decision, request, by }: DecisionRecord) {
  return {
    decision: decisionToJson(decision),
    requested: requestedToJson(request),
    ["requested_by"]: by,
  };
}

/** Masks may take what an answer cannot be without; nothing is shown then. */
function maskedToJson(masked: unknown): ReturnType<typeof recordToJson> {
  try {
    const shown = recordToJson(masked as DecisionRecord);
    if (recordSchema.safeParse(shown).success) return shown;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  throw new EngineError(
    "access_denied",
    "Cannot show decision: what MOE_MASK masks is part of it; search for it, or use a key with the scope audit",
  );
}

/** Explains a decision. */
export const decisionExplain = defineEndpoint({
  method: "get",
  path: "/decisions/{id}/explanation",
  tag: "Decisions",
  summary: "Say why a decision was taken",
  about:
    "With the facts as they were read: for keys with `audit` alone, where the operator masks more than the ids of people.",
  scope: "read",
  params: idParams,
  answers: [{ status: 200, about: "The reasons", schema: explanationSchema }],
  failures: [
    "artifact_corrupt",
    "log_tampered",
    "model_unavailable",
    "not_found",
    "record_erased",
  ],
  async run({ key, params }, { engine }) {
    if (engine.decisions.many.isWidelyMasked && !key.scopes.includes("audit")) {
      throw new EngineError(
        "access_denied",
        "Cannot explain decision: its reasons name what MOE_MASK masks; use a key with the scope audit",
      );
    }
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
  scope: "audit",
  params: idParams,
  answers: [{ status: 200, about: "Both answers", schema: replaySchema }],
  failures: [
    "artifact_corrupt",
    "log_tampered",
    "model_unavailable",
    "not_found",
    "record_erased",
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
