/**
 * The quota as one source sees it.
 *
 * @module
 */
import type { HttpAnswer, QuotaScope } from "../../domain/source.ts";

/** A call that was let go. */
export interface AdmittedCall {
  /** Says how it ended; null if no answer came. To be told of every call. */
  ended(answer: HttpAnswer | null): void;
  /** Keeps the wait that its refusal asked for; told at once after it ended. */
  refused(scope: QuotaScope, waitSeconds: number | null): void;
}

/** What a source's calls are admitted by. */
export interface CallQuota {
  /**
   * Resolves when a call may go, which then must go at once.
   *
   * @throws {EngineError} `source_throttled` if that is too far off.
   */
  admit(path: string): Promise<AdmittedCall>;
}
