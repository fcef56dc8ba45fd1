/**
 * Texts of a policy that do not say what a reader sees: those with characters that are
 * not seen or that turn others around, and those too long to be read.
 *
 * @see Boucher and Anderson, Trojan Source: Invisible Vulnerabilities (2021)
 * @module
 */

/** Most characters in a text, and in the name of a member. */
const MAX_TEXT = 500;

/** Control characters, those that change the direction, and those of no width. */
const UNSEEN =
  /[\p{Cc}\p{Bidi_Control}\u{AD}\u{200B}\u{2060}\u{FEFF}\u{E0000}-\u{E007F}]/u;

/** A text that is refused. */
export interface Illegible {
  /** Member in the file. */
  readonly path: string;
  readonly reason: string;
}

/**
 * Finds a text that is not legible. Facts of cases are left out: they may show what
 * becomes of such texts.
 *
 * @param content As parsed from JSON, not nested too deep.
 */
export function findIllegible(content: unknown, path = ""): Illegible | null {
  if (typeof content === "string") return judgeText(content, path);
  if (typeof content !== "object" || content === null) return null;
  for (const [name, value] of Object.entries(content)) {
    if (name === "facts") continue;
    const found = judgeText(name, path) ??
      findIllegible(value, placeOf(name, path, Array.isArray(content)));
    if (found !== null) return found;
  }
  return null;
}

function placeOf(name: string, above: string, isItem: boolean): string {
  if (isItem) return `${above}[${name}]`;
  return above === "" ? name : `${above}.${name}`;
}

function judgeText(text: string, path: string): Illegible | null {
  if (text.length > MAX_TEXT) {
    return { path, reason: `a text has more than ${MAX_TEXT} characters` };
  }
  const [unseen] = UNSEEN.exec(text) ?? [];
  if (unseen === undefined) return null;
  const code = (unseen.codePointAt(0) ?? 0).toString(16).toUpperCase();
  const reason = `a text holds the character U+${code.padStart(4, "0")}, ` +
    `which is not seen; leave it out`;
  return { path, reason };
}
