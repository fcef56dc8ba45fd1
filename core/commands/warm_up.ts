/**
 * Before a server listens, what its first decisions would wait for: models are loaded,
 * policies compiled, connections open. Without it the first answers of a node that just
 * started are late, and so come from lower rungs or not at all.
 *
 * @module
 */
import { openDeadlines } from "../domain/deadline.ts";
import { EngineError } from "../domain/error.ts";
import type { Opened } from "./open.ts";
import { printError } from "./print_error.ts";

/** Longest that a start waits: what hangs must not keep a node from answering without it. */
const LONGEST_MS = 3000;
/** Tenants, those first that the log names first: no more models are kept loaded. */
const MOST_TENANTS = 32;

/** What is warmed. */
export interface WarmingScope {
  readonly engine: {
    readonly decisions: Pick<Opened["engine"]["decisions"], "prepare">;
    readonly models: Pick<Opened["engine"]["models"], "list">;
  };
  readonly stores: { readonly log: Pick<Opened["stores"]["log"], "tenants"> };
}

/**
 * Warms, tenant by tenant.
 *
 * @param opened The engine.
 * @param longestMs Longest it may take, ms; 3 s unless given.
 * @returns What was left cold and why, for the operator; null if all is warm.
 */
export async function warmUp(
  { engine, stores }: WarmingScope,
  longestMs: number = LONGEST_MS,
): Promise<string | null> {
  const deadline = openDeadlines().start(longestMs);
  const late = () =>
    new EngineError("deadline_exceeded", `it took more than ${longestMs} ms`);
  try {
    const tenants = await deadline.within(stores.log.tenants(), late);
    for (const tenant of tenants.slice(0, MOST_TENANTS)) {
      const models = await deadline.within(engine.models.list(tenant), late);
      await deadline.within(engine.decisions.prepare(tenant, models), late);
    }
    return null;
  } catch (error) {
    return `the first decisions may be late, as not all models are loaded: ${
      printError(error)
    }`;
  }
}
