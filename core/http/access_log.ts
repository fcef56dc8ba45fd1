/**
 * The access log: one line for every request, whatever became of it. Of those that are
 * refused because there is too much to do a few each second have one.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { ErrorCode } from "../domain/error.ts";
import type { KeepReason } from "../telemetry/keeping.ts";

/** One line of the access log. Paths appear as patterns, so no id or personal data does. */
export interface AccessEntry {
  /** When it was answered. */
  readonly at: Instant;
  /** `error` for what the operator must look at. */
  readonly level: "info" | "error";
  /** What happened. */
  readonly event: "request";
  /** The request's id, as answered in `x-request-id`. */
  readonly requestId: string;
  /** The caller's trace, or one that began here; null if nothing is observed. */
  readonly traceId: string | null;
  /** The caller's span, or null. */
  readonly parentId: string | null;
  /** Method, or `OTHER`. */
  readonly method: string;
  /** Path pattern; `none` when no route matched. */
  readonly route: string;
  /** HTTP status. */
  readonly status: number;
  /** From arrival to answer. */
  readonly durationMs: number;
  /** The caller's tenant, or null. */
  readonly tenant: string | null;
  /** Id of the caller's key, or null. */
  readonly key: string | null;
  /** Id of the decision that was taken, or null. */
  readonly decision: string | null;
  /** Why the request's trace was kept, or null. */
  readonly kept: KeepReason | null;
  /** Where the time of a kept request went, ms by stage; null of others. */
  readonly stages: Readonly<Record<string, number>> | null;
  /** Code of the problem, or null. */
  readonly code: ErrorCode | null;
  /** What went wrong inside, for the log alone; null unless the status is 500 or above. */
  readonly error: string | null;
}
