/**
 * JSON Schema of policies and lists, for editors: every operator, every fact with its
 * unit and range, and the members that each effect takes.
 *
 * @module
 */
import { z } from "zod";
import { CATALOGUE } from "../language/catalogue.ts";
import { OPERATORS } from "../language/operators.ts";
import { describeFact, describeFacts } from "./fact_schema.ts";
import { ListFile, PolicyFile } from "./form.ts";
import { MEMBERS, OF_EFFECTS } from "./members.ts";

type Schema = Record<string, unknown>;

const LITERAL = { type: ["string", "number", "boolean"] };
const FACT = { $ref: "#/$defs/fact" };
const LOGIC = { $ref: "#/$defs/logic" };
const ITEM = { const: "", description: 'The item of "some", "all" and "none"' };
const LIST = {
  type: "array",
  items: { type: ["string", "number"] },
  minItems: 1,
};

/** Prints the schema, as kept in `policies/schema.json`. */
export function printPolicySchema(): string {
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    if: { required: ["list"] },
    then: { $ref: "#/$defs/list" },
    else: { $ref: "#/$defs/policy" },
    $defs: {
      policy: describePolicy(),
      list: convert(ListFile),
      fact: { anyOf: CATALOGUE.fields.map(describeFact) },
      facts: describeFacts(CATALOGUE.fields),
      logic: describeLogic(),
    },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function convert(form: z.ZodType): Schema {
  const { $schema: _, $defs: __, ...schema } = z.toJSONSchema(form, {
    io: "input",
  });
  return schema;
}

function describePolicy(): Schema {
  const policy = convert(PolicyFile);
  const { rules } = policy.properties as { rules: { items: Schema } };
  rules.items.allOf = Object.entries(MEMBERS).map(
    ([effect, { needs, takes }]) => ({
      if: { properties: { effect: { const: effect } }, required: ["effect"] },
      then: {
        required: needs,
        properties: Object.fromEntries(
          [...OF_EFFECTS]
            .filter((member) => ![...needs, ...takes].includes(member))
            .map((member) => [member, false]),
        ),
      },
    }),
  );
  return policy;
}

function describeLogic(): Schema {
  const operations = [...OPERATORS].map(([name, { arity }]) => ({
    type: "object",
    properties: { [name]: describeOperands(name, arity) },
    required: [name],
    additionalProperties: false,
  }));
  return { anyOf: [LITERAL, ...operations] };
}

function describeOperands(
  name: string,
  [least, most]: readonly [number, number],
): Schema {
  const bounds = {
    minItems: least,
    ...(most === Infinity ? {} : { maxItems: most }),
  };
  function places(...prefixItems: Schema[]): Schema {
    return { type: "array", prefixItems, ...bounds };
  }
  switch (name) {
    case "missing":
      return { anyOf: [FACT, { type: "array", items: FACT, ...bounds }] };
    case "missing_some":
      return places({ type: "integer", minimum: 1 }, {
        ...{ type: "array", items: FACT, minItems: 1 },
      });
    case "var":
      return { anyOf: [ITEM, FACT, places({ anyOf: [ITEM, FACT] }, LITERAL)] };
    case "in":
      return places(LOGIC, { anyOf: [LOGIC, LIST] });
    case "some":
    case "all":
    case "none":
      return places({ anyOf: [LOGIC, LIST] }, LOGIC);
    case "list":
      return { type: "string", description: "Name of a shared list" };
    default: {
      const many = { type: "array", items: LOGIC, ...bounds };
      return least === 1 ? { anyOf: [LOGIC, many] } : many;
    }
  }
}
