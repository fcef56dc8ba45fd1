/**
 * Acts of people and services on record: that something begins before it does, and how it
 * ended. What cannot be put on record is not begun. What must work all the same, and the
 * end, do not wait for a log that hangs.
 *
 * @module
 */
import { type Act, actEvent } from "../domain/act.ts";
import { openDeadlines } from "../domain/deadline.ts";
import { EngineError } from "../domain/error.ts";
import type { Clock } from "../ports/clock.ts";
import type { GovernanceStore, Scope } from "../ports/governance.ts";

/** Longest that is waited for what need not be on record. */
const LONGEST_MS = 500;

/** Puts acts on record. */
export interface Acting {
  /**
   * Does something with its beginning and its end on record.
   *
   * @throws {EngineError} `store_unavailable` with nothing begun, if it cannot be put on
   * record; or what `work` throws.
   */
  <T>(act: ActInScope, work: () => Promise<T>): Promise<T>;
}

/** An act, and in whose log it goes. */
export interface ActInScope {
  readonly scope: Scope;
  readonly act: Act;
  /** That it must work while the database does not. */
  readonly evenUnrecorded?: boolean;
}

/** Puts acts on record in the audit log of their scope. */
export function createActing(
  store: Pick<GovernanceStore, "record">,
  clock: Clock,
): Acting {
  const deadlines = openDeadlines();
  return async ({ scope, act, evenUnrecorded = false }, work) => {
    const note = (end: string | null) =>
      store.record(scope, [actEvent(act, clock.now(), end)]);
    // What is missing then is told by the log itself.
    const tryNote = (end: string | null) =>
      deadlines.start(LONGEST_MS).within(note(end)).catch(() => {});
    await (evenUnrecorded ? tryNote(null) : note(null));
    try {
      const done = await work();
      await tryNote("done");
      return done;
    } catch (error) {
      const code = error instanceof EngineError ? error.code : "internal_error";
      await tryNote(code);
      throw error;
    }
  };
}
