/**
 * The log: one JSON object in each line, so that no text from outside can begin a line or
 * move a terminal's cursor, and without what looks like a secret.
 *
 * @module
 */

/** How grave a line is, the least first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** How grave a line is. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One line. */
export interface LogLine {
  /** When. */
  readonly at: string;
  readonly level: LogLevel;
  /** What happened, as a word that does not change. */
  readonly event: string;
  /** Whose; null if it is of all. */
  readonly tenant?: string | null;
  /** What is told of it; may be text from outside. */
  readonly detail?: string;
  /** What went wrong; may be text from outside. */
  readonly error?: string | null;
}

const HIDDEN = "[secret]";
/** What looks like a secret: keys of ours, tokens, passwords in addresses. */
const SECRETS = [
  /\bmoe_[A-Za-z0-9]+_[A-Za-z0-9_-]{8,}/g,
  /\b(?:Bearer|Basic) +[A-Za-z0-9._~+/=-]{8,}/gi,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g,
  /(?<=:\/\/[^\s:/@]{0,64}:)[^\s@/]{1,256}(?=@)/g,
  /(?<=\b(?:password|passwd|secret|token|api_?key)["']?\s{0,4}[:=]\s{0,4}["']?)[^\s"',;&]{1,256}/gi,
];
/** Control characters that JSON leaves as they are, and terminals may obey. */
const CONTROLS = /[\u007f-\u009f\u2028\u2029]/g;

/**
 * Takes out what looks like a secret.
 *
 * @param text Any text.
 * @returns The text without.
 */
export function hideSecrets(text: string): string {
  return SECRETS.reduce((left, secret) => left.replace(secret, HIDDEN), text);
}

/**
 * Prints a line.
 *
 * @param line What to print, with whatever else belongs to the event.
 * @returns JSON without line breaks or control characters.
 */
export function printLine(line: LogLine): string {
  const { detail, error } = line;
  const shown = typeof detail === "string" || typeof error === "string"
    ? {
      ...line,
      ...typeof detail === "string" && { detail: hideSecrets(detail) },
      ...typeof error === "string" && { error: hideSecrets(error) },
    }
    : line;
  return JSON.stringify(shown).replace(
    CONTROLS,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * Whether a line is grave enough to be written.
 *
 * @param level Of the line.
 * @param least Of those that are written.
 * @returns Whether it is.
 */
export function isTold(level: LogLevel, least: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(least);
}
