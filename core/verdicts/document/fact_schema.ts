/**
 * JSON Schema of the facts: their paths in conditions, their values in cases.
 *
 * @module
 */
import {
  type Field,
  type FieldType,
  FRESHNESS,
  PRIVACY,
} from "../language/catalogue.ts";

type Schema = Record<string, unknown>;

const TYPES: Readonly<Record<FieldType, readonly string[]>> = {
  boolean: ["boolean"],
  integer: ["integer"],
  number: ["number"],
  string: ["string"],
  scalar: ["string", "number"],
  strings: ["array"],
  numbers: ["array"],
};

/** A fact by its path, with all that the catalogue says of it. */
export function describeFact(field: Field): Schema {
  const { path, type, unit, nullable } = field;
  const { range = null, freshness = "request", privacy = "none" } = field;
  const fact = {
    ...{ type, unit, range, nullable, freshness, privacy },
    ...(field.givenFor ? { givenFor: field.givenFor } : {}),
  };
  const description = printField(field);
  return path.includes("<")
    ? { type: "string", pattern: printPattern(path), description, fact }
    : { const: path, description, fact };
}

/** What the catalogue says of a fact, as a person reads it. */
export function printField(field: Field): string {
  const { about, type, unit, range, nullable, givenFor = [] } = field;
  const { freshness = "request", privacy = "none" } = field;
  const always = givenFor.length > 0
    ? ` (never for ${printAll(givenFor)})`
    : "";
  return [
    `${about}.`,
    `${unit === null ? type : `${type}, ${unit}`}${printRange(range)};`,
    nullable ? `may be missing${always};` : "never missing;",
    `${FRESHNESS[freshness]};`,
    `${PRIVACY[privacy]}.`,
  ].join(" ");
}

function printAll(kinds: readonly string[]): string {
  return kinds.join(" and ");
}

function printRange(range: Field["range"]): string {
  if (!range) return "";
  const [least, most] = range;
  return most === Number.MAX_SAFE_INTEGER
    ? `, ${least} or more`
    : `, ${least} to ${most}`;
}

function printPattern(path: string): string {
  const parts = path.split(".").map((part) =>
    part.startsWith("<") ? "[a-z][a-z0-9_]*" : part
  );
  return `^${parts.join("\\.")}$`;
}

/** Facts as cases give them: groups within groups. */
export function describeFacts(fields: readonly Field[]): Schema {
  const groups = new Map<string, Field[]>();
  for (const { path, ...field } of fields) {
    const [group = "", ...rest] = path.split(".");
    const inner = { ...field, path: rest.join(".") };
    groups.set(group, [...groups.get(group) ?? [], inner]);
  }
  const properties: Schema = {};
  const patternProperties: Schema = {};
  for (const [group, [field, ...others]] of groups) {
    const inner = field && field.path === "" && others.length === 0
      ? describeValue(field)
      : describeFacts([field, ...others].filter((one) => one !== undefined));
    const into = group.startsWith("<") ? patternProperties : properties;
    into[group.startsWith("<") ? "^[a-z][a-z0-9_]*$" : group] = inner;
  }
  return {
    type: "object",
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(Object.keys(patternProperties).length > 0 ? { patternProperties } : {}),
    additionalProperties: false,
  };
}

function describeValue({ about, type, unit, range }: Field): Schema {
  const [minimum, maximum] = range ?? [];
  return {
    type: [...TYPES[type], "null"],
    ...(unit === "date" ? { format: "date" } : {}),
    ...(range ? { minimum, maximum } : {}),
    description: about,
  };
}
