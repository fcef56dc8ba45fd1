/**
 * `/audit`: everything that ever happened to changes, chained by hashes.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { scopeQuery } from "../wire/change_body.ts";
import {
  auditSchema,
  auditToJson,
  auditVerdictSchema,
  auditVerdictToJson,
} from "../wire/change_event_json.ts";
import { limitField } from "../wire/fields.ts";
import { defineEndpoint, json } from "./endpoint.ts";
import { scopeOf, TAG } from "./governed.ts";

const LIMIT = 100;

/** Reads the audit log. */
export const auditRead = defineEndpoint({
  method: "get",
  path: "/audit",
  act: true,
  tag: TAG,
  summary: "Read the audit log",
  about:
    "Acts that retention took are left out, and a record says so; what is told of changes stays.",
  scope: "audit",
  query: scopeQuery.extend({
    after: z.string().regex(
      /^(?:0|[1-9]\d{0,14})$/,
      "expected the number of a record, or 0",
    ).optional().openapi({
      description: "Records after this number; from the first unless given",
    }),
    limit: limitField,
  }),
  answers: [{
    status: 200,
    about: "Records, oldest first",
    schema: auditSchema,
  }],
  failures: [],
  async run({ key, query }, { engine: { changes } }) {
    const scope = scopeOf(key, query);
    const head = await changes.head(scope);
    const records = await changes.records(scope, {
      after: Number(query.after ?? 0),
      limit: Number(query.limit ?? LIMIT),
    });
    return json(auditToJson(records, head));
  },
});

/** Verifies the audit log. */
export const auditVerify = defineEndpoint({
  method: "get",
  path: "/audit/verify",
  tag: TAG,
  summary: "Verify the audit log",
  about:
    "Whether every record is as it was written and as checkpoints signed it, and whether what changes and pointers say of themselves is what the log says of them.",
  scope: "audit",
  work: "plan",
  query: scopeQuery,
  answers: [{
    status: 200,
    about: "Where it is not sound",
    schema: auditVerdictSchema,
  }],
  failures: [],
  async run({ key, query }, { engine }) {
    const found = await engine.verifyActs(scopeOf(key, query));
    return json(auditVerdictToJson(found));
  },
});
