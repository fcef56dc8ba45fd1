/**
 * JSON Schema of a policy file, for editors: every operator and every fact by name.
 *
 * @module
 */
import { z } from "zod";
import { CATALOGUE, type Catalogue } from "./catalogue.ts";
import { PolicyFile } from "./document.ts";
import { OPERATORS } from "./operators.ts";

type Schema = Record<string, unknown>;

/** Prints the schema, as kept in `policies/schema.json`. */
export function printPolicySchema(): string {
  const schema = z.toJSONSchema(PolicyFile, { io: "input" }) as Schema;
  const defs = {
    fact: describeFact(CATALOGUE),
    logic: describeLogic(),
  };
  return `${JSON.stringify({ ...schema, $defs: defs }, null, 2)}\n`;
}

function describeFact({ fields }: Catalogue): Schema {
  return {
    anyOf: fields.map(({ path, type, unit, about }) => {
      const description = `${about} (${unit ?? type})`;
      return path.includes("<")
        ? { type: "string", pattern: printPattern(path), description }
        : { const: path, description };
    }),
  };
}

function printPattern(path: string): string {
  const parts = path.split(".").map((part) =>
    part.startsWith("<") ? "[a-z][a-z0-9_]*" : part
  );
  return `^${parts.join("\\.")}$`;
}

function describeLogic(): Schema {
  const literal = { type: ["string", "number", "boolean"] };
  const operations = [...OPERATORS].map(([name, { arity }]) => ({
    type: "object",
    properties: { [name]: describeOperands(name, arity) },
    required: [name],
    additionalProperties: false,
  }));
  return { anyOf: [literal, ...operations] };
}

function describeOperands(
  name: string,
  [least, most]: readonly [number, number],
): Schema {
  const fact = { $ref: "#/$defs/fact" };
  const logic = { $ref: "#/$defs/logic" };
  const bounds = {
    minItems: least,
    ...(most === Infinity ? {} : { maxItems: most }),
  };
  if (name === "missing") {
    return { anyOf: [fact, { type: "array", items: fact, ...bounds }] };
  }
  if (name === "var") {
    const withDefault = {
      type: "array",
      prefixItems: [fact, { type: ["string", "number", "boolean"] }],
      ...bounds,
    };
    return { anyOf: [fact, withDefault] };
  }
  if (name === "in") {
    const items = { type: ["string", "number"] };
    const list = { type: "array", items, minItems: 1 };
    const prefixItems = [logic, { anyOf: [logic, list] }];
    return { type: "array", prefixItems, ...bounds };
  }
  const many = { type: "array", items: logic, ...bounds };
  return least === 1 ? { anyOf: [logic, many] } : many;
}
