/**
 * Finds what `JSON.parse` hides: a member given twice, of which only the last would
 * count. In a policy that would silently drop a condition.
 *
 * @module
 */

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g;

/**
 * Looks for a repeated member.
 *
 * @param text Valid JSON.
 * @returns The first name given twice in one object, or null.
 */
export function findRepeatedKey(text: string): string | null {
  const open: (Set<string> | null)[] = [];
  let expectsKey = false;
  for (const [token] of text.matchAll(TOKEN)) {
    const names = open.at(-1);
    if (token === "{" || token === "[") {
      open.push(token === "{" ? new Set() : null);
      expectsKey = token === "{";
    } else if (token === "}" || token === "]") {
      open.pop();
      expectsKey = false;
    } else if (token === ",") {
      expectsKey = true;
    } else if (token !== ":" && expectsKey && names) {
      const name: string = JSON.parse(token);
      if (names.has(name)) return name;
      names.add(name);
      expectsKey = false;
    }
  }
  return null;
}
