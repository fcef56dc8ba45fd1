/**
 * Which fields are wrong, in words: every path named, misspelt names set right,
 * no value repeated.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { suggestName } from "../../domain/nearest_name.ts";
import { type FieldError, FieldsInvalid } from "../problem.ts";
import { joinPath } from "./request_body.ts";

const MAX_ERRORS = 20;

type Issue = z.core.$ZodIssue;

/**
 * Parses a value or names its wrong fields.
 *
 * @param schema What is expected.
 * @param value What came.
 * @param root Path of the value itself: empty for a body, `query` or `path`.
 * @returns The parsed value.
 * @throws {FieldsInvalid} Naming at most twenty fields.
 */
export function parseFields<S extends z.ZodType>(
  schema: S,
  value: unknown,
  root: string,
): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue) =>
    fieldErrors(schema, issue, root)
  );
  throw new FieldsInvalid(errors.slice(0, MAX_ERRORS));
}

function fieldErrors(
  schema: z.ZodType,
  issue: Issue,
  root: string,
): FieldError[] {
  const parent = printPath(issue.path, root);
  if (issue.code !== "unrecognized_keys") {
    return [{ path: parent || "body", message: describe(issue) }];
  }
  const known = knownNames(schema, issue.path);
  return issue.keys.map((name) => ({
    path: joinPath(parent, name),
    message: `unknown member; ${suggestName(name, known)}`,
  }));
}

function describe(issue: Issue): string {
  if (issue.code === "invalid_key" && issue.issues[0]) {
    return issue.issues[0].message;
  }
  if (issue.message.endsWith("received undefined")) return "is required";
  return issue.message.replace(/^(?:Invalid input|Invalid option): /, "");
}

function printPath(path: readonly PropertyKey[], root: string): string {
  let text = root;
  for (const step of path) {
    text = typeof step === "number"
      ? `${text}[${step}]`
      : joinPath(text, String(step));
  }
  return text;
}

function knownNames(
  schema: z.ZodType,
  path: readonly PropertyKey[],
): readonly string[] {
  let here: unknown = schema;
  for (const step of path) here = childOf(unwrap(here), step);
  here = unwrap(here);
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}

function childOf(schema: unknown, step: PropertyKey): unknown {
  if (schema instanceof z.ZodObject) return schema.shape[String(step)];
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodArray) return schema.element;
  return null;
}

function unwrap(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ? schema.unwrap() : schema;
}
