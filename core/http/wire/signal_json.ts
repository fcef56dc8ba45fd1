/**
 * What came in, on the wire: counts, dead letters, and the answer to a delivery.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Reject } from "../../domain/signal.ts";
import type {
  DeadLetter,
  KnownPerformance,
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
  original: z.string().openapi({
    description: "The record as it came, but for identifiers of people",
  }),
  context: z.string().nullable().openapi({
    description: "What else is needed to read it again",
  }),
  version: z.string().openapi({ description: "Which code could not read it" }),
}).openapi("DeadLetter");

/** A total as it was known. */
export const performanceSchema = z.object({
  row_key: z.string(),
  report: z.string(),
  level: z.string(),
  entities: z.record(z.string(), z.string()),
  day: z.string(),
  period_days: count,
  zone: z.string(),
  currency: z.string(),
  breakdowns: z.record(z.string(), z.string()),
  attribution: z.string(),
  metrics: z.record(z.string(), z.string()).openapi({
    description: "Whole numbers as text: counts, micros, millionths",
  }),
  revision: count,
  observed_at: instantField,
  maturity: z.enum(["provisional", "settling", "final"]),
}).openapi("Performance");

/** What a delivery changed. */
export const receiptSchema = z.object({
  inserted: count,
  restated: count,
  unchanged: count,
  vanished: count,
  events: count,
  duplicates: count,
  dead_letters: count,
  erased: count.openapi({
    description: "Signals and rejects of erased subjects, left out",
  }),
  rejected: z.array(z.object({
    index: count.nullable().openapi({
      description:
        "Which record of the delivery it was, from 0; null if its connector does not say",
    }),
    reason: z.string(),
    detail: z.string(),
  })),
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
  const { id, source, connector, observedAt, reason, detail } = letter;
  return {
    id,
    source,
    connector,
    observed_at: observedAt,
    reason,
    detail,
    original: letter.original,
    context: letter.context ?? null,
    version: letter.version,
  };
}

/**
 * Prints a total.
 *
 * @param known The total, and when it was known.
 * @returns JSON-like value.
 */
export function performanceToJson(
  { rowKey, revision, observedAt, maturity, signal }: KnownPerformance,
): z.input<typeof performanceSchema> {
  const { report, level, entities, day, periodDays, zone, currency } = signal;
  return {
    row_key: rowKey,
    report,
    level,
    entities: { ...entities },
    day,
    period_days: periodDays,
    zone,
    currency,
    breakdowns: { ...signal.breakdowns },
    attribution: signal.attribution,
    metrics: Object.fromEntries(
      Object.entries(signal.metrics).map(([name, total]) => [
        name,
        String(total),
      ]),
    ),
    revision,
    observed_at: observedAt,
    maturity,
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
    erased: report.erased ?? 0,
    rejected: report.rejected.map(({ index = null, reason, detail }) => ({
      index,
      reason,
      detail,
    })),
  };
}
