/**
 * The shapes of the benchmark's problem files: parameters are those of the field's
 * papers (`beta`, `k`, `s`, `lam`); fields that say nothing of the problem are let be.
 *
 * @module
 */
import { z } from "zod";
import { amount, positive } from "./amounts_schema.ts";

const perEntity = z.array(amount);

const curve = z.discriminatedUnion("type", [
  z.object({ type: z.literal("hill"), beta: amount, k: positive, s: positive }),
  z.object({ type: z.literal("logistic"), beta: amount, lam: positive }),
  z.object({ type: z.literal("mm"), beta: amount, k: positive }),
], {
  error: (issue) =>
    issue.code === "invalid_union"
      ? 'expected "hill", "logistic" or "mm"'
      : undefined,
});

/** One curve each. */
export const BudgetFile = z.object({
  schema: z.literal("mmm-budget-bench/1"),
  budget: amount,
  channels: z.array(z.object({
    id: z.string().min(1),
    curve,
    lo: amount,
    hi: amount,
    ref: z.exactOptional(amount),
  })),
});

/** Draws of Hill curves, parameters of shape [entities][draws]. */
export const DrawsFile = z.object({
  schema: z.literal("mmm-budget-bench-draws/1"),
  budget: amount,
  lo: perEntity,
  hi: perEntity,
  ref: z.exactOptional(perEntity),
  beta: z.array(z.array(amount).min(1)),
  k: z.array(z.array(positive).min(1)),
  s: z.array(z.array(positive).min(1)),
});

/** Michaelis–Menten curves of geometric adstock, by week. */
export const FlightingFile = z.object({
  schema: z.literal("mmm-flighting-bench/1"),
  weeks: z.int().min(1).max(10_000),
  "l_max": z.int().min(1).max(10_000),
  budget: amount,
  alpha: z.array(z.number().min(0).lt(1)),
  beta: perEntity,
  k: z.array(positive),
  season: perEntity,
  history: z.array(perEntity),
  cap: perEntity,
  cmin: perEntity,
  cmax: perEntity,
  ramp: perEntity,
  ref: z.exactOptional(perEntity),
});

/** Columns in a file of 64-bit numbers beside this one. */
export const ColumnsFile = z.object({
  schema: z.literal("mmm-budget-bench-bin/1"),
  n: z.int().nonnegative(),
  budget: amount,
  columns: z.array(z.string()),
});
