/**
 * Every way the engine fails on purpose.
 *
 * @module
 */

/** Failures by name: the HTTP status that tells each, and whether the same request may succeed later. */
export const CODES = {
  access_denied: { status: 403, retryable: false },
  answer_lost: { status: 409, retryable: false },
  approval_invalid: { status: 409, retryable: false },
  artifact_corrupt: { status: 500, retryable: false },
  body_invalid: { status: 400, retryable: false },
  body_too_large: { status: 413, retryable: false },
  change_drifted: { status: 409, retryable: false },
  configuration_invalid: { status: 500, retryable: false },
  connector_failed: { status: 502, retryable: true },
  credentials_invalid: { status: 401, retryable: false },
  dataset_invalid: { status: 422, retryable: false },
  deadline_exceeded: { status: 504, retryable: true },
  features_inconsistent: { status: 409, retryable: false },
  file_unreadable: { status: 422, retryable: false },
  idempotency_key_in_flight: { status: 409, retryable: true },
  idempotency_key_missing: { status: 400, retryable: false },
  idempotency_key_reused: { status: 422, retryable: false },
  internal_error: { status: 500, retryable: true },
  log_tampered: { status: 500, retryable: false },
  mapping_invalid: { status: 422, retryable: false },
  media_type_unsupported: { status: 415, retryable: false },
  method_not_allowed: { status: 405, retryable: false },
  model_invalid: { status: 422, retryable: false },
  model_unavailable: { status: 409, retryable: false },
  not_found: { status: 404, retryable: false },
  overloaded: { status: 503, retryable: true },
  personal_data_refused: { status: 422, retryable: false },
  plan_busy: { status: 409, retryable: true },
  plan_infeasible: { status: 422, retryable: false },
  plan_state_invalid: { status: 409, retryable: false },
  plugin_invalid: { status: 500, retryable: false },
  policy_invalid: { status: 422, retryable: false },
  rate_limited: { status: 429, retryable: true },
  record_erased: { status: 410, retryable: false },
  request_invalid: { status: 422, retryable: false },
  signature_invalid: { status: 401, retryable: false },
  source_inconsistent: { status: 502, retryable: true },
  source_refused: { status: 502, retryable: false },
  source_throttled: { status: 503, retryable: true },
  source_too_large: { status: 502, retryable: false },
  source_truncated: { status: 502, retryable: false },
  source_unavailable: { status: 502, retryable: true },
  store_locked: { status: 503, retryable: true },
  store_unavailable: { status: 503, retryable: true },
  switched_off: { status: 409, retryable: false },
  view_invalid: { status: 422, retryable: false },
} as const;

/** Name of a failure; part of the public interface, never renamed. */
export type ErrorCode = keyof typeof CODES;

/** Names and counts that help a caller; never personal data, secrets or SQL. */
export type ErrorFacts = Readonly<Record<string, string | number>>;

/** A failure with a name, for callers to act on. */
export class EngineError extends Error {
  /** Which failure this is. */
  readonly code: ErrorCode;
  /** Names and counts that help; never personal data, secrets or SQL. */
  readonly facts: ErrorFacts;

  /**
   * Makes a failure.
   *
   * @param code Which failure.
   * @param message What could not be done, and with what: `Cannot <verb> <noun> "<value>": <reason>`.
   * @param options Facts for the caller, and the cause for the log.
   */
  constructor(
    code: ErrorCode,
    message: string,
    options: { facts?: ErrorFacts; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "EngineError";
    this.code = code;
    this.facts = options.facts ?? {};
  }

  /** HTTP status that tells the failure. */
  get status(): (typeof CODES)[ErrorCode]["status"] {
    return CODES[this.code].status;
  }

  /** Whether the same request may succeed later. */
  get retryable(): boolean {
    return CODES[this.code].retryable;
  }
}

/**
 * Whether a failure will come again, however often the same is tried: what it is about
 * is left as it is, and everything else goes on.
 *
 * @param error What was thrown.
 * @returns True for an {@link EngineError} that is not retryable.
 */
export function isRefusal(error: unknown): error is EngineError {
  return error instanceof EngineError && !error.retryable;
}
