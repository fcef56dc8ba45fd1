/**
 * An error as the server's log tells it.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";

/**
 * Prints an error for the log.
 *
 * @param error What was thrown.
 * @returns Code and message of a failure on purpose; where anything else was thrown.
 */
export function printError(error: unknown): string {
  return error instanceof EngineError
    ? `${error.code}: ${error.message}`
    : error instanceof Error
    ? error.stack ?? error.message
    : String(error);
}
