/**
 * What people see: lines, aligned tables and progress. Progress goes to standard
 * error and only where a person looks, so that output can be piped.
 *
 * @module
 */

/** Where a command writes. */
export interface Terminal {
  /** One line on standard output. */
  line(text: string): void;
  /** One line on standard error. */
  warn(text: string): void;
  /** How far a long run is; `share` in [0, 1] or null if unknown. */
  progress(step: string, share: number | null): void;
  /** Ends the progress line. */
  done(): void;
}

/** A column: its heading, and whether it holds numbers. */
export interface Column {
  readonly heading: string;
  readonly numeric?: boolean;
}

/**
 * Prints rows under headings, text to the left and numbers to the right.
 *
 * @param columns Headings.
 * @param rows Cells as text, shape [rows][columns].
 * @returns Lines of equal width without trailing spaces.
 */
export function printTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  const plain = rows.map((row) =>
    row.map((cell) => printPlain(cell).replaceAll(/[\n\t]/g, escapeCode))
  );
  const widths = columns.map(({ heading }, index) =>
    Math.max(
      heading.length,
      ...plain.map((row) => [...(row[index] ?? "")].length),
    )
  );
  const print = (cells: readonly string[]) =>
    columns.map(({ numeric }, index) => {
      const cell = cells[index] ?? "";
      const space = " ".repeat((widths[index] ?? 0) - [...cell].length);
      return numeric ? space + cell : cell + space;
    }).join("  ").trimEnd();
  return [
    print(columns.map(({ heading }) => heading)),
    print(widths.map((width) => "─".repeat(width))),
    ...plain.map(print),
  ];
}

/** What moves a cursor, hides or reorders text, or speaks to the terminal itself. */
const UNSEEN =
  // deno-lint-ignore no-control-regex -- they are what is looked for
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Escapes what others wrote, so that it is shown and not obeyed.
 *
 * @param text Any text; its lines stay lines.
 * @returns The text with what is unseen as `\\u001b`; JSON stays the same JSON.
 */
export function printPlain(text: string): string {
  return text.replaceAll(UNSEEN, escapeCode);
}

function escapeCode(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/**
 * Opens the terminal of this process.
 *
 * @returns A terminal on standard output and standard error.
 */
export function openTerminal(): Terminal {
  const encoder = new TextEncoder();
  const live = Deno.stderr.isTerminal();
  let open = false;
  function clear(): void {
    if (open) writeWhole(Deno.stderr, encoder.encode("\r\x1b[K"));
    open = false;
  }
  return {
    line(text) {
      clear();
      writeWhole(Deno.stdout, encoder.encode(`${printPlain(text)}\n`));
    },
    warn(text) {
      clear();
      writeWhole(Deno.stderr, encoder.encode(`${printPlain(text)}\n`));
    },
    progress(step, share) {
      if (!live) return;
      clear();
      writeWhole(Deno.stderr, encoder.encode(printProgress(step, share)));
      open = true;
    },
    done: clear,
  };
}

/** What of a stream is written to. */
export type Output = Pick<typeof Deno.stdout, "writeSync">;

/**
 * Writes all bytes; a reader that has gone, as `head` does, is no failure.
 *
 * @param stream Where to.
 * @param bytes What.
 */
export function writeWhole(stream: Output, bytes: Uint8Array): void {
  try {
    for (let from = 0; from < bytes.length;) {
      from += stream.writeSync(bytes.subarray(from));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/**
 * Prints a progress bar.
 *
 * @param step What is being done.
 * @param share How far, in [0, 1]; null if unknown.
 * @returns One line without a line break.
 */
export function printProgress(step: string, share: number | null): string {
  if (share === null) return `  … ${step}`;
  const filled = Math.round(Math.min(1, Math.max(0, share)) * 20);
  const bar = "█".repeat(filled) + "░".repeat(20 - filled);
  return `  ${bar} ${String(Math.round(share * 100)).padStart(3)} %  ${step}`;
}
