/**
 * Columns that several tables share.
 *
 * @module
 */
import { bigint, customType, text, timestamp } from "drizzle-orm/pg-core";
import {
  ENTITY_TYPES,
  type EntityType,
  isEntityType,
} from "../../domain/entity.ts";

/** Whose row it is; the first column of every primary key. */
export function tenant() {
  return text().notNull();
}

/** A moment, as the domain writes it. */
export function instant() {
  return timestamp({ withTimezone: true, precision: 3, mode: "string" });
}

/** A whole number of 64 bits. */
export function whole() {
  return bigint({ mode: "bigint" });
}

/** A whole number small enough for JavaScript. */
export function ordinal() {
  return bigint({ mode: "number" });
}

/** Raw bytes. */
export const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({
  dataType: () => "bytea",
});

/** A value of the domain as JSON, kept as written; bigints as `{"$bigint":"1"}`. */
export const document = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => "json",
  toDriver: (value) =>
    JSON.stringify(
      value,
      (_, member) =>
        typeof member === "bigint" ? { $bigint: String(member) } : member,
    ),
  fromDriver: reviveBigints,
});

function reviveBigints(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(reviveBigints);
  if ("$bigint" in value) return BigInt(String(value.$bigint));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      reviveBigints(member),
    ]),
  );
}

/** Name of the column that holds the id of a type of entity. */
export function idColumn<T extends EntityType>(type: T): `${T}_id` {
  return `${type}_id`;
}

/**
 * Column of an entity type that came from outside.
 *
 * @throws {RangeError} If the type is unknown.
 */
export function entityColumn(type: string): string {
  if (isEntityType(type)) return idColumn(type);
  throw new RangeError(`Cannot read signals by "${type}": no such entity type`);
}

/** One column for the id of each type of entity. */
export function entityIds() {
  return Object.fromEntries(
    ENTITY_TYPES.map((type) => [idColumn(type), text()]),
  ) as Record<`${EntityType}_id`, ReturnType<typeof text>>;
}
