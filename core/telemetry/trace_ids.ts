/**
 * Ids of traces and spans, from chance that is drawn for many at once.
 *
 * @module
 */

/** Bytes that are drawn at a time. */
const DRAWN_BYTES = 8192;

/** Makes ids; none is all zeros, which the standard calls invalid. */
export interface TraceIds {
  /** 32 hexadecimal digits. */
  trace(): string;
  /** 16 hexadecimal digits. */
  span(): string;
}

/**
 * Opens a source of ids.
 *
 * @param fill Fills bytes with chance.
 * @returns Ids, each of which depends on no other.
 */
export function createTraceIds(
  fill: (bytes: Uint8Array<ArrayBuffer>) => void = (bytes) =>
    void crypto.getRandomValues(bytes),
): TraceIds {
  const bytes = new Uint8Array(DRAWN_BYTES);
  let digits = "";
  let next = 0;
  function take(count: number): string {
    if (next + count > digits.length) {
      fill(bytes);
      digits = bytes.toHex();
      next = 0;
    }
    const text = digits.slice(next, next + count);
    next += count;
    return /[^0]/.test(text) ? text : `${text.slice(1)}1`;
  }
  return { trace: () => take(32), span: () => take(16) };
}
