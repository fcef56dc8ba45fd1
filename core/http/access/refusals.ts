/**
 * How callers are turned away; what they sent is never repeated.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { Caller, Scope } from "../../ports/access.ts";

/**
 * Somebody whom nothing vouches for.
 *
 * @param reason Why, without a value that was sent.
 * @returns `credentials_invalid`.
 */
export function unknownCaller(reason: string): EngineError {
  return new EngineError(
    "credentials_invalid",
    `Cannot admit caller: ${reason}`,
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
