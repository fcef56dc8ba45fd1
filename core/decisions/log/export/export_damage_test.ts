/**
 * Every way in which a file of lines is damaged, for tests: a byte added, changed, taken
 * away or cut, a line moved, taken away or repeated.
 *
 * @module
 */
import fc from "fast-check";

/** One change of a text, whatever it is of. */
export const damage = fc.oneof(
  fc.tuple(fc.nat(), fc.constantFrom(" ", "0", "\n")).map(
    ([place, added]) => (text: string) => {
      const at = place % text.length;
      return text.slice(0, at) + added + text.slice(at);
    },
  ),
  fc.record({ place: fc.nat(), code: fc.integer({ min: 9, max: 126 }) }).map(
    ({ place, code }) => (text: string) => {
      const at = place % text.length;
      return text.slice(0, at) + String.fromCharCode(code) +
        text.slice(at + 1);
    },
  ),
  fc.nat().map((place) => (text: string) => text.slice(0, place % text.length)),
  fc.nat().map((place) => (text: string) => {
    const at = place % text.length;
    return text.slice(0, at) + text.slice(at + 1);
  }),
  fc.tuple(fc.nat(), fc.nat()).map(([one, other]) => (text: string) => {
    const lines = text.trimEnd().split("\n");
    const [a, b] = [one % lines.length, other % lines.length];
    [lines[a], lines[b]] = [lines[b] ?? "", lines[a] ?? ""];
    return lines.join("\n") + "\n";
  }),
  fc.nat().map((place) => (text: string) => {
    const lines = text.trimEnd().split("\n");
    lines.splice(place % lines.length, 1);
    return lines.length === 0 ? "" : lines.join("\n") + "\n";
  }),
  fc.nat().map((place) => (text: string) => {
    const lines = text.trimEnd().split("\n");
    const at = place % lines.length;
    lines.splice(at, 0, lines[at] ?? "");
    return lines.join("\n") + "\n";
  }),
);
