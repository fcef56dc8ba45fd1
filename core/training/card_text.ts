/**
 * Markdown of a card. Whatever a person or a source wrote is escaped.
 *
 * @module
 */

/** A heading and what is under it. */
export function section(title: string, body: string): string {
  return `## ${title}\n\n${body}`;
}

/** Paragraphs; empty ones are left out. */
export function paragraphs(all: readonly string[]): string {
  return all.filter((one) => one !== "").join("\n\n");
}

/** A list; empty items are left out. */
export function bullets(items: readonly string[]): string {
  return items.filter((item) => item !== "").map((item) => `- ${item}`)
    .join("\n");
}

/** A table of texts. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map(cell).join(" | ")} |`;
  return [line(headings), line(headings.map(() => "---")), ...rows.map(line)]
    .join("\n");
}

function cell(text: string): string {
  return text.startsWith("`") ? text.replaceAll("|", "\\|") : escape(text);
}

/** Text as code. */
export function code(text: string): string {
  return `\`${text.replaceAll("`", "'").replaceAll(/\s+/g, " ")}\``;
}

/** Text in which nothing is markup. */
export function escape(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#|!~]/g, (mark) => `\\${mark}`)
    .replaceAll(/\s+/g, " ");
}

/** A number to five digits. */
export function round(value: number): string {
  return `${Number(value.toPrecision(5))}`;
}
