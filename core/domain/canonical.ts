/**
 * One text for one value, so that hashes agree everywhere.
 *
 * Keys are sorted by code unit, numbers print as ECMAScript prints them, bigints
 * print as strings, absent members are left out.
 *
 * @see RFC 8785, JSON Canonicalization Scheme
 * @module
 */
import { createHash } from "node:crypto";

/**
 * Prints a value canonically.
 *
 * @param value JSON-like value; bigints allowed.
 * @returns JSON text with sorted keys.
 * @throws {TypeError} If a number is not finite, or a value has no JSON form.
 */
export function canonicalJson(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) {
    return `[${
      value.map((item) => canonicalJson(item === undefined ? null : item)).join(
        ",",
      )
    }]`;
  }
  switch (typeof value) {
    case "string":
    case "boolean":
      return JSON.stringify(value);
    case "bigint":
      return `"${value}"`;
    case "number":
      if (!Number.isFinite(value)) {
        throw new TypeError(
          "Cannot print number canonically: it is not finite",
        );
      }
      return JSON.stringify(value);
    case "object":
      return canonicalObject(value as Record<string, unknown>);
    default:
      throw new TypeError(`Cannot print a ${typeof value} canonically`);
  }
}

function canonicalObject(members: Record<string, unknown>): string {
  let text = "";
  for (const key of Object.keys(members).sort()) {
    const member = members[key];
    if (member === undefined) continue;
    text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${
      canonicalJson(member)
    }`;
  }
  return `{${text}}`;
}

/**
 * Hashes text or bytes.
 *
 * @param content What to hash.
 * @returns SHA-256 as 64 lower-case hexadecimal digits.
 */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
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
