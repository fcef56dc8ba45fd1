/**
 * `/models/{name}/…`: who decides, who did, and how that is changed by two persons.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { parseInstant } from "../../domain/day.ts";
import { EngineError } from "../../domain/error.ts";
import { findBreak, rolesAt } from "../../domain/model_log.ts";
import { printModelRef } from "../../domain/score.ts";
import type { Engine } from "../../engine.ts";
import { evidenceSchema, evidenceToJson } from "../wire/evidence_json.ts";
import { nameField } from "../wire/fields.ts";
import { lookSchema, lookToJson } from "../wire/look_json.ts";
import {
  modelEventSchema,
  modelEventToJson,
  proposalBody,
  rolesSchema,
  rolesToJson,
  rollbackBody,
} from "../wire/model_event_json.ts";
import { defineEndpoint, json, type KeyedEndpoint } from "./endpoint.ts";
import { present, versionField } from "./fields.ts";

const TAG = "Models and policies";
const nameParams = z.strictObject({ name: nameField });

/** Reads a model's log. */
export const modelEvents = defineEndpoint({
  method: "get",
  path: "/models/{name}/events",
  tag: TAG,
  summary: "Read the log of a model",
  about:
    "Registrations, reviews, proposals and changes of roles, hash-chained. `sound` says whether every entry is as it was written.",
  scope: "read",
  params: nameParams,
  answers: [{
    status: 200,
    about: "The log, oldest first",
    schema: z.object({
      sound: z.boolean(),
      events: z.array(modelEventSchema),
    }),
  }],
  failures: ["not_found"],
  async run({ key, params }, { engine }) {
    const events = await knownEvents(engine, key.tenant, params.name);
    return json({
      sound: findBreak(key.tenant, events) === null,
      events: events.map(modelEventToJson),
    });
  },
});

/** Reads who has which role. */
export const modelRoles = defineEndpoint({
  method: "get",
  path: "/models/{name}/roles",
  tag: TAG,
  summary: "Read which version of a model has which role, or had it",
  scope: "read",
  params: nameParams,
  query: z.strictObject({
    at: z.string().max(40).refine(
      isInstant,
      "expected a moment with its zone, such as 2026-01-31T09:00:00Z",
    ).optional().openapi({ description: "The moment; now unless given" }),
  }),
  answers: [{
    status: 200,
    about: "Versions by role; null where nobody has it",
    schema: rolesSchema,
  }],
  failures: ["not_found"],
  async run({ key, params, query }, { engine }) {
    const { name } = params;
    const at = parseInstant(query.at ?? engine.clock.now());
    const events = await knownEvents(engine, key.tenant, name);
    return json(rolesToJson(name, rolesAt(events, at), at));
  },
});

/** Reads what speaks for a version. */
export const modelEvidence = defineEndpoint({
  method: "get",
  path: "/models/{name}/{version}/evidence",
  tag: TAG,
  summary: "Read what speaks for a version of a model",
  about:
    "Intervals of its metrics, reliability, slices, importance of inputs, findings, gates and trials.",
  scope: "read",
  params: z.strictObject({ name: nameField, version: versionField }),
  answers: [{ status: 200, about: "The evidence", schema: evidenceSchema }],
  failures: ["not_found"],
  async run({ key, params }, { engine }) {
    const ref = { name: params.name, version: Number(params.version) };
    const known = await engine.models.find(key.tenant, ref);
    present(known, "model", printModelRef(ref));
    return json(evidenceToJson(await engine.models.evidence(key.tenant, ref)));
  },
});

/** Reads what was found of a model that serves. */
export const modelLooks = defineEndpoint({
  method: "get",
  path: "/models/{name}/looks",
  tag: TAG,
  summary: "Read what was found of a model that serves",
  about:
    "Every day the champion is looked at: drift of inputs and score, calibration, performance on labels that came since. Every hour challenger and shadow are compared with it.",
  scope: "read",
  params: nameParams,
  answers: [{
    status: 200,
    about: "The latest hundred, latest first",
    schema: z.object({ looks: z.array(lookSchema) }),
  }],
  failures: ["not_found"],
  async run({ key, params: { name } }, { engine }) {
    await knownEvents(engine, key.tenant, name);
    const asked = { kind: null, limit: MOST_LOOKS };
    const looks = await engine.looks.latest(key.tenant, name, asked);
    return json({ looks: looks.map(lookToJson) });
  },
});

const MOST_LOOKS = 100;

/** Proposes a change of a role. */
export const modelPropose = defineEndpoint({
  method: "post",
  path: "/models/{name}/proposals",
  idempotency: "optional",
  tag: TAG,
  summary: "Propose that a role go to another version",
  about: "Nothing changes until another holder approves it.",
  scope: "approve",
  params: nameParams,
  body: proposalBody,
  example: {
    alias: "champion",
    version: 1,
    reason: "Better calibrated in the last four weeks",
  },
  answers: [{ status: 201, about: "The proposal", schema: modelEventSchema }],
  failures: ["approval_invalid", "not_found"],
  async run({ key, params: { name }, body }, { engine }) {
    await knownEvents(engine, key.tenant, name);
    const said = { by: key.name, at: engine.clock.now() };
    const change = { name, ...body, ...said };
    const event = await engine.models.propose(key.tenant, change);
    return json(modelEventToJson(event), 201);
  },
});

/** Approve, decline. */
export const modelSettlements: readonly KeyedEndpoint[] = [
  defineSettlement(
    "approve",
    "Give the role away as proposed",
    "By another holder than the one who proposed it; not if the role went elsewhere since.",
  ),
  defineSettlement(
    "decline",
    "Decline a proposal, or take it back",
    "Nothing changes.",
  ),
];

function defineSettlement(
  word: "approve" | "decline",
  summary: string,
  about: string,
): KeyedEndpoint {
  const failures = ["approval_invalid", "not_found"] as const;
  return defineEndpoint({
    method: "post",
    path: `/models/{name}/proposals/{seq}/${word}`,
    idempotency: "optional",
    ...{ tag: TAG, summary, about },
    scope: "approve",
    params: z.strictObject({ name: nameField, seq: versionField }),
    answers: [{
      status: 200,
      about: "What is written down",
      schema: modelEventSchema,
    }],
    failures: word === "approve"
      ? [...failures, "features_inconsistent"]
      : failures,
    async run({ key, params: { name, seq } }, { engine }) {
      const event = await engine.models.settle(
        key.tenant,
        { name, seq: Number(seq) },
        {
          by: key.name,
          at: engine.clock.now(),
          approve: word === "approve",
        },
      );
      return json(modelEventToJson(event));
    },
  });
}

/** Gives a role back. */
export const modelRollback = defineEndpoint({
  method: "post",
  path: "/models/{name}/rollback",
  idempotency: "optional",
  tag: TAG,
  summary: "Give a role back to the version that had it before, at once",
  about:
    "One holder is enough, as the version before was approved already. Once more goes back one further, unless `from` names the version that it is taken from.",
  scope: "approve",
  params: nameParams,
  body: rollbackBody,
  example: { alias: "champion", reason: "Bids twice what it should" },
  answers: [{
    status: 200,
    about: "What is written down",
    schema: modelEventSchema,
  }],
  failures: ["approval_invalid", "not_found"],
  async run({ key, params: { name }, body }, { engine }) {
    await knownEvents(engine, key.tenant, name);
    const said = { by: key.name, at: engine.clock.now() };
    const change = { name, ...body, ...said };
    const event = await engine.models.rollBack(key.tenant, change);
    return json(modelEventToJson(event));
  },
});

/** The log of a name that has one. */
async function knownEvents(engine: Engine, tenant: string, name: string) {
  const events = await engine.models.events(tenant, name);
  if (events.length > 0) return events;
  throw new EngineError(
    "not_found",
    `Cannot find model "${name}": the tenant has none by that name`,
    { facts: { model: name } },
  );
}

function isInstant(text: string): boolean {
  try {
    parseInstant(text);
    return true;
  } catch {
    return false;
  }
}
