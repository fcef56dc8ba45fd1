/**
 * Operations as the document has them, and whether an answer is one that it tells.
 *
 * @module
 */
import assert from "node:assert/strict";
import { z } from "zod";
import { createOpenApi } from "../../core/http/openapi.ts";
import type { Definitions, Schema } from "./schema_values.ts";
import type { Seen } from "./target.ts";

const MAX_ANSWER_LENGTH = 4_000_000;
const MAX_PROBLEM_LENGTH = 20_000;

/** As the document has it. */
export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: Schema;
}

interface Content {
  readonly content?: Readonly<
    Record<string, { readonly schema: Schema; readonly example?: unknown }>
  >;
  readonly description?: string;
}

/** As the document has it. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

const DOCUMENT = createOpenApi();
/** As the document has it. */
export const DEFINITIONS = DOCUMENT.components.schemas as Definitions;
/** As the document has it. */
export const OPERATIONS: readonly Operation[] = Object.entries(DOCUMENT.paths)
  .flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>)
      .map(([method, operation]) => ({ ...operation, method, path }))
  );

const STRICT =
  /^default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/;
/** Anything that was not written for callers. */
const INSIDE = /\bat \w+ \(|file:\/\/\/|\/work\/|select .* from |node_modules/i;

/** Whether an answer is one that the document tells of its operation. */
export function judge(operation: Operation, seen: Seen, said: string): void {
  const { status, headers, text } = seen;
  assert.notEqual(status, 500, said);
  assert.notEqual(status, 503, said);
  assert.equal(headers.get("x-content-type-options"), "nosniff", said);
  assert.equal(headers.get("cache-control"), "no-store", said);
  assert.ok(text.length <= MAX_ANSWER_LENGTH, said);
  if (/html/.test(headers.get("content-type") ?? "")) judgePage(seen, said);
  const isProblem = /problem/.test(headers.get("content-type") ?? "");
  assert.equal(isProblem, status >= 400, said);
  if (isProblem) {
    assert.ok(text.length <= MAX_PROBLEM_LENGTH, said);
    assert.doesNotMatch(text, INSIDE, said);
    const { code, detail } = JSON.parse(text);
    if (code === "not_found" && /Cannot find route/.test(detail)) return;
    if (code === "method_not_allowed") return;
    const told = operation.responses[status]?.description ?? "";
    assert.ok(told.includes(`\`${code}\``), `${code} is not told: ${said}`);
  }
  const schema = answerSchema(operation, status);
  assert.ok(schema, `${status} is not told: ${said}`);
  const isJson = /json/.test(headers.get("content-type") ?? "");
  const parsed = schema.safeParse(isJson ? JSON.parse(text) : text);
  assert.ok(parsed.success, `${parsed.error}: ${said}`);
}

/** What was sent is shown as text, and nothing but the one style sheet is let in. */
function judgePage({ headers, text }: Seen, said: string): void {
  assert.match(headers.get("content-security-policy") ?? "", STRICT, said);
  assert.doesNotMatch(text, /<(?:script|img|iframe|object)|\son\w+=/i, said);
}

const schemas = new Map<string, z.ZodType>();

function answerSchema(
  { method, path, responses }: Operation,
  status: number,
): z.ZodType | null {
  const [content] = Object.values(responses[status]?.content ?? {});
  if (content === undefined) return null;
  const name = `${method} ${path} ${status}`;
  const known = schemas.get(name);
  if (known !== undefined) return known;
  const text = JSON.stringify({ ...content.schema, $defs: DEFINITIONS })
    .replaceAll("#/components/schemas/", "#/$defs/");
  const made = z.fromJSONSchema(JSON.parse(text));
  schemas.set(name, made);
  return made;
}
