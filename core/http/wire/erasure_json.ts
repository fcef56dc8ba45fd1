/**
 * Erasures on the wire. They name nobody.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Erasure } from "../../ports/erasure.ts";
import { instantField } from "./fields.ts";

const MAX_SUBJECTS = 100;

const count = z.int().nonnegative();

/** Whom to erase. */
export const erasureBody = z.strictObject({
  subjects: z.array(z.string().min(1).max(1000)).min(1).max(MAX_SUBJECTS)
    .openapi({
      description:
        "E-mail addresses, phone numbers (with `+`), IP addresses, pseudonyms, or ids as sources give them",
    }),
});

/** The record of an erasure. */
export const erasureSchema = z.object({
  erasure_id: z.string(),
  at: instantField.openapi({
    description: "What was known of them up to this moment is gone",
  }),
  finished_at: instantField.nullable().openapi({
    description: "Null if it was interrupted: ask again for the same subjects",
  }),
  asked_by: z.string(),
  subjects: count,
  erased: z.object({
    events: count,
    performance: count,
    claims: count,
    dead_letters: count,
    answers: count,
    vectors: count,
    keys: count.openapi({
      description:
        "Keys destroyed: what they sealed, such as logged decisions, is unreadable",
    }),
  }),
  models: z.array(z.object({
    model_version: z.string().openapi({ example: "email_visit@3" }),
    rows: count.nullable().openapi({
      description: "Training rows that were theirs; null if nobody knows",
    }),
  })).openapi({
    description:
      "Models trained on them. Training sets are not kept, so these are what is left of them",
  }),
}).openapi("Erasure");

/**
 * Prints an erasure.
 *
 * @param record Its record.
 * @returns JSON-like value.
 */
export function erasureToJson(record: Erasure): z.input<typeof erasureSchema> {
  const { deadLetters, ...erased } = record.erased;
  return {
    erasure_id: record.id,
    at: record.at,
    finished_at: record.finishedAt,
    asked_by: record.askedBy,
    subjects: record.subjects,
    erased: { ...erased, dead_letters: deadLetters },
    models: record.models.map(({ model, rows }) => ({
      model_version: model,
      rows,
    })),
  };
}
