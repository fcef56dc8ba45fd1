/**
 * Fields that many bodies share, each with the message a caller reads when it is wrong.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { isDay, isInstant, parseInstant } from "../../domain/day.ts";
import { isEntityId, parseEntityKey } from "../../domain/entity.ts";
import type { EntityKey } from "../../domain/entity.ts";
import { isCurrency } from "../../domain/money.ts";

const MICROS_WANTED =
  'expected whole micros, as text such as "1500000" or a safe integer, not negative';

/** An id as the source gives it. */
export const entityId = z.string().min(1).max(200).refine(
  isEntityId,
  "expected 1 to 200 characters without control characters",
);

/** `type:id`. */
export const entityKeyField = z.string().max(220).refine(
  isKey,
  'expected "type:id", such as "campaign:c-17"',
).openapi({ example: "campaign:c-17" });

/** Name of a model, view, source or connector. */
export const nameField = z.string().regex(
  /^[a-z][a-z0-9_]{0,62}$/,
  "expected snake_case of at most 63 characters",
);

/** Why somebody does something, for the record. */
export const reasonField = z.string().trim().min(1, "say why").max(500);

/** Micros that a caller sends and that stay below 2^53. */
export const microsField = z.union([
  z.string().regex(/^(?:0|[1-9]\d{0,15})$/, MICROS_WANTED).refine(
    (text) => Number.isSafeInteger(Number(text)),
    MICROS_WANTED,
  ),
  z.int(MICROS_WANTED).nonnegative(MICROS_WANTED),
], { error: MICROS_WANTED }).openapi({ example: "1500000" });

/** Micros that a caller sends, up to 18 digits. */
export const bigMicrosField = z.union([
  z.string().regex(/^(?:0|[1-9]\d{0,17})$/, MICROS_WANTED),
  z.int(MICROS_WANTED).nonnegative(MICROS_WANTED),
], { error: MICROS_WANTED }).openapi({ example: "1500000" });

/** Micros as the engine prints them. */
export const microsText = z.string().regex(/^-?\d+$/).openapi({
  description: "Whole millionths of the currency's unit",
  example: "1500000",
});

/** ISO 4217. */
export const currencyField = z.string().refine(
  isCurrency,
  'expected three capital letters, such as "EUR"',
).openapi({ example: "EUR" });

/** A calendar day. */
export const dayField = z.string().refine(
  isDay,
  "expected a calendar day, YYYY-MM-DD",
).openapi({ format: "date", example: "2026-02-02" });

/** A moment as the engine prints it. */
export const instantField = z.string().regex(
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/,
).refine(
  isInstant,
  "expected a moment of the calendar, such as 2026-01-31T09:00:00.000Z",
).openapi({ format: "date-time", example: "2026-01-31T09:00:00.000Z" });

/** A moment that a caller sends. */
export const momentField = z.string().max(40).refine(
  isMoment,
  "expected a moment with its zone, such as 2026-01-31T09:00:00Z",
).openapi({ format: "date-time", example: "2026-01-31T09:00:00Z" });

/** Days, `until` excluded. */
export const periodField = z.strictObject({
  from: dayField,
  until: dayField.openapi({ description: "The day after the last" }),
});

/** An amount as the engine prints it. */
export const moneyText = z.object({
  micros: microsText,
  currency: currencyField,
});

/** An amount that a caller sends. */
export const moneyField = z.strictObject({
  micros: bigMicrosField,
  currency: currencyField,
});

/** How many entries of a list are wanted. */
export const limitField = z.string().regex(
  /^(?:[1-9]\d{0,2}|1000)$/,
  "expected a whole number from 1 to 1000",
).optional().openapi({ description: "At most so many, from 1 to 1000" });

/**
 * Narrows a text that {@link entityKeyField} let through.
 *
 * @param text Any text.
 * @returns True for `type:id`.
 */
export function isKey(text: string): text is EntityKey {
  try {
    parseEntityKey(text);
    return true;
  } catch {
    return false;
  }
}

function isMoment(text: string): boolean {
  try {
    return isInstant(parseInstant(text));
  } catch {
    return false;
  }
}

/**
 * Prints an amount that the engine holds as a number.
 *
 * @param micros Micros; fractions are rounded.
 * @returns Whole digits, or null for null and for what is not finite.
 */
export function printMicros(micros: number | null): string | null {
  if (micros === null || !Number.isFinite(micros)) return null;
  const whole = Math.round(micros);
  return Number.isSafeInteger(whole) ? `${whole + 0}` : `${BigInt(whole)}`;
}
