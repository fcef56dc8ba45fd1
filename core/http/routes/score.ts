/**
 * `POST /optimization/score`: one decision, taken and logged before it is answered.
 *
 * @module
 */
import type { Decision } from "../../domain/decision.ts";
import type { Metrics } from "../metrics.ts";
import {
  decisionRequestFromJson,
  decisionSchema,
  decisionToJson,
  scoreBody,
} from "../wire/decision_json.ts";
import { defineEndpoint, once } from "./endpoint.ts";

/** Takes a decision. */
export const score = defineEndpoint({
  method: "post",
  path: "/optimization/score",
  act: false,
  tag: "Optimization",
  summary: "Take a decision",
  about:
    "Scores the context with the champion model, applies the policies and the request's constraints, and answers what to do. The decision is in the log before it is answered. If models fail, the answer stands on a lower rung and says so.",
  scope: "score",
  ...{ work: "decide", hurried: true, counts: "decisions" },
  body: scoreBody,
  person: ["context", "subject"],
  example: {
    context: {
      model: "email_visit",
      channel: "email",
      campaign: "c-17",
      subject: "u-48151623",
    },
    features: { "request.hour": 9 },
    constraints: {
      frequency: { ["contacts_day"]: 0, ["contacts_week"]: 2 },
      compliance: { ["consent_email"]: true },
    },
  },
  idempotency: "optional",
  keepsAnswers: true,
  answers: [{ status: 200, about: "The decision", schema: decisionSchema }],
  failures: [
    "configuration_invalid",
    "idempotency_key_in_flight",
    "idempotency_key_reused",
    "model_unavailable",
    "not_found",
  ],
  async run(call, { engine, metrics }) {
    const { key, body, idempotent, deadline, times } = call;
    const { decision, answer, replayed } = await engine.decisions.decide(
      key.tenant,
      decisionRequestFromJson(body),
      { by: key.name, idempotent, deadline, times, render: printDecision },
    );
    if (replayed) metrics.replayed("/optimization/score");
    else if (decision !== null) {
      call.decided(decision);
      count(metrics, decision);
    }
    return once({ status: 200, text: answer }, replayed);
  },
});

function printDecision(decision: Decision): string {
  return JSON.stringify(decisionToJson(decision));
}

function count(metrics: Metrics, { rung, falls, pacing }: Decision): void {
  metrics.decision(rung, falls);
  if (pacing?.refusal) metrics.refused(pacing.refusal);
}
