/**
 * Features of the request: what a caller gives, made into what models read. In training
 * the same is made of the starting event's properties.
 *
 * @module
 */
import { type Instant, parseInstant } from "../domain/day.ts";
import type { Aggregation, FeatureValue } from "../domain/feature.ts";
import { scalarNumber, scalarText } from "../domain/scalar.ts";
import type { Scalar } from "../domain/signal.ts";

/** How a feature is made of the request. */
export type RequestAggregation = Extract<Aggregation, { how: "request" }>;

const HOUR_MS = 3_600_000;

/**
 * Computes a feature of the request.
 *
 * @param aggregation What to read, and as what. Text counts as a number if it is a
 * decimal; `hours_since` reads ISO 8601 with a zone.
 * @param given What was given, by name without `request.`.
 * @param at The request's moment.
 * @returns The value; null if it is not given or cannot be read so, for `log1p` if it
 * is below 0, and for `hours_since` if it is yet to come.
 */
export function requestValue(
  { of, as }: RequestAggregation,
  given: Readonly<Record<string, Scalar>>,
  at: Instant,
): FeatureValue {
  const value = Object.hasOwn(given, of) ? given[of] ?? null : null;
  if (as === "category") return scalarText(value);
  if (as === "hours_since") return hoursSince(value, at);
  const number = scalarNumber(value);
  if (as === "number" || number === null) return number;
  return number < 0 ? null : Math.log1p(number);
}

function hoursSince(value: Scalar, at: Instant): number | null {
  if (typeof value !== "string") return null;
  try {
    const passedMs = Date.parse(at) - Date.parse(parseInstant(value));
    return passedMs < 0 ? null : passedMs / HOUR_MS;
  } catch {
    return null;
  }
}
