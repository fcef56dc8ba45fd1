/**
 * Every fact that a policy may read: path, type, unit, and what it says.
 *
 * A path is dotted, such as `amount.micros`; a segment in angle brackets stands
 * for any `snake_case` name, such as `compliance.<flag>`. Names that every object
 * inherits, such as `constructor`, are no facts.
 *
 * @module
 */
import { suggestName } from "../domain/nearest_name.ts";
import type { Facts } from "../domain/verdict.ts";

/** What a fact holds. `scalar` is a number or a text, as its use demands. */
export type FieldType =
  | "boolean"
  | "integer"
  | "number"
  | "string"
  | "scalar"
  | "strings"
  | "numbers";

/** One fact, or a family of them. */
export interface Field {
  readonly path: string;
  readonly type: FieldType;
  /** Unit of a number; null for texts, flags, and units declared elsewhere. */
  readonly unit: string | null;
  /** Whether it can be missing in a sound request. */
  readonly nullable: boolean;
  readonly about: string;
}

/** A set of fields that policies are checked against. */
export interface Catalogue {
  readonly fields: readonly Field[];
  /** The field that a concrete path belongs to. */
  find(path: string): Field | null;
  /** What may have been meant by an unknown path. */
  suggest(path: string): string;
}

/** The facts that decisions and plans supply. */
export const CATALOGUE: Catalogue = defineCatalogue([
  text("context.channel", "Channel, such as email or paid_search"),
  text("context.campaign", "Id of the campaign"),
  text("context.placement", "Id of the placement"),
  text("context.account", "Id of the account"),
  text("context.model", "Name of the model that scored"),
  text("context.action", "The action weighed, such as send_email"),
  text("context.currency", "ISO 4217 code of every amount"),
  flag("context.isControl", "Whether the action is to do nothing"),
  whole("time.localMinute", "minute", "Minutes since midnight, local", false),
  whole("time.weekday", "weekday", "0 Sunday to 6 Saturday, local", false),
  whole("time.dayOfMonth", "day", "1 to 31, local", false),
  whole("amount.micros", "micros", "Proposed amount; for deny, the result"),
  whole("amount.currentMicros", "micros", "Amount in force today"),
  whole(
    "amount.stepPermille",
    "permille",
    "Distance from the amount in force, rounded up; missing if that is zero",
  ),
  whole("constraints.maxBidMicros", "micros", "Highest bid the caller allows"),
  whole("constraints.minBidMicros", "micros", "Lowest bid the caller allows"),
  whole("constraints.budgetRemainingMicros", "micros", "What is left to spend"),
  whole("constraints.contactsDay", "count", "Contacts in the last day"),
  whole("constraints.contactsWeek", "count", "Contacts in the last 7 days"),
  flag("compliance.<flag>", "Compliance flag, such as consent_email"),
  whole("score.ppm", "ppm", "The model's score, in millionths"),
  {
    path: "features.<view>.<feature>",
    type: "scalar",
    unit: null,
    nullable: true,
    about: "Feature as the decision read it; its view declares the unit",
  },
]);

function text(path: string, about: string): Field {
  return { path, type: "string", unit: null, nullable: true, about };
}

function flag(path: string, about: string): Field {
  return { path, type: "boolean", unit: null, nullable: true, about };
}

function whole(
  path: string,
  unit: string,
  ...[about, nullable = true]: [about: string, nullable?: boolean]
): Field {
  return { path, type: "integer", unit, nullable, about };
}

/**
 * Makes a catalogue.
 *
 * @throws {SyntaxError} If a path has a segment that is no plain name.
 */
export function defineCatalogue(fields: readonly Field[]): Catalogue {
  for (const { path } of fields) {
    const names = path.split(".").map((part) => part.replace(/^<(.+)>$/, "$1"));
    if (!names.every(isName)) {
      throw new SyntaxError(
        `Cannot define fact "${path}": a segment is no name`,
      );
    }
  }
  const byPath = new Map(fields.map((field) => [field.path, field]));
  const families = fields.filter(({ path }) => path.includes("<"));
  return {
    fields,
    find: (path) =>
      path.includes("<") ? null : byPath.get(path) ??
        families.find((family) => belongs(path, family.path)) ?? null,
    suggest: (path) =>
      suggestName(path, fields.map((field) => fill(field.path, path))),
  };
}

function isName(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_]*$/.test(name) && !(name in Object.prototype);
}

function belongs(path: string, family: string): boolean {
  const parts = path.split(".");
  const pattern = family.split(".");
  return parts.length === pattern.length && pattern.every((want, index) => {
    const part = parts[index] ?? "";
    return want.startsWith("<")
      ? /^[a-z][a-z0-9_]*$/.test(part) && isName(part)
      : want === part;
  });
}

/** A family's path with the names that stand at the same places in another path. */
function fill(family: string, path: string): string {
  const parts = path.split(".");
  const filled = family.split(".").map((part, index) =>
    part.startsWith("<") ? parts[index] ?? part : part
  ).join(".");
  return filled === path ? family : filled;
}

/** Reads own members only, through groups; undefined where there is none. */
export function readFact(facts: Facts, path: string): unknown {
  let at: unknown = facts;
  for (const name of path.split(".")) {
    const group = typeof at === "object" && at !== null && !Array.isArray(at);
    if (!group || !Object.hasOwn(at as object, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

/** Whether a value is what the type promises; anything else counts as missing. */
export function admits(type: FieldType, value: unknown): boolean {
  switch (type) {
    case "boolean":
      return typeof value === "boolean";
    case "string":
      return typeof value === "string";
    case "integer":
      return Number.isSafeInteger(value);
    case "number":
      return Number.isFinite(value);
    case "scalar":
      return typeof value === "string" || Number.isFinite(value);
    case "strings":
      return Array.isArray(value) && value.every((x) => typeof x === "string");
    case "numbers":
      return Array.isArray(value) && value.every((x) => Number.isFinite(x));
  }
}
