/**
 * Bytes to lines of UTF-8, none longer than 16 MB in memory.
 *
 * @module
 */

/** Longest line, bytes. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;
/** What is kept of a longer one, bytes. */
const KEPT_BYTES = 4096;
const NEWLINE = 10;

/** One line, without its line break. */
export interface Line {
  /** Its text; its beginning if it is too long. */
  readonly text: string;
  /** Whether a line break ended it; false for the rest of what was cut off. */
  readonly whole: boolean;
  /** Why it cannot be read; null if it can. */
  readonly fault: "line_too_long" | "encoding_invalid" | null;
}

interface OpenLine {
  parts: Uint8Array[];
  length: number;
}

const strict = new TextDecoder("utf-8", { fatal: true });
const lenient = new TextDecoder();

/**
 * Splits bytes into lines.
 *
 * @param chunks Bytes.
 * @returns Lines in order; the last only if there is something in it.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Line> {
  let open: OpenLine = { parts: [], length: 0 };
  for await (const chunk of chunks) {
    let from = 0;
    while (true) {
      const end = chunk.indexOf(NEWLINE, from);
      extend(open, chunk.subarray(from, end < 0 ? chunk.length : end));
      if (end < 0) break;
      yield closeLine(open, true);
      open = { parts: [], length: 0 };
      from = end + 1;
    }
  }
  if (open.length > 0) yield closeLine(open, false);
}

function extend(line: OpenLine, bytes: Uint8Array): void {
  line.length += bytes.length;
  if (line.length <= MAX_LINE_BYTES) line.parts.push(bytes);
  else line.parts = [join(line.parts).slice(0, KEPT_BYTES)];
}

function closeLine({ parts, length }: OpenLine, whole: boolean): Line {
  const bytes = join(parts);
  if (length > MAX_LINE_BYTES) {
    return { text: lenient.decode(bytes), whole, fault: "line_too_long" };
  }
  try {
    return { text: strict.decode(bytes), whole, fault: null };
  } catch {
    return { text: lenient.decode(bytes), whole, fault: "encoding_invalid" };
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1 && parts[0]) return parts[0];
  const joined = new Uint8Array(
    parts.reduce((length, part) => length + part.length, 0),
  );
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
