/**
 * Headers of answers, as the OpenAPI document tells them.
 *
 * @module
 */
import { CODES, type ErrorCode } from "../domain/error.ts";

/** Each header that answers may have: its type, and what it says. */
export const ANSWER_HEADERS = {
  "Idempotency-Replayed": {
    schema: { type: "boolean" },
    description: "The effect is that of an earlier request with the same key",
  },
  "Retry-After": {
    schema: { type: "integer", minimum: 1 },
    description: "Seconds after which the same request may succeed",
  },
  "RateLimit-Policy": {
    schema: { type: "string" },
    description:
      'Quotas that count the request, such as `"tenant-requests";q=600;w=60`: 600 in 60 seconds; absent where the tenant has none',
  },
  "RateLimit": {
    schema: { type: "string" },
    description:
      'What is left of them, such as `"tenant-requests";r=17;t=23`: 17 for the next 23 seconds',
  },
} as const;

type HeaderName = keyof typeof ANSWER_HEADERS;

/** References to headers, by name. */
export type HeaderReferences = Readonly<Record<string, { $ref: string }>>;

/**
 * Tells the headers of an answer that is not a problem.
 *
 * @param endpoint Its route.
 * @returns References into the document.
 */
export function headersOfAnswer(
  { scope, idempotency = null }: {
    /** The scope that it asks for; null if anybody may ask. */
    readonly scope: string | null;
    /** Whether it takes an `Idempotency-Key`. */
    readonly idempotency?: string | null;
  },
): HeaderReferences {
  if (scope === null) return {};
  return refer(
    idempotency === null ? QUOTAS : ["Idempotency-Replayed", ...QUOTAS],
  );
}

/**
 * Tells the headers of a problem.
 *
 * @param codes Which problems share the status.
 * @returns References into the document.
 */
export function headersOfProblem(
  codes: readonly ErrorCode[],
): HeaderReferences {
  const isRetryable = codes.some((code) => CODES[code].retryable);
  return refer([
    ...isRetryable ? ["Retry-After"] as const : [],
    ...codes.includes("rate_limited") ? QUOTAS : [],
  ]);
}

const QUOTAS = ["RateLimit-Policy", "RateLimit"] as const;

function refer(names: readonly HeaderName[]): HeaderReferences {
  return Object.fromEntries(
    names.map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  );
}
