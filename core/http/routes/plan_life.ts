/**
 * `/optimization/plans/{id}/…`: move a plan on, and read what became of it.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { ErrorCode } from "../../domain/error.ts";
import { planSchema, planToJson } from "../wire/plan_json.ts";
import {
  guardrailLookSchema,
  guardrailLookToJson,
  planEventSchema,
  planEventToJson,
  progressSchema,
  progressToJson,
  stepBody,
} from "../wire/plan_life_json.ts";
import { defineEndpoint, json, type KeyedEndpoint } from "./endpoint.ts";
import { idParams } from "./fields.ts";

const TAG = "Optimization" as const;

interface Step {
  readonly done: string;
  readonly scope: "plan" | "approve" | "apply";
  readonly summary: string;
  readonly about: string;
  readonly failures: readonly ErrorCode[];
}

const READING = [
  "connector_failed",
  "source_refused",
  "source_throttled",
  "source_unavailable",
] as const;
const WRITING = ["change_drifted", ...READING, "plan_busy"] as const;

/** Validate, verify: the plan stays where it is unless something speaks against it. */
const CHECKS: readonly (Step & { readonly word: "validate" | "verify" })[] = [
  {
    word: "validate",
    done: "validated_again",
    scope: "plan",
    summary: "Validate a plan anew",
    about:
      "Policies in force judge every budget again, live values are compared with what the writes expect, and the model must still be champion. A plan that no longer validates is proposed again and must be approved again; `findings` say why. Findings of code `policy_review` do not speak against it, but ask for a person.",
    failures: READING,
  },
  {
    word: "verify",
    done: "verified",
    scope: "plan",
    summary: "Read an applied plan back from its destination",
    about: "Values that are no longer as they were written are in `findings`.",
    failures: READING,
  },
];

/** Approve, apply, roll back: who does it may say why. */
const MOVES: readonly (Step & {
  readonly word: "approve" | "apply" | "rollback";
})[] = [
  {
    word: "approve",
    done: "approved",
    scope: "approve",
    summary: "Approve a validated plan",
    about:
      "By another holder than the one who asked for it. Where findings are `policy_review`, the reason must name the id of each `rule` of theirs.",
    failures: ["approval_invalid"],
  },
  {
    word: "apply",
    done: "applied",
    scope: "apply",
    summary: "Apply an approved plan, or go on applying it",
    about:
      "Validates once more, writes the change set and reads every value back. Writes that stop half-way leave the plan `applying`; applying again goes on. Plans that were applied earlier to any of its entities are superseded.",
    failures: WRITING,
  },
  {
    word: "rollback",
    done: "rolled_back",
    scope: "apply",
    summary: "Roll a plan back, or go on rolling it back",
    about:
      "Writes the inverse of what took hold. A value that somebody else has moved since is left alone and named in `findings`.",
    failures: WRITING,
  },
];

/** Validate, approve, apply, roll back, verify. */
export const planSteps: readonly KeyedEndpoint[] = [
  ...CHECKS.map(({ word, done, ...told }) =>
    defineEndpoint({
      ...describeStep(word, told),
      async run({ key, params }, { engine, metrics }) {
        const plan = await engine.plans[word](key.tenant, params.id, key.name);
        metrics.plan(done);
        return json(planToJson(plan));
      },
    })
  ),
  ...MOVES.map(({ word, done, ...told }) =>
    defineEndpoint({
      ...describeStep(word, told),
      body: stepBody,
      async run({ key, params, body }, { engine, metrics }) {
        const { name: by, tenant } = key;
        const reason = body?.reason;
        const said = reason === undefined ? by : { by, reason };
        const plan = await engine.plans[word](tenant, params.id, said);
        metrics.plan(done);
        return json(planToJson(plan));
      },
    })
  ),
];

function describeStep(
  word: string,
  { failures, ...told }: Omit<Step, "done">,
) {
  return {
    ...told,
    method: "post" as const,
    work: "plan" as const,
    path: `/optimization/plans/{id}/${word}`,
    idempotency: "optional" as const,
    tag: TAG,
    params: idParams,
    answers: [{ status: 200, about: "The plan, moved on", schema: planSchema }],
    failures: ["not_found", "plan_state_invalid", ...failures] as const,
  };
}

/** Reads the moves of a plan. */
export const planHistory = defineEndpoint({
  method: "get",
  path: "/optimization/plans/{id}/history",
  tag: TAG,
  summary: "Read what became of a plan, by whom and why",
  scope: "read",
  params: idParams,
  answers: [{
    status: 200,
    about: "Its making and its moves, oldest first",
    schema: z.object({ events: z.array(planEventSchema) }),
  }],
  failures: ["not_found"],
  async run({ key, params }, { engine }) {
    const events = await engine.plans.history(key.tenant, params.id);
    return json({ events: events.map(planEventToJson) });
  },
});

/** Reads how far the writes of a plan have come. */
export const planProgress = defineEndpoint({
  method: "get",
  path: "/optimization/plans/{id}/progress",
  tag: TAG,
  summary: "Read how far the writes of a plan have come",
  scope: "read",
  params: idParams,
  answers: [{
    status: 200,
    about: "What was begun, each way",
    schema: progressSchema,
  }],
  failures: ["not_found"],
  run: async ({ key, params }, { engine }) =>
    json(progressToJson(await engine.plans.progress(key.tenant, params.id))),
});

/** Looks at the guardrails of a plan. */
export const planGuardrails = defineEndpoint({
  method: "get",
  path: "/optimization/plans/{id}/guardrails",
  tag: TAG,
  summary: "Look at the guardrails of a plan",
  about:
    "What happened since it was applied against the days before, with an interval that holds however often one looks. The server looks once a day and rolls the plan back when a bound is broken.",
  scope: "read",
  params: idParams,
  answers: [{
    status: 200,
    about: "Each guardrail as it stands now",
    schema: z.object({ guardrails: z.array(guardrailLookSchema) }),
  }],
  failures: ["dataset_invalid", "not_found"],
  async run({ key, params }, { engine }) {
    const looks = await engine.plans.guardrails(key.tenant, params.id);
    return json({ guardrails: looks.map(guardrailLookToJson) });
  },
});

/** Draws a plan. */
export const planPlot = defineEndpoint({
  method: "get",
  path: "/optimization/plans/{id}/plots/{plot}",
  tag: TAG,
  summary: "Draw a plan",
  about:
    "Response curves with today and the plan marked, budgets before and after, what other totals would bring, or spend against the plan.",
  scope: "read",
  params: idParams.extend({
    plot: z.enum(["curves", "allocation", "frontier", "pacing"]).openapi({
      param: { name: "plot", in: "path" },
    }),
  }),
  answers: [{
    status: 200,
    about: "The drawing",
    type: "image/svg+xml",
    schema: z.string(),
  }],
  failures: ["not_found"],
  async run({ key, params: { id, plot } }, { engine }) {
    const text = await engine.plans.plot(key.tenant, id, plot);
    return { status: 200, text, type: "image/svg+xml" };
  },
});
