/**
 * One text for one value, so that hashes agree everywhere.
 *
 * Keys are sorted by code unit, numbers print as ECMAScript prints them, bigints
 * print as strings, absent members are left out.
 *
 * @see RFC 8785, JSON Canonicalization Scheme
 * @module
 */
import { hash } from "node:crypto";

/**
 * Prints a value canonically.
 *
 * @param value JSON-like value; bigints allowed.
 * @returns JSON text with sorted keys.
 * @throws {TypeError} If a number is not finite, or a value has no JSON form.
 */
export function canonicalJson(value: unknown): string {
  const ordered = inCanonicalOrder(value);
  return ordered === undefined ? printSorted(value) : JSON.stringify(ordered);
}

/**
 * Copies a value with its members in canonical order, for the host's own printer, which is
 * many times faster.
 *
 * @param value As for {@link canonicalJson}.
 * @returns The copy; undefined if a name in it has an order of its own.
 * @throws {TypeError} As {@link canonicalJson}.
 */
export function inCanonicalOrder(value: unknown): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return finite(value);
    case "bigint":
      return String(value);
    case "object":
      if (value === null) return null;
      return Array.isArray(value)
        ? itemsInOrder(value)
        : membersInOrder(value as Record<string, unknown>);
    default:
      throw new TypeError(`Cannot print a ${typeof value} canonically`);
  }
}

function itemsInOrder(items: readonly unknown[]): unknown {
  const ordered: unknown[] = [];
  for (let at = 0; at < items.length; at++) {
    const item = inCanonicalOrder(items[at] ?? null);
    if (item === undefined) return undefined;
    ordered.push(item);
  }
  return ordered;
}

function membersInOrder(members: Readonly<Record<string, unknown>>): unknown {
  const ordered: Record<string, unknown> = {};
  for (const key of sortedKeys(members)) {
    const member = members[key];
    if (member === undefined) continue;
    if (hasOwnPlace(key)) return undefined;
    const value = inCanonicalOrder(member);
    if (value === undefined) return undefined;
    ordered[key] = value;
  }
  return ordered;
}

/**
 * Whether an object keeps a name elsewhere than where it was put: numbers come first, and
 * `__proto__` is not set by being assigned.
 *
 * @param key A member's name.
 */
export function hasOwnPlace(key: string): boolean {
  const first = key.charCodeAt(0);
  return first >= DIGIT_0 && first <= DIGIT_9 || key === "__proto__";
}

const [DIGIT_0, DIGIT_9] = [48, 57];
/** Up to so many keys, insertion is faster than the host's sort. */
const FEW_KEYS = 16;

/**
 * Names of members in canonical order.
 *
 * @param members Any object.
 */
export function sortedKeys(members: object): string[] {
  const keys = Object.keys(members);
  if (keys.length > FEW_KEYS) return keys.sort();
  for (let from = 1; from < keys.length; from++) {
    const key = keys[from] as string;
    let to = from;
    for (; to > 0 && (keys[to - 1] as string) > key; to--) {
      keys[to] = keys[to - 1] as string;
    }
    keys[to] = key;
  }
  return keys;
}

/** Prints name by name, in any order of names. */
function printSorted(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map((item) => printSorted(item ?? null)).join(",")}]`;
  }
  if (typeof value !== "object" || value === null) {
    return JSON.stringify(inCanonicalOrder(value));
  }
  const members = value as Record<string, unknown>;
  const printed = sortedKeys(members).flatMap((key) => {
    const member = members[key];
    return member === undefined
      ? []
      : [`${JSON.stringify(key)}:${printSorted(member)}`];
  });
  return `{${printed.join(",")}}`;
}

/**
 * Demands a number that JSON has.
 *
 * @param value Any number.
 * @throws {TypeError} If it is not finite.
 */
export function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new TypeError("Cannot print number canonically: it is not finite");
}

/**
 * Hashes text or bytes.
 *
 * @param content What to hash.
 * @returns SHA-256 as 64 lower-case hexadecimal digits.
 */
export function sha256(content: string | Uint8Array): string {
  return hash("sha256", content);
}

/**
 * Hashes a value by its canonical text.
 *
 * @param value JSON-like value.
 * @returns SHA-256 as hexadecimal.
 */
export function digest(value: unknown): string {
  return sha256(canonicalJson(value));
}

/**
 * Holds what was kept against the hash that it was kept under.
 *
 * @param hash SHA-256, as {@link sha256} gives it.
 * @param text What is kept; null for nothing.
 * @returns The text; null if it is not of that hash.
 */
export function textOf(hash: string, text: string | null): string | null {
  return text !== null && sha256(text) === hash ? text : null;
}
