/**
 * The OpenAPI 3.1 document, made from the schemas that parse.
 *
 * @module
 */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { CODES, type ErrorCode } from "../domain/error.ts";
import {
  ANSWER_HEADERS,
  headersOfAnswer,
  headersOfProblem,
} from "./answer_headers.ts";
import { DEADLINE_HEADER, MOST_DEADLINE_MS } from "./deadline_header.ts";
import { MEANINGS } from "./problem.ts";
import { MAX_KEY_LENGTH } from "./idempotency_key.ts";
import { ENDPOINTS } from "./routes/all.ts";
import type { Answer, Endpoint, KeyedEndpoint } from "./routes/endpoint.ts";
import { TAGS } from "./tags.ts";
import { problemSchema } from "./wire/problem_json.ts";

/** Version of the HTTP interface, not of the engine. */
export const API_VERSION = "1.0.0";

const TITLE = "Marketing Optimization Engine";
const ABOUT =
  "Turns marketing signals into budget, bid and channel decisions that keep every hard constraint and can be explained, replayed and undone. Money is whole millionths (micros) as text, with its currency. Ids are pseudonymous: e-mail addresses and phone numbers are refused, but for the subject of a decision, who is known by a pseudonym at once.";

const ALWAYS: readonly ErrorCode[] = ["internal_error", "store_unavailable"];
const KEYED: readonly ErrorCode[] = [
  "access_denied",
  "credentials_invalid",
  "deadline_exceeded",
  "overloaded",
  "rate_limited",
  "request_invalid",
];
const WITH_JSON: readonly ErrorCode[] = [
  "body_invalid",
  "body_too_large",
  "media_type_unsupported",
  "personal_data_refused",
  "request_invalid",
];

const WITH_KEY: readonly ErrorCode[] = [
  "answer_lost",
  "idempotency_key_in_flight",
  "idempotency_key_reused",
];

const ID_ABOUT =
  "1 to 64 letters, digits, dots, dashes, underscores; answered and logged, made if absent";

const DEADLINE_ABOUT =
  "How long the caller waits, milliseconds. A decision is answered within it, on a lower rung if need be, or not at all; anything else is given up, though it may still be done";

/** Any one of them admits a caller that has the route's scope. */
const CREDENTIALS = {
  apiKey: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "moe_<id>_<secret>",
    description: "A key of the tenant; each route names the scope it asks for",
  },
  token: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description:
      "A token of the issuer that the server takes tokens of, if of any; its roles say which scopes it has",
  },
  certificate: {
    type: "mutualTLS",
    description:
      "A client certificate whose holder the server knows, where it asks for one and nothing else was sent",
  },
} as const;

/** An OpenAPI document, as JSON. */
export interface OpenApiDocument {
  /** Version of the specification. */
  readonly openapi: string;
  /** What it describes. */
  readonly info: {
    /** Its name. */
    readonly title: string;
    /** Version of the interface. */
    readonly version: string;
    /** What it does. */
    readonly description?: string;
  };
  /** What routes are about. */
  readonly tags: readonly {
    /** Its name. */
    readonly name: string;
    /** What its routes are for. */
    readonly description: string;
  }[];
  /** Operations by path and method. */
  readonly paths: Readonly<Record<string, unknown>>;
  /** What operations refer to. */
  readonly components: {
    /** Schemas by name. */
    readonly schemas: Readonly<Record<string, unknown>>;
  };
  /** Whatever else the specification has. */
  readonly [member: string]: unknown;
}

/**
 * Describes the API.
 *
 * @returns The document.
 */
export function createOpenApi(): OpenApiDocument {
  const app = new OpenAPIHono();
  for (const [name, scheme] of Object.entries(CREDENTIALS)) {
    app.openAPIRegistry.registerComponent("securitySchemes", name, scheme);
  }
  for (const [name, header] of Object.entries(ANSWER_HEADERS)) {
    app.openAPIRegistry.registerComponent("headers", name, header);
  }
  for (const endpoint of ENDPOINTS) {
    app.openAPIRegistry.registerPath(createRoute(describeRoute(endpoint)));
  }
  const document: unknown = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      ...{ title: TITLE, version: API_VERSION, description: ABOUT },
      license: { name: "MIT", url: "https://opensource.org/license/mit" },
    },
    servers: [{ url: "/" }],
    tags: Object.entries(TAGS).map(([name, description]) => ({
      name,
      description,
    })),
  });
  return document as OpenApiDocument;
}

/**
 * Prints the document as it is checked in and served.
 *
 * @returns JSON, indented, with a newline at the end.
 */
export function printOpenApi(): string {
  return `${JSON.stringify(createOpenApi(), null, 2)}\n`;
}

function failuresOf(endpoint: Endpoint): readonly ErrorCode[] {
  const codes = new Set<ErrorCode>([...ALWAYS, ...endpoint.failures]);
  const add = (more: readonly ErrorCode[]) =>
    more.forEach((code) => codes.add(code));
  if (endpoint.scope !== null) {
    add(KEYED);
    if (endpoint.body === "raw") {
      add(["body_too_large", "media_type_unsupported"]);
    } else if (endpoint.body !== null) add(WITH_JSON);
    if (endpoint.idempotency !== null) add(WITH_KEY);
    if (endpoint.idempotency === "required") add(["idempotency_key_missing"]);
  }
  return [...codes].sort();
}

function describeRoute(endpoint: Endpoint) {
  const { method, path, tag, summary, about, scope } = endpoint;
  return {
    method,
    path,
    operationId: operationId(method, path),
    tags: [tag],
    summary,
    ...(about === undefined ? {} : { description: about }),
    security: scope === null
      ? []
      : Object.keys(CREDENTIALS).map((name) => ({ [name]: [scope] })),
    request: scope === null ? {} : describeRequest(endpoint),
    responses: { ...describeAnswers(endpoint), ...describeProblems(endpoint) },
  };
}

function operationId(method: string, path: string): string {
  const words = path.match(/[a-z]+/g) ?? [];
  return [method, ...words].join("_");
}

function describeRequest(endpoint: KeyedEndpoint) {
  const { params, query, body, idempotency, example } = endpoint;
  return {
    headers: z.object({
      "x-request-id": z.string().optional().openapi({ description: ID_ABOUT }),
      [DEADLINE_HEADER]: z.int().min(1).max(MOST_DEADLINE_MS).optional()
        .openapi({ description: DEADLINE_ABOUT }),
      ...(idempotency === null
        ? {}
        : { "idempotency-key": describeKey(idempotency) }),
    }),
    ...(params instanceof z.ZodObject ? { params } : {}),
    ...(query instanceof z.ZodObject ? { query } : {}),
    ...(body === null ? {} : { body: describeBody(body, example) }),
  };
}

function describeKey(idempotency: "required" | "optional") {
  const key = z.string().min(1).max(MAX_KEY_LENGTH);
  const told = {
    description:
      "One key, one effect, one answer: sent again with the same body it answers the same, with another it is refused",
    example: "7f9c2ba4-e88f-4a1b-9e61-1f9d8a3b5c77",
  };
  return idempotency === "required"
    ? key.openapi(told)
    : key.optional().openapi(told);
}

function describeBody(body: z.ZodType | "raw", example: unknown) {
  const schema = body === "raw" ? z.unknown() : body;
  const told = example === undefined ? { schema } : { schema, example };
  const required = body === "raw" || !body.safeParse(undefined).success;
  return { required, content: { "application/json": told } };
}

function describeAnswers(endpoint: Endpoint) {
  const { answers } = endpoint;
  return Object.fromEntries(answers.map((answer: Answer) => [answer.status, {
    description: answer.about,
    headers: headersOfAnswer(endpoint),
    content: { [answer.type ?? "application/json"]: { schema: answer.schema } },
  }]));
}

function describeProblems(endpoint: Endpoint) {
  const byStatus = new Map<number, ErrorCode[]>();
  const answered = new Set(endpoint.answers.map(({ status }) => status));
  for (const code of failuresOf(endpoint)) {
    const { status } = CODES[code];
    if (answered.has(status)) continue;
    byStatus.set(status, [...byStatus.get(status) ?? [], code]);
  }
  return Object.fromEntries([...byStatus].map(([status, codes]) => [status, {
    description: codes.map((code) => `\`${code}\`: ${MEANINGS[code]}`).join(
      "; ",
    ),
    headers: headersOfProblem(codes),
    content: { "application/problem+json": { schema: problemSchema } },
  }]));
}
