/**
 * Failures as RFC 9457 problem details, one body for every error of the API.
 *
 * What a caller can act on is told in full; anything unforeseen becomes
 * `internal_error` with nothing of its message, which goes to the log alone.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457
 * @module
 */
import { EngineError, type ErrorCode } from "../domain/error.ts";

/** What each code means, for a person; the title of its problems. */
export const MEANINGS: Readonly<Record<ErrorCode, string>> = {
  access_denied: "The key lacks the scope or the purpose that is asked for",
  answer_lost: "The request was begun, and its answer was lost with the node",
  approval_invalid:
    "The workflow does not allow the step, or not to the caller",
  artifact_corrupt: "A stored artifact does not have its recorded hash",
  body_invalid: "The body is not acceptable JSON",
  body_too_large: "The body is larger than the server reads",
  change_drifted: "A value at the destination moved since the plan was made",
  configuration_invalid: "The engine's configuration is wrong",
  connector_failed: "A connector failed while it worked",
  credentials_invalid: "No valid API key came with the request",
  dataset_invalid: "The data cannot be learnt from",
  deadline_exceeded: "The request's time ran out before it could be answered",
  features_inconsistent:
    "What a model reads is served otherwise than it should",
  file_unreadable: "A file cannot be read",
  idempotency_key_in_flight: "A request with this key is still at work",
  idempotency_key_missing: "The route needs an Idempotency-Key header",
  idempotency_key_reused: "The key was used before with another request",
  internal_error: "Something unforeseen happened; the log has it",
  log_tampered: "The decision log's chain does not verify",
  mapping_invalid: "A mapping of columns is wrong",
  media_type_unsupported: "The body has another content type or encoding",
  method_not_allowed: "The path exists, but not with this method",
  model_invalid: "A model from elsewhere is not as declared",
  model_unavailable: "No approved model can answer",
  not_found: "There is no such thing in the caller's tenant",
  overloaded: "More is asked than can be answered in time; try again later",
  personal_data_refused: "A field looks like an e-mail address or phone number",
  plan_busy: "Another node is writing a plan of the tenant",
  plan_infeasible: "The constraints leave no plan",
  plan_state_invalid: "The plan is in a state that does not allow the step",
  plugin_invalid: "A plugin does not keep its contract",
  policy_invalid: "A policy file is wrong or fails its own cases",
  rate_limited: "The caller has used up a limit for now",
  record_erased: "The record was of somebody who is forgotten",
  request_invalid: "A field of the request is wrong",
  signature_invalid: "The delivery is not signed by its source",
  source_inconsistent: "A source contradicts itself",
  source_refused: "A source refuses what it was asked",
  source_throttled: "A source's quota has no room for now",
  source_too_large: "A source wants to be asked for less",
  source_truncated: "A source leaves rows out",
  source_unavailable: "A source does not answer",
  store_locked: "The store is in use by another process",
  store_unavailable: "The store does not answer",
  switched_off: "A kill switch stops it",
  view_invalid: "A feature view is declared wrongly",
} as const;

/** Content type of a problem. */
export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

/** One field that is wrong. */
export interface FieldError {
  /** Where in the body, path or query: `context.campaign`. */
  readonly path: string;
  /** What is wrong and what to send. */
  readonly message: string;
}

/** The body of every error. */
export interface Problem {
  /** Where the error is documented, relative to the server. */
  readonly type: string;
  /** What the code means; the same for every occurrence. */
  readonly title: string;
  /** The HTTP status. */
  readonly status: number;
  /** The error's stable name. */
  readonly code: ErrorCode;
  /** What happened this time. */
  readonly detail: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** Names and counts that help. */
  readonly facts: Readonly<Record<string, string | number>>;
  /** Fields that are wrong; empty when it is not about fields. */
  readonly errors: readonly FieldError[];
  /** Quotas that are used up, as `RateLimit-Policy` names them; absent if none is. */
  readonly "violated-policies"?: readonly string[];
}

/** A request whose fields are wrong, each of them named. */
export class FieldsInvalid extends EngineError {
  /** The fields. */
  readonly errors: readonly FieldError[];

  /**
   * Makes a failure.
   *
   * @param errors Fields that are wrong, at least one.
   */
  constructor(errors: readonly FieldError[]) {
    const [first] = errors;
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
    super(
      "request_invalid",
      `Cannot accept field "${first?.path}": ${first?.message}${more}`,
      { facts: { errors: errors.length } },
    );
    this.errors = errors;
  }
}

/** A request that is refused for a while. */
export class RetryLater extends EngineError {
  /** After how many whole seconds to try again. */
  readonly retryAfterSeconds: number;
  /** Names of the quotas that are used up; empty when it is not about quotas. */
  readonly violated: readonly string[];

  /**
   * Makes a failure.
   *
   * @param code Which failure.
   * @param message What could not be done.
   * @param options After how many seconds to try again, and what is used up.
   */
  constructor(
    code: ErrorCode,
    message: string,
    { retryAfterSeconds, violated = [] }: {
      readonly retryAfterSeconds: number;
      readonly violated?: readonly string[];
    },
  ) {
    super(code, message);
    this.retryAfterSeconds = retryAfterSeconds;
    this.violated = violated;
  }
}

/**
 * Turns anything thrown into a problem.
 *
 * @param error What was thrown.
 * @returns The problem; `internal_error` for anything but an {@link EngineError}.
 */
export function problemOf(error: unknown): Problem {
  const known = error instanceof EngineError ? error : new EngineError(
    "internal_error",
    "Cannot answer the request: something unforeseen happened",
  );
  const { code, status, retryable, message, facts } = known;
  return {
    type: `/docs#${code}`,
    title: MEANINGS[code],
    status,
    code,
    detail: status === 500 ? withoutInside(code) : message,
    retryable,
    facts: status === 500 ? {} : facts,
    errors: error instanceof FieldsInvalid ? error.errors : [],
    ...error instanceof RetryLater && error.violated.length > 0 &&
      { "violated-policies": error.violated },
  };
}

/**
 * Prints anything thrown as it is answered.
 *
 * @param error What was thrown.
 * @returns HTTP status and body.
 */
export function printProblem(
  error: unknown,
): { readonly status: number; readonly text: string } {
  const problem = problemOf(error);
  return { status: problem.status, text: JSON.stringify(problem) };
}

function withoutInside(code: ErrorCode): string {
  return `Cannot answer the request: ${MEANINGS[code].toLowerCase()}`;
}
