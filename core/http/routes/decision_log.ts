/**
 * `/decisions`: the log of decisions by what they are about, and what came of them.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { LOG_KINDS } from "../../domain/log_record.ts";
import { entityKeyField, limitField, momentField } from "../wire/fields.ts";
import {
  outcomeBody,
  outcomeFromJson,
  outcomeSchema,
  outcomeToJson,
} from "../wire/outcome_json.ts";
import { isInstant, parseInstant } from "../../domain/day.ts";
import { defineEndpoint, json } from "./endpoint.ts";
import { idParams } from "./fields.ts";

const TAG = "Decisions";
const LIMIT = 100;

const foundSchema = z.object({
  records: z.array(z.object({
    seq: z.int(),
    id: z.string(),
    at: z.string(),
    kind: z.enum(LOG_KINDS),
    record: z.record(z.string(), z.unknown()).nullable().openapi({
      description: "As it is logged; null if what it was about was erased",
    }),
  })),
  next: z.string().nullable().openapi({
    description:
      "To be given as `after` for the next page; null if this ends it",
  }),
}).openapi("FoundRecords");

const CURSOR = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)\/(\d{1,15})$/;

/** Finds decisions and what came of them. */
export const decisionFind = defineEndpoint({
  method: "get",
  path: "/decisions",
  tag: TAG,
  summary: "Find decisions by what they are about",
  about:
    "Records in the order of their moments, with the ids of people replaced by keyed hashes, and what else the operator masks, unless the key has `audit`. Every search is on record in the audit log.",
  scope: "read",
  act: true,
  query: z.strictObject({
    entity: entityKeyField.openapi({
      description: "What they are about, such as a campaign or a subject",
    }),
    from: momentField.optional().openapi({
      description: "From this moment on; from the first unless given",
    }),
    until: momentField.optional().openapi({
      description: "Before this moment; to the last unless given",
    }),
    kind: z.enum(LOG_KINDS).optional().openapi({
      description: "Only records of this kind; all unless given",
    }),
    after: z.string().regex(CURSOR, "expected `next` of the page before")
      .refine(
        (text) => isInstant(text.split("/")[0] ?? ""),
        "expected `next` of the page before",
      ).optional().openapi({ description: "`next` of the page before" }),
    limit: limitField,
  }),
  answers: [{ status: 200, about: "A page of records", schema: foundSchema }],
  failures: [],
  async run({ key, query }, { engine }) {
    const { entity, kind, from, until, after } = query;
    const limit = Number(query.limit ?? LIMIT);
    const records = await engine.decisions.many.search(key.tenant, {
      entities: [entity],
      ...{ limit, masked: !key.scopes.includes("audit") },
      ...kind && { kind },
      ...from !== undefined && { from: parseInstant(from) },
      ...until !== undefined && { until: parseInstant(until) },
      ...after !== undefined && { after: cursorOf(after) },
    });
    const last = records.length < limit ? undefined : records.at(-1);
    return json({
      records,
      next: last === undefined ? null : `${last.at}/${last.seq}`,
    });
  },
});

/** Takes what came of a decision. */
export const decisionOutcome = defineEndpoint({
  method: "post",
  path: "/decisions/{id}/outcomes",
  tag: TAG,
  summary: "Tell what came of a decision",
  about:
    "Becomes part of the log. Told again in the same words it changes nothing; otherwise it is refused.",
  scope: "ingest",
  act: false,
  params: idParams,
  body: outcomeBody,
  example: {
    id: "order-1",
    at: "2026-01-31T10:00:00Z",
    kind: "conversion",
    money: { micros: "25000000", currency: "EUR" },
  },
  idempotency: "optional",
  answers: [
    { status: 201, about: "It is part of the log", schema: outcomeSchema },
    { status: 200, about: "It was told before", schema: outcomeSchema },
  ],
  failures: ["idempotency_key_reused", "not_found", "record_erased"],
  async run({ key, params, body }, { engine }) {
    const outcome = outcomeFromJson(params.id, body);
    const told = { outcome, by: key.name };
    const isNew = await engine.decisions.outcomes.tell(key.tenant, told);
    return json(outcomeToJson(outcome), isNew ? 201 : 200);
  },
});

function cursorOf(text: string) {
  const [, at = "", seq] = CURSOR.exec(text) ?? [];
  return { at, seq: Number(seq) };
}
