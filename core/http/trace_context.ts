/**
 * What ties a request to its caller's trace and to its log line.
 *
 * @see https://www.w3.org/TR/trace-context-2/
 * @module
 */

const TRACEPARENT =
  /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Where a request stands in its caller's trace. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** The caller's span, 16 hexadecimal digits. */
  readonly parentId: string;
  /** Whether the caller records it. */
  readonly sampled: boolean;
  /** Whether the caller says that the trace's id was drawn by chance. */
  readonly isRandom: boolean;
}

/**
 * Reads a `traceparent` header.
 *
 * @param header What was sent.
 * @returns The context, or null if the header is absent or invalid (it is then ignored,
 * as the standard asks).
 */
export function parseTraceparent(
  header: string | undefined,
): TraceContext | null {
  const match = header === undefined ? null : TRACEPARENT.exec(header);
  if (!match) return null;
  const [, version = "", traceId = "", parentId = "", flags = "", rest] = match;
  const zero = /^0+$/;
  if (version === "ff" || zero.test(traceId) || zero.test(parentId)) {
    return null;
  }
  if (version === "00" && rest !== undefined) return null;
  const bits = parseInt(flags, 16);
  const [sampled, isRandom] = [(bits & 1) === 1, (bits & 2) === 2];
  return { traceId, parentId, sampled, isRandom };
}

/**
 * Takes over the caller's request id, if it is one.
 *
 * @param header `x-request-id` as sent.
 * @returns The id, or null if it is absent or has other than 1 to 64 letters, digits,
 * dots, dashes and underscores.
 */
export function parseRequestId(header: string | undefined): string | null {
  return header !== undefined && REQUEST_ID.test(header) ? header : null;
}
