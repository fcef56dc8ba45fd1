/**
 * SVG as text: elements, escaped text, and how wide a text will be.
 *
 * Colours of lines and areas read on white and on black; paper, ink and grid follow
 * the reader's colour scheme.
 *
 * @module
 */

/** Size of the letters, pixels. */
export const FONT_SIZE = 12;

const COLOURS = [
  "#3b82c4",
  "#e0892b",
  "#2a9d78",
  "#c8649b",
  "#8b6fc9",
  "#d55e3a",
  "#4fb3d9",
  "#b8962e",
  "#8a8f98",
  "#6f9c3d",
];

const STYLE = [
  ".moe-chart{font:12px system-ui,-apple-system,'Segoe UI',sans-serif}",
  ".moe-chart .paper{fill:#fff}.moe-chart text{fill:#1f2328}",
  ".moe-chart .faint{fill:#59636e}.moe-chart .heading{font-size:15px;font-weight:600}",
  ".moe-chart .grid{stroke:#d8dee4}.moe-chart .axis,.moe-chart .whisker{stroke:#59636e;fill:none}",
  ".moe-chart .dot{stroke:#fff}.moe-chart .note{stroke:#fff;stroke-width:3;paint-order:stroke}",
  "@media (prefers-color-scheme:dark){.moe-chart .paper{fill:#0d1117}.moe-chart text{fill:#e6edf3}",
  ".moe-chart .faint{fill:#9da7b1}.moe-chart .grid{stroke:#2a3038}",
  ".moe-chart .axis,.moe-chart .whisker{stroke:#9da7b1}.moe-chart .dot,.moe-chart .note{stroke:#0d1117}}",
].join("");

/** Attributes of an element; numbers are rounded to hundredths. */
export type Attributes = Readonly<Record<string, string | number>>;

/** Colour of the series, bar or layer at a place; they repeat after ten. */
export function colourAt(place: number): string {
  return COLOURS[place % COLOURS.length] as string;
}

/**
 * Prints an element.
 *
 * @param name Its tag.
 * @param attributes Its attributes; texts are escaped.
 * @param content What is inside: printed elements, or text that is escaped already.
 */
export function element(
  name: string,
  attributes: Attributes,
  content: string | readonly string[] = "",
): string {
  const printed = Object.entries(attributes)
    .map(([key, value]) =>
      ` ${key}="${
        typeof value === "number" ? printPlace(value) : escapeText(value)
      }"`
    ).join("");
  const inside = typeof content === "string" ? content : content.join("\n");
  return inside === ""
    ? `<${name}${printed}/>`
    : `<${name}${printed}>${inside}</${name}>`;
}

/**
 * Prints text at a place. What would be longer than it may is cut, and the whole is
 * told to those who point at it.
 *
 * @param text Any.
 * @param attributes Of the element.
 * @param mostPixels Room for it.
 */
export function textElement(
  text: string,
  attributes: Attributes,
  mostPixels = Infinity,
): string {
  const cut = cutText(text, mostPixels);
  const whole = cut === text
    ? ""
    : element("title", {}, escapeText(text) || " ");
  return element("text", attributes, escapeText(cut) + whole);
}

/**
 * Prints a whole chart.
 *
 * @param size Pixels.
 * @param about Title, and a description for those who do not see it.
 * @param content Printed elements.
 */
export function chart(
  { width, height }: { readonly width: number; readonly height: number },
  about: { readonly title: string; readonly description: string },
  content: readonly string[],
): string {
  const paper = element("rect", { class: "paper", width, height });
  return element("svg", {
    xmlns: "http://www.w3.org/2000/svg",
    class: "moe-chart",
    role: "img",
    viewBox: `0 0 ${printPlace(width)} ${printPlace(height)}`,
    width,
    height,
  }, [
    element("title", {}, escapeText(about.title)),
    element("desc", {}, escapeText(about.description)),
    element("style", {}, STYLE),
    paper,
    ...content.filter((part) => part !== ""),
  ]) + "\n";
}

/** Prints a coordinate, rounded to hundredths of a pixel. */
export function printPlace(value: number): string {
  return String(Math.round(value * 100) / 100 || 0);
}

/** Makes any text safe between tags and in quotes; what XML cannot hold becomes U+FFFD. */
export function escapeText(text: string): string {
  return text.toWellFormed()
    // deno-lint-ignore no-control-regex -- these are what XML forbids
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"]/g, (letter) => `&#${letter.codePointAt(0)};`);
}

/** About how wide a text will be, pixels; never much too narrow. */
export function textWidth(text: string): number {
  let width = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0) as number;
    width += code >= 0x2e80
      ? 1
      : /[A-Z@%mw\u2212\u2014\u2026]/.test(letter)
      ? 0.8
      : 0.56;
  }
  return width * FONT_SIZE;
}

function cutText(text: string, mostPixels: number): string {
  if (textWidth(text) <= mostPixels) return text;
  const letters = [...text];
  while (letters.length > 0 && textWidth(`${letters.join("")}…`) > mostPixels) {
    letters.pop();
  }
  return `${letters.join("").trimEnd()}…`;
}
