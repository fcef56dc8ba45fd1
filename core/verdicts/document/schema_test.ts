/**
 * What editors are told of a policy is what the engine holds it to.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EFFECTS } from "../../domain/verdict.ts";
import { CATALOGUE } from "../language/catalogue.ts";
import { OPERATORS } from "../language/operators.ts";
import { printPolicySchema } from "./schema.ts";

type Schema = Record<string, unknown>;

const { $defs } = JSON.parse(printPolicySchema());

Deno.test("the schema tells each fact's type, unit, range, freshness and privacy", () => {
  const told = $defs.fact.anyOf.map(({ fact }: Schema) => fact);
  const want = CATALOGUE.fields.map((field) => ({
    type: field.type,
    unit: field.unit,
    range: field.range ?? null,
    nullable: field.nullable,
    freshness: field.freshness ?? "request",
    privacy: field.privacy ?? "none",
    ...(field.givenFor ? { givenFor: field.givenFor } : {}),
  }));
  assert.deepEqual(told, want);
  const minute = $defs.fact.anyOf.find((one: Schema) =>
    one.const === "time.localMinute"
  );
  assert.equal(
    minute.description,
    "Minutes since midnight, local. integer, minute, 0 to 1439; never missing; " +
      "the engine's clock at the decision, in the zone of the request; about no person.",
  );
});

Deno.test("the schema has a value for each fact of a case", () => {
  for (const { path } of CATALOGUE.fields) {
    const value = path.split(".").reduce<Schema | undefined>((group, name) => {
      const { properties = {}, patternProperties = {} } = (group ?? {}) as {
        properties?: Record<string, Schema>;
        patternProperties?: Record<string, Schema>;
      };
      return name.startsWith("<")
        ? Object.values(patternProperties)[0]
        : properties[name];
    }, $defs.facts);
    assert.ok((value?.type as string[]).includes("null"), path);
  }
});

Deno.test("the schema knows each operator, and each effect's members", () => {
  const operators = $defs.logic.anyOf.slice(1)
    .map(({ required: [name] }: { required: string[] }) => name);
  assert.deepEqual(operators, [...OPERATORS.keys()]);
  const { allOf } = $defs.policy.properties.rules.items;
  const effects = allOf.map((one: never) =>
    (one as { if: { properties: { effect: Schema } } }).if.properties.effect
      .const
  );
  assert.deepEqual(effects.toSorted(), EFFECTS.toSorted());
  const limit = allOf[effects.indexOf("limit")].then;
  assert.deepEqual(limit.required, ["most", "within"]);
  assert.equal(limit.properties.to, false);
  assert.equal("per" in limit.properties, false);
});
