/**
 * What is wrong with a problem file, said so that it can be put right: which field,
 * what it holds, and what belongs there.
 *
 * @module
 */
import { z } from "zod";
import { EngineError } from "../../domain/error.ts";

const MOST_TOLD = 5;
const MOST_SHOWN = 40;

/** An object with these fields and no others. */
export function fields<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape).join(", ");
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `there is no field ${
          (issue.keys as string[]).map((key) => `"${key}"`).join(", ")
        } here; the fields are ${known}`
        : undefined,
  });
}

/**
 * Parses a file's value.
 *
 * @param file The file's name, for the message.
 * @returns What the schema makes of it.
 * @throws {EngineError} `request_invalid`, naming each field that is wrong and what belongs there.
 */
export function parseFields<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  file: string,
): z.output<Schema> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) =>
    `${printPath(issue.path, value)}: ${describe(issue)}`
  );
  throw refused(file, faults);
}

/**
 * Makes the failure.
 *
 * @param faults `field: what is wrong`, at least one.
 */
export function refused(file: string, faults: readonly string[]): EngineError {
  const more = faults.length - MOST_TOLD;
  const told = faults.slice(0, MOST_TOLD).join("; ") +
    (more > 0 ? `; and ${more} more` : "");
  return new EngineError(
    "request_invalid",
    `Cannot read problem "${file}": ${told}`,
    { facts: { faults: faults.length } },
  );
}

/** Such as `entities[3] ("tv").curve.half`. */
function printPath(path: readonly PropertyKey[], value: unknown): string {
  let at: unknown = value;
  let text = "";
  for (const key of path) {
    at = (at as Record<PropertyKey, unknown> | null | undefined)?.[key];
    text += typeof key === "number" ? `[${key}]` : `.${String(key)}`;
    const id = (at as { readonly id?: unknown } | null | undefined)?.id;
    if (typeof key === "number" && typeof id === "string") text += ` ("${id}")`;
  }
  return text === "" ? "the file" : text.replace(/^\./, "");
}

function describe(issue: z.core.$ZodIssue): string {
  const not = `not ${show(issue.input)}`;
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined
        ? `is missing; give ${nameType(issue.expected)}`
        : `expected ${nameType(issue.expected)}, ${not}`;
    case "too_small":
      if (issue.origin === "string") return "expected a text that is not empty";
      return isNumeric(issue.origin)
        ? `expected ${
          issue.inclusive
            ? `${issue.minimum} or more`
            : `more than ${issue.minimum}`
        }, ${not}`
        : `expected at least ${issue.minimum} of these`;
    case "too_big":
      return isNumeric(issue.origin)
        ? `expected ${
          issue.inclusive
            ? `${issue.maximum} or less`
            : `less than ${issue.maximum}`
        }, ${not}`
        : `expected at most ${issue.maximum} of these`;
    case "invalid_value":
      return `expected ${
        issue.values.map((value) => JSON.stringify(value)).join(" or ")
      }, ${not}`;
    default:
      return issue.message;
  }
}

function isNumeric(origin: string): boolean {
  return origin === "number" || origin === "int";
}

function nameType(type: string): string {
  return {
    array: "a list",
    object: "an object",
    record: "an object",
    int: "a whole number",
  }[type] ??
    `a ${type === "boolean" ? "true or false" : type}`.replace(
      "a true",
      "true",
    );
}

function show(input: unknown): string {
  if (typeof input === "number" || input === undefined) return String(input);
  const text = JSON.stringify(input) ?? String(input);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
