/**
 * How callers are turned away; what they sent is never repeated.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { Caller, Scope } from "../../ports/access.ts";

/** What whoever sends nothing that vouches for them is told. */
export const ASK_FOR_KEY = 'send "Authorization: Bearer moe_<id>_<secret>"';

/**
 * Somebody whom nothing vouches for.
 *
 * @param reason Why, without a value that was sent.
 * @param cause What went wrong, for the log.
 * @returns `credentials_invalid`.
 */
export function unknownCaller(reason: string, cause?: unknown): EngineError {
  return new EngineError(
    "credentials_invalid",
    `Cannot admit caller: ${reason}`,
    { cause },
  );
}

/**
 * Somebody known who may not do it.
 *
 * @param caller Who was admitted.
 * @param scope What the route asks for.
 * @returns `access_denied`.
 */
export function lacksScope({ id }: Caller, scope: Scope): EngineError {
  return new EngineError(
    "access_denied",
    `Cannot admit key "${id}": it lacks the scope "${scope}"`,
    { facts: { key: id, scope } },
  );
}
