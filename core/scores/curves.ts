/**
 * Response curves as an artifact keeps them: JSON, checked before it is believed.
 *
 * @module
 */
import { z } from "zod";
import { type EntityKey, parseEntityKey } from "../domain/entity.ts";
import type { FittedCurve, ResponseCurve } from "../domain/score.ts";
import type { ResponseCurves } from "../domain/score.ts";

const amount = z.number().nonnegative();
const positive = z.number().positive();

const entity = z.string().transform((text, context): EntityKey => {
  try {
    parseEntityKey(text);
  } catch {
    context.addIssue({ code: "custom", message: "expected type:id" });
    return z.NEVER;
  }
  return text as EntityKey;
});

const curve: z.ZodType<ResponseCurve> = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("hill"),
    ceiling: amount,
    half: positive,
    slope: positive,
  }),
  z.strictObject({
    type: z.literal("logistic"),
    ceiling: amount,
    rate: amount,
  }),
  z.strictObject({
    type: z.literal("michaelis_menten"),
    ceiling: amount,
    half: positive,
  }),
]);

/** Bounds of what an artifact may hold: a year of daily carry-over, and draws. */
const MOST_LAGS = 400;
const MOST_DRAWS = 1000;
/** Shares of the effect sum to 1 up to rounding. */
const ROUNDING = 1e-6;

const carryOver = z.array(amount).min(1).max(MOST_LAGS).refine(
  (shares) =>
    Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) <= ROUNDING,
  "shares of the effect must sum to 1",
);

const fitted = z.strictObject({
  entity,
  parent: entity.nullable(),
  curve,
  decay: z.number().min(0).lt(1),
  carryOver: z.exactOptional(carryOver),
  draws: z.exactOptional(z.array(curve).min(1).max(MOST_DRAWS)),
  seenMicros: z.tuple([amount, amount]),
}) satisfies z.ZodType<FittedCurve>;

const curvesSchema: z.ZodType<ResponseCurves> = z.strictObject({
  outcome: z.string().min(1),
  curves: z.array(fitted).min(1).refine(
    (curves) => new Set(curves.map(({ draws }) => draws?.length)).size === 1,
    "all curves must have as many draws, or none",
  ),
});

/**
 * Reads curves.
 *
 * @param bytes The artifact.
 * @returns Curves, each with its entity.
 * @throws {Error} If it is not JSON, or a curve is no curve.
 */
export function parseCurves(bytes: Uint8Array): ResponseCurves {
  return curvesSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
}
