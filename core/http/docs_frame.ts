/**
 * A page for people with the headers it needs: one style sheet, no scripts.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { DOCS_STYLE } from "./docs_style.ts";

/** The page and the headers it needs. */
export interface DocsPage {
  /** HTML. */
  readonly text: string;
  /** Its content type. */
  readonly type: string;
  /** A content security policy that allows its one style sheet and nothing else. */
  readonly headers: Readonly<Record<string, string>>;
}

const STYLE_HASH = createHash("sha256").update(DOCS_STYLE).digest("base64");

/**
 * Frames a page.
 *
 * @param html The element `html`, escaped; its one style sheet is `DOCS_STYLE`.
 * @returns The page.
 */
export function asPage(html: string): DocsPage {
  return {
    text: `<!DOCTYPE html>${html}`,
    type: "text/html; charset=utf-8",
    headers: {
      "referrer-policy": "no-referrer",
      "content-security-policy":
        `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    },
  };
}
