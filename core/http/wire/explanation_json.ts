/**
 * Why a decision was taken, on the wire.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";

/** TEMP. */
export const explanationSchema = z.record(z.string(), z.unknown());

/**
 * TEMP.
 */
export function explanationToJson(value: unknown) {
  return value;
}
