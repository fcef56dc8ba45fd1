/**
 * Options of commands, from text to what they mean.
 *
 * @module
 */
import { type Day, type Instant, isDay, parseInstant } from "../domain/day.ts";
import { EngineError } from "../domain/error.ts";
import { microsFromDecimal } from "../domain/money.ts";
import { isTenant, MAX_NAME_LENGTH, plainName } from "../domain/names.ts";
import { type Options, textOption } from "./command.ts";

const DIGITS = /^\d{1,9}$/;

/** A whole number's default and limits, both in. */
export interface WholeNumber {
  readonly otherwise: number;
  readonly least: number;
  readonly most: number;
}

/**
 * Reads `--tenant`.
 *
 * @returns The tenant, `default` unless given.
 * @throws {EngineError} `request_invalid` if it cannot be a tenant's name.
 */
export function tenantOption(options: Options): string {
  const text = textOption(options, "tenant", "default");
  if (isTenant(text)) return text;
  throw refused("tenant", text, "1 to 63 letters, digits, _ and -");
}

/**
 * Reads `--as`.
 *
 * @returns The person's name without space around it, `cli` unless given.
 * @throws {EngineError} `request_invalid` if it is no name.
 */
export function personOption(options: Options): string {
  return parseName("as", textOption(options, "as", "cli"));
}

/**
 * Reads the name of a person or a system, as four-eyes rules compare it.
 *
 * @param what Option or operand, for the message.
 * @param text What was given.
 * @returns The name in one spelling: no space around it, composed characters.
 * @throws {EngineError} `request_invalid` if it is empty, long or has control characters.
 */
export function parseName(what: string, text: string): string {
  const name = plainName(text);
  if (name !== null) return name;
  throw refused(what, text, `a name of 1 to ${MAX_NAME_LENGTH} characters`);
}

/**
 * Reads a whole number.
 *
 * @throws {EngineError} `request_invalid` if it is none, or outside the limits.
 */
export function wholeNumberOption(
  options: Options,
  name: string,
  { otherwise, least, most }: WholeNumber,
): number {
  const text = textOption(options, name, String(otherwise));
  const number = Number(text);
  if (DIGITS.test(text) && number >= least && number <= most) return number;
  throw refused(name, text, `a whole number from ${least} to ${most}`);
}

/**
 * Reads a day.
 *
 * @throws {EngineError} `request_invalid` if it is not in the calendar.
 */
export function dayOption(
  options: Options,
  name: string,
  otherwise: Day,
): Day {
  const text = textOption(options, name, otherwise);
  if (isDay(text)) return text;
  throw refused(name, text, "a calendar day, YYYY-MM-DD");
}

/**
 * Reads a moment.
 *
 * @throws {EngineError} `request_invalid` if it is none, or names no zone.
 */
export function instantOption(
  options: Options,
  name: string,
  otherwise: Instant,
): Instant {
  const text = textOption(options, name, otherwise);
  try {
    return parseInstant(text);
  } catch {
    throw refused(
      name,
      text,
      "a moment with its zone, such as 2026-01-31T09:00:00Z",
    );
  }
}

/**
 * Reads an amount of money in currency units.
 *
 * @returns Micros, or null if the option is not given.
 * @throws {EngineError} `request_invalid` if it is not a decimal number from 0 on.
 */
export function amountOption(options: Options, name: string): bigint | null {
  const text = options[name];
  if (typeof text !== "string") return null;
  const micros = parseMicros(text);
  if (micros !== null && micros >= 0n) return micros;
  throw refused(name, text, "an amount in currency units, such as 1250.50");
}

function parseMicros(text: string): bigint | null {
  try {
    return microsFromDecimal(text);
  } catch {
    return null;
  }
}

function refused(name: string, text: string, wanted: string): EngineError {
  return new EngineError(
    "request_invalid",
    `Cannot use ${
      name === name.toUpperCase() ? name : `--${name}`
    } "${text}": give ${wanted}`,
    { facts: { option: name } },
  );
}
