/**
 * Every fact that a policy may read: path, type, unit, and what it says.
 *
 * A path is dotted, such as `amount.micros`; a segment in angle brackets stands
 * for any `snake_case` name, such as `compliance.<flag>`. Names that every object
 * inherits, such as `constructor`, are no facts.
 *
 * @module
 */
import { suggestName } from "../../domain/nearest_name.ts";
import type { DecisionKind, Facts } from "../../domain/verdict.ts";

/** What a fact holds. `scalar` is a number or a text, as its use demands. */
export type FieldType =
  | "boolean"
  | "integer"
  | "number"
  | "string"
  | "scalar"
  | "strings"
  | "numbers";

/** Longest list that a fact may hold; a longer one counts as missing. */
export const MAX_LIST_FACT = 256;

/** How old a fact may be when a policy reads it. */
export const FRESHNESS = {
  request: "as the request states it",
  clock: "the engine's clock at the decision, in the zone of the request",
  score: "scored for this decision",
  counted: "counted by the engine just before this decision",
  view: "as old as its feature view allows; missing beyond that",
} as const;

/** Whom a fact tells something about. */
export const PRIVACY = {
  none: "about no person",
  pseudonymous: "about a person whom only a key can name",
  personal: "about a person",
  sensitive: "about a person, of a kind that the law protects above others",
} as const;

/** One fact, or a family of them. */
export interface Field {
  readonly path: string;
  readonly type: FieldType;
  /**
   * Unit of a number, or `date` for a text `YYYY-MM-DD`; null for other texts, for
   * flags, and for units declared elsewhere.
   */
  readonly unit: string | null;
  /** Whether it can be missing in a sound request. */
  readonly nullable: boolean;
  /** Kinds of decision that always have it, although others may not. */
  readonly givenFor?: readonly DecisionKind[];
  /** Least and most that a sound number is; absent or null for no limits. */
  readonly range?: Range | null;
  /** How old it may be; `request` if absent. */
  readonly freshness?: keyof typeof FRESHNESS;
  /** Whom it tells something about; `none` if absent. */
  readonly privacy?: keyof typeof PRIVACY;
  readonly about: string;
}

/** Least and most, both included. */
export type Range = readonly [least: number, most: number];

/** A set of fields that policies are checked against. */
export interface Catalogue {
  readonly fields: readonly Field[];
  /** The field that a concrete path belongs to. */
  find(path: string): Field | null;
  /** What may have been meant by an unknown path. */
  suggest(path: string): string;
}

const LARGEST = Number.MAX_SAFE_INTEGER;

/** From nothing up. */
const FROM_ZERO = { range: [0, LARGEST] } as const;
const CLOCK = { nullable: false, freshness: "clock" } as const;
const PERSONAL = { privacy: "personal" } as const;

/** The facts that decisions and plans supply. */
export const CATALOGUE: Catalogue = defineCatalogue([
  text("context.channel", "Channel, such as email or paid_search"),
  text("context.campaign", "Id of the campaign"),
  text("context.placement", "Id of the placement"),
  text("context.account", "Id of the account"),
  text("context.model", "Name of the model that scored"),
  text("context.action", "The action weighed, such as send_email", {
    givenFor: ["action"],
  }),
  text("context.currency", "ISO 4217 code of every amount", {
    nullable: false,
  }),
  flag("context.isControl", "Whether the action is to do nothing", {
    givenFor: ["bid", "action"],
  }),
  whole("time.localMinute", "Minutes since midnight, local", {
    ...{ unit: "minute", range: [0, 1439], ...CLOCK },
  }),
  whole("time.weekday", "0 Sunday to 6 Saturday, local", {
    ...{ unit: "weekday", range: [0, 6], ...CLOCK },
  }),
  whole("time.dayOfMonth", "1 to 31, local", {
    ...{ unit: "day", range: [1, 31], ...CLOCK },
  }),
  text("time.localDate", "Day, YYYY-MM-DD, local", { unit: "date", ...CLOCK }),
  micros("amount.micros", "Proposed amount; for deny, the result", {
    givenFor: ["bid", "budget"],
  }),
  micros("amount.currentMicros", "Amount in force today"),
  whole(
    "amount.stepPermille",
    "Distance from the amount in force, rounded up; missing if that is zero",
    { unit: "permille", ...FROM_ZERO },
  ),
  micros("constraints.maxBidMicros", "Highest bid the caller allows"),
  micros("constraints.minBidMicros", "Lowest bid the caller allows"),
  whole(
    "constraints.budgetRemainingMicros",
    "What is left to spend; below zero where more was spent than there was",
    { unit: "micros" },
  ),
  whole("constraints.contactsDay", "Contacts in the last day", {
    ...{ unit: "count", ...FROM_ZERO, ...PERSONAL },
  }),
  whole("constraints.contactsWeek", "Contacts in the last 7 days", {
    ...{ unit: "count", ...FROM_ZERO, ...PERSONAL },
  }),
  whole(
    "counts.<policy>.<limit>",
    "What a limit of that policy has counted in its window before this decision: decisions, or micros",
    { ...FROM_ZERO, freshness: "counted", privacy: "pseudonymous" },
  ),
  flag("compliance.<flag>", "Compliance flag, such as consent_email", PERSONAL),
  whole("score.ppm", "The model's score, in millionths", {
    ...{ unit: "ppm", freshness: "score", ...PERSONAL },
  }),
  {
    path: "features.<view>.<feature>",
    type: "scalar",
    unit: null,
    nullable: true,
    freshness: "view",
    privacy: "personal",
    about: "Feature as the decision read it; its view declares the unit",
  },
]);

type Details = Partial<Field>;

function text(path: string, about: string, details: Details = {}): Field {
  return {
    ...{ path, type: "string", unit: null, nullable: true, about },
    ...details,
  };
}

function flag(path: string, about: string, details: Details = {}): Field {
  return {
    ...{ path, type: "boolean", unit: null, nullable: true, about },
    ...details,
  };
}

function whole(path: string, about: string, details: Details): Field {
  return {
    ...{ path, type: "integer", unit: null, nullable: true, about },
    ...details,
  };
}

function micros(path: string, about: string, details: Details = {}): Field {
  return whole(path, about, { unit: "micros", ...FROM_ZERO, ...details });
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
      return isList(value) && value.every((x) => typeof x === "string");
    case "numbers":
      return isList(value) && value.every((x) => Number.isFinite(x));
  }
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length <= MAX_LIST_FACT;
}
