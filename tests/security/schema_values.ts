/**
 * Values that a JSON schema of the document lets through, or nearly so.
 *
 * @module
 */
import fc from "fast-check";

/** A schema, as the document has it. */
export type Schema = Readonly<Record<string, unknown>>;

/** What references lead to. */
export type Definitions = Readonly<Record<string, Schema>>;

const LEVELS = 6;
const DATES = ["2026-01-01", "2026-01-31", "2026-02-02", "2026-11-26"];

/**
 * Makes values of a schema.
 *
 * @param schema The schema.
 * @param definitions What its references lead to.
 * @returns Values; null below so many levels.
 */
export function valuesOf(
  schema: Schema,
  definitions: Definitions,
  levels = LEVELS,
): fc.Arbitrary<unknown> {
  if (levels === 0) return fc.constant(null);
  const inner = (one: unknown) =>
    valuesOf((one ?? {}) as Schema, definitions, levels - 1);
  const { $ref, anyOf, oneOf, allOf } = schema as Record<string, unknown>;
  if (typeof $ref === "string") {
    return valuesOf(
      definitions[$ref.split("/").at(-1) ?? ""] ?? {},
      definitions,
      levels,
    );
  }
  const choices = (anyOf ?? oneOf) as unknown[] | undefined;
  if (choices) return fc.oneof(...choices.map(inner));
  if (Array.isArray(allOf)) {
    return fc.tuple(...allOf.map(inner))
      .map((parts) => Object.assign({}, ...parts));
  }
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  if ("const" in schema) return fc.constant(schema.const);
  const plain = ofType(schema, inner);
  return "example" in schema
    ? fc.oneof(fc.constant(schema.example), plain)
    : plain;
}

function ofType(
  schema: Schema,
  inner: (schema: unknown) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  const { type } = schema;
  if (Array.isArray(type)) {
    return fc.oneof(
      ...type.map((one) => ofType({ ...schema, type: one }, inner)),
    );
  }
  if (type === "string") return texts(schema);
  if (type === "integer" || type === "number") return numbers(schema);
  if (type === "boolean") return fc.boolean();
  if (type === "null") return fc.constant(null);
  if (type === "array") {
    const minLength = Number(schema.minItems ?? 0);
    return fc.array(inner(schema.items), {
      ...{ minLength, maxLength: Math.max(minLength, 3) },
    });
  }
  return type === "object" ? objects(schema, inner) : fc.jsonValue();
}

function objects(
  { properties = {}, required = [], additionalProperties }: Schema,
  inner: (schema: unknown) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  const members = Object.entries(properties as object)
    .map(([name, member]) => [name, inner(member)] as const);
  const known = fc.record(Object.fromEntries(members), {
    requiredKeys: (required as string[]).filter((name) =>
      members.some(([known]) => known === name)
    ),
  });
  if (typeof additionalProperties !== "object") return known;
  const names = fc.stringMatching(/^[a-z]{1,6}(?:[.:][a-z0-9_]{1,6})?$/);
  return fc.tuple(
    known,
    fc.dictionary(names, inner(additionalProperties), { maxKeys: 3 }),
  ).map(([one, more]) => ({ ...more, ...one }));
}

function texts({ pattern, format, minLength = 0, maxLength }: Schema) {
  if (typeof pattern === "string") {
    return fc.stringMatching(new RegExp(pattern));
  }
  if (format === "date") return fc.constantFrom(...DATES);
  if (format === "date-time") {
    return fc.constantFrom(...DATES).map((day) => `${day}T00:00:00.000Z`);
  }
  const least = Number(minLength);
  return fc.oneof(
    fc.stringMatching(/^[a-z][a-z0-9_]{0,11}$/)
      .filter(({ length }) => length >= least),
    fc.constantFrom("campaign:c-1", "channel:display", "bidder", "acme"),
    fc.constantFrom(...DATES),
    fc.string({
      minLength: least,
      maxLength: Math.min(Number(maxLength ?? 40), least + 40),
    }),
  );
}

function numbers({ type, minimum, maximum, exclusiveMinimum }: Schema) {
  const least = Number(minimum ?? exclusiveMinimum ?? -1e9);
  const most = Number(maximum ?? 1e9);
  return type === "integer"
    ? fc.integer({
      min: Math.ceil(least),
      max: Math.min(Math.floor(most), 2 ** 31),
    })
    : fc.double({ min: least, max: most, noNaN: true });
}
