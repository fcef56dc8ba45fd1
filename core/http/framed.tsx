/**
 * What pages of policies and changes look like: text beside its navigation.
 *
 * @module
 */
import { raw } from "hono/html";
import { DOCS_STYLE } from "./docs_style.ts";

/** A link of the navigation. */
export type Link = readonly [address: string, text: string];

/**
 * One page.
 *
 * @param page Its title, sections of its navigation (empty ones are left out), its text.
 * @returns The element `html`.
 */
export function Framed(
  { title, sections, children }: {
    title: string;
    sections: readonly (readonly [name: string, links: readonly Link[]])[];
    children?: unknown;
  },
) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <style>{raw(DOCS_STYLE)}</style>
      </head>
      <body>
        <div class="frame">
          <nav>
            <a class="name" href="#top">{title}</a>
            {sections.filter(([, links]) => links.length > 0).map((
              [name, links],
            ) => (
              <>
                <strong>{name}</strong>
                {links.map(([address, text]) => (
                  <a key={address} href={address}>{text}</a>
                ))}
              </>
            ))}
          </nav>
          <main>{children}</main>
        </div>
      </body>
    </html>
  );
}

/**
 * JSON, folded.
 *
 * @param folded What it is, and the value.
 * @returns An element.
 */
export function Folded(
  { summary, value }: { summary: string; value: unknown },
) {
  return (
    <details>
      <summary>{summary}</summary>
      <pre><code>{JSON.stringify(value, null, 2)}</code></pre>
    </details>
  );
}
