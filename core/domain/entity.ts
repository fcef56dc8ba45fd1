/**
 * What signals and features are about: `type:id`, ids always text.
 *
 * @module
 */

/** Every type an entity can have, from the whole to the single person. */
export const ENTITY_TYPES = [
  "tenant",
  "account",
  "channel",
  "campaign",
  "ad_group",
  "ad",
  "placement",
  "segment",
  "subject",
] as const;

/** A type of entity. `subject` is a pseudonymous person. */
export type EntityType = (typeof ENTITY_TYPES)[number];

/** An entity's name: its type, a colon, its id; `campaign:c-17`. */
export type EntityKey = `${EntityType}:${string}`;

/** Ids by type: every entity that one signal, or one decision, concerns. */
export type EntityIds = Readonly<Partial<Record<EntityType, string>>>;

const MAX_ID_LENGTH = 200;
const CONTROL = /\p{Cc}/u;

/**
 * Joins type and id.
 *
 * @param type Type of the entity.
 * @param id Id as the source gives it, 1 to 200 characters, no control characters.
 * @returns The key.
 * @throws {RangeError} If the id is empty, too long or has control characters.
 * @example
 * ```ts
 * import { entityKey } from "./entity.ts";
 * entityKey("campaign", "c-17"); // "campaign:c-17"
 * ```
 */
export function entityKey(type: EntityType, id: string): EntityKey {
  if (!isEntityId(id)) {
    throw new RangeError(
      `Cannot name a ${type}: its id must have 1 to ${MAX_ID_LENGTH} characters and no control characters`,
    );
  }
  return `${type}:${id}`;
}

/**
 * Whether a text can be an entity's id.
 *
 * @param id The text.
 * @returns True for 1 to 200 characters without control characters.
 */
export function isEntityId(id: string): boolean {
  return id.length > 0 && id.length <= MAX_ID_LENGTH && !CONTROL.test(id);
}

/**
 * Splits a key at its first colon.
 *
 * @param key Text such as `placement:c-17/feed`.
 * @returns Type and id.
 * @throws {SyntaxError} If the type is unknown or the id empty.
 */
export function parseEntityKey(
  key: string,
): { readonly type: EntityType; readonly id: string } {
  const colon = key.indexOf(":");
  const type = key.slice(0, colon);
  const id = key.slice(colon + 1);
  if (colon < 1 || !isEntityType(type) || !isEntityId(id)) {
    throw new SyntaxError(
      `Cannot read entity key: expected "type:id" with a type of ${
        ENTITY_TYPES.join(", ")
      }`,
    );
  }
  return { type, id };
}

/**
 * Whether a text names an entity type.
 *
 * @param text Any text.
 * @returns True for a name in {@link ENTITY_TYPES}.
 */
export function isEntityType(text: string): text is EntityType {
  return (ENTITY_TYPES as readonly string[]).includes(text);
}
