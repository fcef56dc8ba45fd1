/**
 * `/changes`: proposals to change what the engine runs by, and where they stand.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { actorOf } from "../access/actor.ts";
import {
  contentFromJson,
  proposalBody,
  restoringBody,
  rolloutFromJson,
  scopeQuery,
} from "../wire/change_body.ts";
import {
  changeEventSchema,
  changeEventToJson,
} from "../wire/change_event_json.ts";
import {
  changeSchema,
  changeStateField,
  changeToJson,
} from "../wire/change_json.ts";
import { reviewedChangeSchema } from "../wire/change_review_json.ts";
import { limitField } from "../wire/fields.ts";
import { reviewFor } from "./change_steps.ts";
import { defineEndpoint, json } from "./endpoint.ts";
import { idField, idParams, present } from "./fields.ts";
import { reach, refOf, scopeOf, TAG } from "./governed.ts";

const POLICIES = "policies";
const LIMIT = 100;

/** Lists changes. */
export const changeList = defineEndpoint({
  method: "get",
  path: "/changes",
  tag: TAG,
  summary: "List changes to policies, models and switches, latest first",
  scope: "read",
  query: scopeQuery.extend({
    state: changeStateField.optional(),
    subject: z.string().max(140).optional().openapi({ example: POLICIES }),
    before: idField.optional().openapi({
      description: "Changes older than this one; from the latest unless given",
    }),
    limit: limitField.openapi({ description: "At most so many; 100" }),
  }),
  answers: [{
    status: 200,
    about: "The changes",
    schema: z.object({ changes: z.array(changeSchema) }),
  }],
  failures: [],
  async run({ key, query }, { engine }) {
    const { state, subject, before, limit = LIMIT } = query;
    const changes = await engine.changes.list(scopeOf(key, query), {
      limit: Number(limit),
      ...before !== undefined && { before },
      ...state !== undefined && { states: [state] },
      ...subject !== undefined && { subject },
    });
    return json({ changes: changes.map(changeToJson) });
  },
});

/** Proposes a change. */
export const changePropose = defineEndpoint({
  method: "post",
  path: "/changes",
  idempotency: "optional",
  tag: TAG,
  summary: "Propose a change",
  about:
    "Keeps a draft, compared with what is active now. Nothing changes before it was checked, submitted, agreed with and activated. Policies that are unsound or fail a case are refused at once.",
  scope: "propose",
  query: scopeQuery,
  body: proposalBody,
  example: {
    kind: "policies",
    title: "No policies of our own",
    reason: "The deployment's are enough",
    content: { policies: [] },
    rollout: { shadow_hours: 24, canary_permille: 50, canary_hours: 24 },
  },
  answers: [{ status: 201, about: "The draft", schema: reviewedChangeSchema }],
  failures: ["approval_invalid", "policy_invalid"],
  async run({ key, query, body }, { engine }) {
    const { kind, title, reason, content, rollout } = body;
    const change = await engine.changes.propose(scopeOf(key, query), {
      ...{ kind, title, reason, by: actorOf(key) },
      subject: body.subject ?? POLICIES,
      content: contentFromJson(kind, content),
      ...rollout && { rollout: rolloutFromJson(rollout) },
    });
    return json(reviewFor(engine, key, change), 201);
  },
});

/** Reads a change. */
export const changeRead = defineEndpoint({
  method: "get",
  path: "/changes/{id}",
  tag: TAG,
  summary: "Read a change as a reviewer does",
  about:
    "With its evidence, what it changes in sentences, decisions that come out otherwise, who has yet to agree, and what an approval signs.",
  scope: "read",
  params: idParams,
  answers: [{ status: 200, about: "The change", schema: reviewedChangeSchema }],
  failures: ["not_found"],
  async run({ key, params }, { engine }) {
    return json(reviewFor(engine, key, await reach(engine, key, params.id)));
  },
});

/** Reads what a change puts in place of what. */
export const changeContent = defineEndpoint({
  method: "get",
  path: "/changes/{id}/content",
  tag: TAG,
  summary: "Read what a change would put into force, and in place of what",
  scope: "read",
  params: idParams,
  answers: [{
    status: 200,
    about: "Both contents whole; of policies alone, a list of them",
    schema: z.object({
      content: z.unknown(),
      base: z.unknown().openapi({ description: "null for nothing" }),
    }),
  }],
  failures: ["not_found"],
  async run({ key, params }, { engine: { changes } }) {
    const { content, base } = await reach({ changes }, key, params.id);
    const [text, before] = await Promise.all([
      changes.content(content),
      base === null ? "null" : changes.content(base),
    ]);
    return json({
      content: JSON.parse(present(text, "content", content)),
      base: JSON.parse(present(before, "content", `${base}`)),
    });
  },
});

/** Reads what happened to a change. */
export const changeHistory = defineEndpoint({
  method: "get",
  path: "/changes/{id}/history",
  tag: TAG,
  summary: "Read what happened to a change, by whom and why",
  scope: "read",
  params: idParams,
  answers: [{
    status: 200,
    about: "Its events, oldest first",
    schema: z.object({ events: z.array(changeEventSchema) }),
  }],
  failures: ["not_found"],
  async run({ key, params }, { engine }) {
    const change = await reach(engine, key, params.id);
    const events = await engine.changes.history(refOf(change));
    return json({ events: events.map(changeEventToJson) });
  },
});

/** Puts policies into force that were so before. */
export const policyRollback = defineEndpoint({
  method: "post",
  path: "/policies/rollback",
  idempotency: "optional",
  tag: TAG,
  summary: "Put policies back into force that were so before",
  about:
    "One person, at once; another says afterwards that it was looked at, and nothing else goes into force until then.",
  scope: "approve",
  query: scopeQuery,
  body: restoringBody,
  answers: [{
    status: 200,
    about: "The rollback, in force",
    schema: reviewedChangeSchema,
  }],
  failures: ["approval_invalid", "not_found"],
  async run({ key, query, body }, { engine }) {
    const change = await engine.changes.rollBack(scopeOf(key, query), {
      ...{ kind: POLICIES, subject: POLICIES, ...body },
      by: actorOf(key),
    });
    return json(reviewFor(engine, key, change));
  },
});
