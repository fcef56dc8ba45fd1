/**
 * `/models`: what decides, and who let it.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { type Alias, ALIASES } from "../../domain/model_event.ts";
import { printModelRef } from "../../domain/score.ts";
import { nameField } from "../wire/fields.ts";
import {
  consistencyToJson,
  modelSchema,
  modelToJson,
  reviewedSchema,
} from "../wire/model_json.ts";
import { defineEndpoint, json, type KeyedEndpoint } from "./endpoint.ts";
import { present, versionField } from "./fields.ts";

const versionParams = z.strictObject({
  name: nameField,
  version: versionField,
});

/** Lists models. */
export const modelList = defineEndpoint({
  method: "get",
  path: "/models",
  tag: "Models and policies",
  summary: "List every version of every model",
  scope: "read",
  answers: [{
    status: 200,
    about: "The versions",
    schema: z.object({ models: z.array(modelSchema) }),
  }],
  failures: [],
  async run({ key }, { engine }) {
    const models = await engine.models.list(key.tenant);
    return json({ models: models.map(modelToJson) });
  },
});

/** Reads a model. */
export const modelRead = defineEndpoint({
  method: "get",
  path: "/models/{name}/{version}",
  tag: "Models and policies",
  summary: "Read one version of a model",
  scope: "read",
  params: versionParams,
  answers: [{ status: 200, about: "The version", schema: modelSchema }],
  failures: ["not_found"],
  async run({ key, params }, { engine }) {
    const ref = { name: params.name, version: Number(params.version) };
    const model = await engine.models.find(key.tenant, ref);
    return json(modelToJson(present(model, "model", printModelRef(ref))));
  },
});

type RoleQuery = z.ZodType<{ readonly as?: Alias | "none" | undefined }>;

const ROLE: RoleQuery = z.strictObject({
  as: z.enum([...ALIASES, "none"]).optional().openapi({
    description:
      "Role that it takes at once; champion unless given, so that it decides",
  }),
});
const NO_ROLE: RoleQuery = z.strictObject({});

/** Approve, reject. */
export const modelReviews: readonly KeyedEndpoint[] = [
  defineReview("approve", "Approve a pending version, so that it serves"),
  defineReview("reject", "Reject a pending version for good"),
];

function defineReview(
  word: "approve" | "reject",
  summary: string,
): KeyedEndpoint {
  return defineEndpoint({
    method: "post",
    path: `/models/{name}/{version}/${word}`,
    idempotency: "optional",
    tag: "Models and policies",
    summary,
    about: "By another holder than the one who trained it.",
    scope: "approve",
    params: versionParams,
    query: word === "approve" ? ROLE : NO_ROLE,
    answers: [{
      status: 200,
      about: "The version, and how the features that it reads are served",
      schema: reviewedSchema,
    }],
    failures: ["approval_invalid", "features_inconsistent", "not_found"],
    async run({ key, params, query: { as = "champion" } }, { engine }) {
      const ref = { name: params.name, version: Number(params.version) };
      const known = await engine.models.find(key.tenant, ref);
      present(known, "model", printModelRef(ref));
      const review = {
        by: key.name,
        at: engine.clock.now(),
        approve: word === "approve",
        alias: as === "none" ? null : as,
      };
      const model = await engine.models.review(key.tenant, ref, review);
      const read = await engine.trust.consistencyOf(key.tenant, model);
      const consistency = read.map(consistencyToJson);
      return json({ ...modelToJson(model), consistency });
    },
  });
}
