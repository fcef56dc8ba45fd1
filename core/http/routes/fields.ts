/**
 * Parameters of paths, and what is said when a thing is not there.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { EngineError } from "../../domain/error.ts";

/** An id that the engine gave. */
export const idField = z.string().regex(
  /^[A-Za-z][A-Za-z0-9_-]{0,99}$/,
  "expected an id as the engine gave it",
);

/** A version's number. */
export const versionField = z.string().regex(
  /^[1-9]\d{0,8}$/,
  "expected 1, 2, 3, …",
);

/** Path with an id. */
export const idParams = z.strictObject({
  id: idField.openapi({
    param: { name: "id", in: "path" },
    description: "As the engine gave it",
  }),
});

/**
 * Takes what was found.
 *
 * @param found What a store answered.
 * @param noun What it is.
 * @param name What was asked for, as its schema let it through.
 * @returns It.
 * @throws {EngineError} `not_found` if it is null.
 */
export function present<T>(found: T | null, noun: string, name: string): T {
  if (found !== null) return found;
  throw new EngineError(
    "not_found",
    `Cannot find ${noun} "${name}": the tenant has none by that name`,
    { facts: { [noun]: name } },
  );
}
