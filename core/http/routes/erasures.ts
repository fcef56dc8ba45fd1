/**
 * `/erasures`: people are taken out of what is kept. Identifiers come in the body, as
 * addresses end up in logs.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import {
  erasureBody,
  erasureSchema,
  erasureToJson,
} from "../wire/erasure_json.ts";
import { limitField } from "../wire/fields.ts";
import { defineEndpoint, json } from "./endpoint.ts";

const DEFAULT_LIMIT = 100;

/** Erases people. */
export const erasureMake = defineEndpoint({
  method: "post",
  path: "/erasures",
  tag: "Erasure",
  summary: "Erase people, and name the models that were trained on them",
  about:
    "Removes their events, totals, dead letters, kept answers, tiles and vectors, and computes again what others' features counted of them. What a source delivers again of before is left out, what happens later is taken. Repeated, it changes nothing; interrupted, it goes on when the same are asked for again. The log of decisions is a hash chain and stays as it is: where it is sealed, their keys are destroyed and what it says of them can no longer be read; where it is not, it keeps their pseudonyms as a legal record.",
  scope: "operate",
  work: "plan",
  body: erasureBody,
  namesPeople: true,
  example: { subjects: ["jane@example.org", "u-48151623"] },
  answers: [{ status: 200, about: "What is gone", schema: erasureSchema }],
  failures: ["configuration_invalid"],
  async run({ key, body }, { engine }) {
    const record = await engine.erase({
      tenant: key.tenant,
      subjects: body.subjects,
      by: key.id,
      report: () => {},
    });
    return json(erasureToJson(record));
  },
});

/** Lists erasures. */
export const erasureList = defineEndpoint({
  method: "get",
  path: "/erasures",
  tag: "Erasure",
  summary: "List the latest erasures; they name nobody",
  scope: "read",
  query: z.strictObject({ limit: limitField }),
  answers: [{
    status: 200,
    about: "Erasures, the latest first",
    schema: z.object({ erasures: z.array(erasureSchema) }),
  }],
  failures: [],
  async run({ key, query }, { engine }) {
    const limit = Number(query.limit ?? DEFAULT_LIMIT);
    const records = await engine.erasures.list(key.tenant, limit);
    return json({ erasures: records.map(erasureToJson) });
  },
});
