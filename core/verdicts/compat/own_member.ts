/**
 * Truth and members as JSON-logic has them.
 *
 * @module
 */

/** Truth in JSON-logic: JavaScript's, but an empty list is false. */
export function isTruthy(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0 ? false : Boolean(value);
}

/**
 * Reads a member of an object, a list or a text; inherited members, such as
 * `constructor`, are none.
 *
 * @returns Undefined where there is no such member.
 */
export function readOwn(value: unknown, name: PropertyKey): unknown {
  if (value === null || value === undefined) return undefined;
  return Object.hasOwn(Object(value), name)
    ? (value as Record<PropertyKey, unknown>)[name]
    : undefined;
}
