/**
 * Lines of the log, many in one write: what may wait does for a tenth of a second, so that
 * a request does not pay for a system call; what the operator must look at goes at once,
 * after the lines before it.
 *
 * @module
 */

/** Longest that a line waits. */
const WAIT_MS = 100;
/** Characters that are written at once when they are reached. */
const MOST_WAITING = 64 * 1024;

/** Writes lines in the order in which they come. */
export interface LogLines {
  /** One line that may wait. */
  add(line: string): void;
  /** Writes all that wait, and this. */
  now(line: string): void;
  /** Writes all that wait; to be called before the process ends. */
  flush(): void;
}

/**
 * Opens the lines.
 *
 * @param write Writes a text of one or more lines, without the last line break.
 * @returns The lines.
 */
export function createLogLines(write: (text: string) => void): LogLines {
  let waiting = "";
  let timer: ReturnType<typeof setTimeout> | null = null;
  function flush(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (waiting === "") return;
    const text = waiting;
    waiting = "";
    write(text);
  }
  function add(line: string): void {
    waiting = waiting === "" ? line : `${waiting}\n${line}`;
    if (waiting.length >= MOST_WAITING) flush();
    else timer ??= setTimeout(flush, WAIT_MS);
  }
  return {
    add,
    now(line) {
      add(line);
      flush();
    },
    flush,
  };
}
