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

const fitted: z.ZodType<FittedCurve> = z.strictObject({
  entity,
  parent: entity.nullable(),
  curve,
  decay: z.number().min(0).lt(1),
  seenMicros: z.tuple([amount, amount]),
});

const curvesSchema: z.ZodType<ResponseCurves> = z.strictObject({
  outcome: z.string().min(1),
  curves: z.array(fitted).min(1),
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
