/**
 * How the simulated Google Ads refuses: `google.rpc.Status` with a
 * `GoogleAdsFailure` among its details.
 *
 * @see https://github.com/googleapis/googleapis/blob/master/google/ads/googleads/v25/errors/errors.proto, read on 2026-11-26
 * @module
 */
import { jsonAnswer } from "./gate.ts";

/** One cause. */
export interface GoogleAdsError {
  /** Member of `errorCode`, such as `queryError`. */
  readonly kind: string;
  readonly code: string;
  readonly message: string;
  readonly path?: readonly {
    readonly fieldName: string;
    readonly index?: number;
  }[];
  readonly details?: unknown;
}

const STATUSES = {
  INVALID_ARGUMENT: [400, "Request contains an invalid argument."],
  UNAUTHENTICATED: [
    401,
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
  ],
  PERMISSION_DENIED: [403, "The caller does not have permission"],
  RESOURCE_EXHAUSTED: [429, "Resource has been exhausted (e.g. check quota)."],
} as const;

/** Refuses for causes; without any, as the front end does that never got to Google Ads. */
export function refusal(
  status: keyof typeof STATUSES,
  errors: readonly GoogleAdsError[],
  { message }: { readonly message?: string } = {},
): Response {
  const [code, usual] = STATUSES[status];
  const details = [{
    "@type":
      "type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure",
    errors: errors.map((error) => ({
      errorCode: { [error.kind]: error.code },
      message: error.message,
      ...(error.path && { location: { fieldPathElements: error.path } }),
      ...(error.details !== undefined && { details: error.details }),
    })),
    requestId: "made-up-request-id",
  }];
  return jsonAnswer({
    error: {
      code,
      message: message ?? usual,
      status,
      ...(errors.length > 0 && { details }),
    },
  }, { status: code });
}

/** Refuses a call that came too fast, the wait in the body. */
export function quotaRefusal(seconds: number): Response {
  return refusal("RESOURCE_EXHAUSTED", [{
    kind: "quotaError",
    code: "RESOURCE_TEMPORARILY_EXHAUSTED",
    message: `Too many requests. Retry in ${seconds} seconds.`,
    details: {
      quotaErrorDetails: {
        rateScope: "ACCOUNT",
        rateName: "Requests per service per method",
        retryDelay: `${seconds}s`,
      },
    },
  }]);
}

/** Answers a path that does not exist, in HTML as the front end does. */
export function notFound(): Response {
  return new Response("<!DOCTYPE html><title>Error 404</title>", {
    status: 404,
    headers: { "content-type": "text/html" },
  });
}
