/**
 * What came in, on the wire: counts, dead letters, and the answer to a delivery.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Reject } from "../../domain/signal.ts";
import type {
  DeadLetter,
  SignalCounts,
  WriteReport,
} from "../../ports/signals.ts";
import { instantField } from "./fields.ts";

const count = z.int().nonnegative();

/** How much a source has brought. */
export const countsSchema = z.object({
  source: z.string(),
  performance: count.openapi({ description: "Rows in force" }),
  revisions: count,
  events: count,
  dead_letters: z.record(z.string(), count).openapi({
    description: "By reason",
  }),
  last_observed_at: instantField.nullable(),
}).openapi("SignalCounts");

/** A record that waits for a repair. */
export const deadLetterSchema = z.object({
  id: z.string(),
  source: z.string(),
  connector: z.string(),
  observed_at: instantField,
  reason: z.string(),
  detail: z.string(),
  original: z.string().openapi({ description: "The record as it came" }),
}).openapi("DeadLetter");

/** What a delivery changed. */
export const receiptSchema = z.object({
  inserted: count,
  restated: count,
  unchanged: count,
  vanished: count,
  events: count,
  duplicates: count,
  dead_letters: count,
  rejected: z.array(z.object({ reason: z.string(), detail: z.string() })),
}).openapi("Receipt");

/**
 * Prints counts.
 *
 * @param counts Of one source.
 * @returns JSON-like value.
 */
export function countsToJson(
  counts: SignalCounts,
): z.input<typeof countsSchema> {
  return {
    source: counts.source,
    performance: counts.performance,
    revisions: counts.revisions,
    events: counts.events,
    dead_letters: { ...counts.deadLetters },
    last_observed_at: counts.lastObservedAt,
  };
}

/**
 * Prints a dead letter.
 *
 * @param letter The letter, its original included.
 * @returns JSON-like value.
 */
export function deadLetterToJson(
  letter: DeadLetter,
): z.input<typeof deadLetterSchema> {
  const { id, source, connector, observedAt, reason, detail, original } =
    letter;
  return {
    id,
    source,
    connector,
    observed_at: observedAt,
    reason,
    detail,
    original,
  };
}

/**
 * Prints what a delivery changed.
 *
 * @param report Counts, and the records refused; their originals are not repeated.
 * @returns JSON-like value.
 */
export function receiptToJson(
  report: WriteReport & { readonly rejected: readonly Reject[] },
): z.input<typeof receiptSchema> {
  const { inserted, restated, unchanged, vanished, events, duplicates } =
    report;
  return {
    inserted,
    restated,
    unchanged,
    vanished,
    events,
    duplicates,
    dead_letters: report.deadLetters,
    rejected: report.rejected.map(({ reason, detail }) => ({ reason, detail })),
  };
}
