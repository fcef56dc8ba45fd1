/**
 * `/models/{name}/trial`: a version on trial beside the one in charge.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { nameField } from "../wire/fields.ts";
import { trialSchema, trialToJson } from "../wire/trial_json.ts";
import { defineEndpoint, json } from "./endpoint.ts";

/** Reads a trial. */
export const modelTrial = defineEndpoint({
  method: "get",
  path: "/models/{name}/trial",
  tag: "Models and policies",
  summary: "Read the trial of a model that runs, or else its latest",
  about:
    "What was seen of both sides, what came of the people on them with an interval that holds at every look at once, and what happens next.",
  scope: "read",
  params: z.strictObject({ name: nameField }),
  answers: [{ status: 200, about: "The trial", schema: trialSchema }],
  failures: ["not_found"],
  async run({ key, params: { name } }, { engine }) {
    return json(trialToJson(await engine.trials.report(key.tenant, name)));
  },
});
