/**
 * A person whom a body names by a direct identifier. The pseudonym takes its place
 * before anything is looked at, hashed, logged or kept.
 *
 * @module
 */
import { isEntityId } from "../../domain/entity.ts";
import { type Soon, whenThere } from "../../domain/soon.ts";

/** Where a body names a person: a member, and the member of it. */
export type PersonPath = readonly [string, string];

/**
 * Puts the pseudonym in place of a person's identifier.
 *
 * @param body Parsed JSON, not looked at yet.
 * @param path Where the person is named.
 * @param pseudonymOf The id by which the engine knows a person.
 * @returns The body itself where there is nothing to replace, else a copy.
 */
export function hidePerson(
  body: unknown,
  [outer, inner]: PersonPath,
  pseudonymOf: (id: string) => Soon<string>,
): Soon<unknown> {
  const place = memberOf(body, outer);
  const id = memberOf(place, inner);
  if (typeof id !== "string" || !isEntityId(id)) return body;
  return whenThere(
    pseudonymOf(id),
    (known) =>
      known === id ? body : {
        ...body as object,
        [outer]: { ...place as object, [inner]: known },
      },
  );
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null &&
      Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
