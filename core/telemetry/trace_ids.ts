/**
 * Ids of traces and spans, from chance that is drawn for many at once.
 *
 * @module
 */

/** Bytes that are drawn at a time. */
const DRAWN_BYTES = 8192;

const HEX = Array.from(
  { length: 256 },
  (_, byte) => byte.toString(16).padStart(2, "0"),
);

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
  const drawn = new Uint8Array(DRAWN_BYTES);
  let next = DRAWN_BYTES;
  function take(bytes: number): string {
    if (next + bytes > DRAWN_BYTES) {
      fill(drawn);
      next = 0;
    }
    let text = "";
    for (const end = next + bytes; next < end; next++) {
      text += HEX[drawn[next] ?? 0];
    }
    return /[^0]/.test(text) ? text : `${text.slice(1)}1`;
  }
  return { trace: () => take(16), span: () => take(8) };
}
