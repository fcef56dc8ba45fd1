/**
 * Waiting for a database server that is only starting, as after a common reboot.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";

const PAUSE_MS = 250;

/** How the server says that it is not there yet, or not for long. */
const NOT_YET: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "CONNECT_TIMEOUT",
  "CONNECTION_CLOSED",
  "57P03",
  "53300",
]);

/**
 * Does work again while the server is not there, for a bounded time.
 *
 * @param work What needs the server; all or nothing.
 * @param budgetMs Longest to go on for; the last attempt may end later.
 * @returns What the work answers.
 * @throws {EngineError} `store_unavailable`, naming the time waited, if the server
 * did not come; any other failure at once.
 */
export async function awaitServer<T>(
  work: () => Promise<T>,
  budgetMs: number,
): Promise<T> {
  const until = performance.now() + budgetMs;
  while (true) {
    try {
      return await work();
    } catch (error) {
      if (!isNotYet(error)) throw error;
      if (performance.now() + PAUSE_MS > until) throw absent(error, budgetMs);
    }
    await new Promise((wake) => setTimeout(wake, PAUSE_MS));
  }
}

function isNotYet(error: unknown): error is EngineError {
  return error instanceof EngineError && NOT_YET.has(error.facts.cause);
}

function absent(cause: EngineError, budgetMs: number): EngineError {
  const code = cause.facts.cause ?? "";
  return new EngineError(
    "store_unavailable",
    `Cannot open the database: the server of DATABASE_URL did not answer for ${
      budgetMs / 1000
    } s (${code}); start it, or correct the address`,
    { facts: { cause: code }, cause },
  );
}
