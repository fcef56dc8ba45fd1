/**
 * Why a request under a caller's key is not carried out.
 *
 * @module
 */
import { EngineError } from "./error.ts";

/**
 * The key came with another request before.
 *
 * @returns `idempotency_key_reused`.
 */
export function keyReused(): EngineError {
  return new EngineError(
    "idempotency_key_reused",
    "Cannot reuse idempotency key: it came with another request; use a new key for a new request",
  );
}

/**
 * The first request with the key has not been answered yet.
 *
 * @returns `idempotency_key_in_flight`.
 */
export function keyInFlight(): EngineError {
  return new EngineError(
    "idempotency_key_in_flight",
    "Cannot answer yet: the first request with this idempotency key is under way; try again shortly",
  );
}
