/**
 * `POST /changes/{id}/…`: takes a change a step on. Whether it may be is the workflow's
 * to say; here is who may ask, and with which words.
 *
 * @module
 */
import type { z } from "@hono/zod-openapi";
import type { Actor, Change } from "../../domain/change.ts";
import type { ChangeActName } from "../../domain/change_event.ts";
import { parseInstant } from "../../domain/day.ts";
import type { ErrorCode } from "../../domain/error.ts";
import type { Engine } from "../../engine.ts";
import { actorOf } from "../access/actor.ts";
import {
  approvalBody,
  contentFromJson,
  editBody,
  reasonedBody,
  rebaseBody,
  requirementBody,
  rolloutFromJson,
  saidBody,
  scheduleBody,
} from "../wire/change_body.ts";
import {
  reviewedChangeSchema,
  reviewedChangeToJson,
} from "../wire/change_review_json.ts";
import type { Caller } from "../../ports/access.ts";
import { defineEndpoint, json, type KeyedEndpoint } from "./endpoint.ts";
import { idParams } from "./fields.ts";
import { reach, refOf, TAG } from "./governed.ts";

type Changes = Engine["changes"];

/** A step as callers know it. */
interface Step<B extends z.ZodType> {
  readonly word: string;
  readonly act: ChangeActName;
  readonly scope: "propose" | "approve";
  readonly summary: string;
  readonly about?: string;
  readonly body: B;
  readonly example?: unknown;
  readonly failures?: readonly ErrorCode[];
  take(
    changes: Changes,
    change: Change,
    said: { readonly by: Actor; readonly body: z.output<B> },
  ): Promise<Change>;
}

interface KnownStep {
  readonly word: string;
  readonly act: ChangeActName;
  readonly scope: "propose" | "approve";
  readonly endpoint: KeyedEndpoint;
}

/** A step of authors that takes nothing but, if they like, a reason. */
function plainStep(
  act: "submit" | "recall" | "withdraw" | "activate",
  summary: string,
  about: string,
): KnownStep {
  return defineStep({
    ...{ word: act, act, summary, about },
    scope: "propose",
    body: saidBody,
    take: (changes, change, { by, body }) =>
      changes.act(refOf(change), { ...reasonOf(body), act, by }),
  });
}

/** A step that must be explained. */
function reasonedStep(
  act: "return" | "reject" | "breach" | "acknowledge",
  told: Pick<KnownStep, "word" | "scope"> & {
    readonly summary: string;
    readonly about: string;
  },
): KnownStep {
  return defineStep({
    ...{ ...told, act },
    body: reasonedBody,
    take: (changes, change, { by, body: { reason } }) =>
      changes.act(refOf(change), { act, by, reason }),
  });
}

const STEPS: readonly KnownStep[] = [
  defineStep({
    word: "check",
    act: "check",
    scope: "propose",
    summary: "Find out what a change does",
    about:
      "Gathers the evidence of exactly this content and base. What is found wrong is in `evidence.problems`, and the change is a draft then.",
    body: saidBody,
    take: (changes, change, { by }) => changes.check(refOf(change), by),
  }),
  defineStep({
    word: "edit",
    act: "edit",
    scope: "propose",
    summary: "Write a change anew",
    about:
      "It is a draft again: what was checked or approved before does not hold any more. Whoever edits it cannot approve it.",
    body: editBody,
    failures: ["policy_invalid"],
    take: (changes, change, { by, body }) =>
      changes.edit(refOf(change), {
        ...{ by, ...contentOf(change, body), ...reasonOf(body) },
        ...body.title !== undefined && { title: body.title },
        ...body.rollout && { rollout: rolloutFromJson(body.rollout) },
      }),
  }),
  defineStep({
    word: "rebase",
    act: "rebase",
    scope: "propose",
    summary: "Compare a change with what is active now",
    about:
      "Merges both where they touch different policies; else the content must be given. It is a draft again.",
    body: rebaseBody,
    failures: ["policy_invalid"],
    take: (changes, change, { by, body }) =>
      changes.rebase(refOf(change), {
        ...{ by, ...contentOf(change, body), ...reasonOf(body) },
      }),
  }),
  plainStep(
    "submit",
    "Ask for review",
    "Of a change that was checked and has nothing to mend. Who has to agree is settled by what it does.",
  ),
  plainStep(
    "recall",
    "Take a change out of review",
    "By whoever wrote it, to go on writing; the round of review is void.",
  ),
  defineStep({
    word: "approve",
    act: "approve",
    scope: "approve",
    summary: "Agree with a change",
    about:
      "By a person who wrote none of it. `signs` is what the reviewer saw, as `GET /changes/{id}` told it; it is refused if the change is another by now.",
    body: approvalBody,
    take: (changes, change, { by, body }) =>
      changes.act(refOf(change), {
        ...{ act: "approve", by, signs: body.signs, ...reasonOf(body) },
      }),
  }),
  defineStep({
    word: "require",
    act: "require",
    scope: "approve",
    summary: "Want more people to agree with a change",
    about: "Who has to agree only grows.",
    body: requirementBody,
    take: (changes, change, { by, body: { reason, ...quorum } }) =>
      changes.act(refOf(change), { act: "require", by, quorum, reason }),
  }),
  reasonedStep("return", {
    word: "request-changes",
    scope: "approve",
    summary: "Want a change to be another",
    about: "It goes back to whoever wrote it.",
  }),
  reasonedStep("reject", {
    word: "reject",
    scope: "approve",
    summary: "Refuse a change for good",
    about: "By a person, with the reason.",
  }),
  plainStep(
    "withdraw",
    "Take a change back for good",
    "By whoever wrote it.",
  ),
  defineStep({
    word: "schedule",
    act: "schedule",
    scope: "propose",
    summary: "Let an approved change start by itself",
    about: "Not before the start that was agreed with.",
    body: scheduleBody,
    take: (changes, change, { by, body }) =>
      changes.act(refOf(change), {
        ...{ act: "schedule", by, ...reasonOf(body) },
        startAt: parseInstant(body.start_at),
      }),
  }),
  plainStep(
    "activate",
    "Take an approved change to its next stage",
    "Shadow, canary, in force, as its rollout says. If what it was compared with is not active any more it is suspended: rebase it.",
  ),
  reasonedStep("breach", {
    word: "end-trial",
    scope: "propose",
    summary: "End the trial of a change",
    about: "What is active goes on as before.",
  }),
  reasonedStep("acknowledge", {
    word: "acknowledge",
    scope: "approve",
    summary: "Say that a rollback was looked at",
    about:
      "By another person than who rolled back. Until then nothing else of its subject goes into force, but a further rollback.",
  }),
];

/** Every step. */
export const changeSteps: readonly KeyedEndpoint[] = STEPS.map(
  ({ endpoint }) => endpoint,
);

/**
 * Steps that a caller may try with a change as it stands.
 *
 * @param changes Where changes are.
 * @param key The caller's key.
 * @param change The change.
 * @returns Last words of their paths.
 */
export function permittedSteps(
  changes: Pick<Changes, "permitted">,
  key: Caller,
  change: Change,
): readonly string[] {
  const acts = changes.permitted(change, actorOf(key));
  return STEPS.filter(({ act, scope }) =>
    acts.includes(act) && key.scopes.includes(scope)
  ).map(({ word }) => word);
}

/**
 * Prints a change with its review, as the caller sees it.
 *
 * @param engine Where changes are.
 * @param key The caller's key.
 * @param change The change.
 * @returns JSON-like value.
 */
export function reviewFor(
  { changes }: Pick<Engine, "changes">,
  key: Caller,
  change: Change,
): ReturnType<typeof reviewedChangeToJson> {
  return reviewedChangeToJson(change, {
    review: changes.review(change),
    permitted: permittedSteps(changes, key, change),
  });
}

function defineStep<B extends z.ZodType>(
  { word, act, scope, take, failures = [], ...told }: Step<B>,
): KnownStep {
  const endpoint = defineEndpoint({
    ...told,
    method: "post",
    path: `/changes/{id}/${word}`,
    idempotency: "optional",
    tag: TAG,
    scope,
    params: idParams,
    answers: [{
      status: 200,
      about: "The change, as it stands then",
      schema: reviewedChangeSchema,
    }],
    failures: ["approval_invalid", "not_found", ...failures],
    async run({ key, params, body }, { engine }) {
      const change = await reach(engine, key, params.id);
      const by = actorOf(key);
      const said = { by, body: body as z.output<B> };
      const moved = await take(engine.changes, change, said);
      return json(reviewFor(engine, key, moved));
    },
  });
  return { word, act, scope, endpoint };
}

function reasonOf(body: { readonly reason?: string | undefined } | undefined) {
  return body?.reason === undefined ? {} : { reason: body.reason };
}

function contentOf(
  { kind }: Change,
  body: { readonly content?: unknown } | undefined,
) {
  if (body?.content === undefined) return {};
  return { content: contentFromJson(kind, body.content) };
}
