/**
 * Finds what `JSON.parse` hides: a member given twice, of which only the last would
 * count. In a policy that would silently drop a condition.
 *
 * @module
 */

/**
 * Looks for a repeated member.
 *
 * @param text Valid JSON.
 * @returns The first name given twice in one object, or null.
 */
export function findRepeatedKey(text: string): string | null {
  const open: (Set<string> | null)[] = [];
  let expectsKey = false;
  const tokens = /[{}[\]:,"]/g;
  for (let at = tokens.exec(text); at !== null; at = tokens.exec(text)) {
    const [token] = at;
    const names = open.at(-1);
    if (token === "{" || token === "[") {
      open.push(token === "{" ? new Set() : null);
      expectsKey = token === "{";
    } else if (token === "}" || token === "]") {
      open.pop();
      expectsKey = false;
    } else if (token === ",") {
      expectsKey = true;
    } else if (token === '"') {
      tokens.lastIndex = endOfText(text, at.index);
      if (!expectsKey || !names) continue;
      const name = JSON.parse(text.slice(at.index, tokens.lastIndex));
      if (names.has(name)) return name;
      names.add(name);
      expectsKey = false;
    }
  }
  return null;
}

/** By hand: an expression that matches a text of any length runs out of stack. */
function endOfText(text: string, begin: number): number {
  let at = begin + 1;
  while (at < text.length && text[at] !== '"') {
    at += text[at] === "\\" ? 2 : 1;
  }
  return at + 1;
}
