/**
 * What a request brings: its body, parsed, and the key under which it has one effect.
 *
 * @module
 */
import type { HonoRequest } from "hono/request";
import type { Deadline } from "../../domain/deadline.ts";
import { EngineError } from "../../domain/error.ts";
import type { Soon } from "../../domain/soon.ts";
import {
  bindIdempotencyKey,
  type Idempotent,
  parseIdempotencyKey,
} from "../idempotency_key.ts";
import type { KeyedEndpoint } from "../routes/endpoint.ts";
import { parseFields } from "./field_errors.ts";
import { hidePerson } from "./person.ts";
import {
  decodeText,
  demandSafe,
  parseJsonBody,
  readBytes,
  tooLarge,
} from "./request_body.ts";

/** What a request brings. */
export interface Content {
  /** As the route's schema parsed it, bytes as they came, or null. */
  readonly body: unknown;
  readonly idempotent: Idempotent | null;
}

/** How a body is read. */
export interface Reading {
  readonly deadline: Deadline;
  readonly limitBytes: number;
  /** The id by which the engine knows a person. */
  readonly pseudonymOf: (id: string) => Soon<string>;
}

/**
 * Reads what a request brings.
 *
 * @param req The request.
 * @param endpoint Its route.
 * @param reading Until when, how much, and how people are named.
 * @returns Its body and its key.
 * @throws {EngineError} What is wrong with either; `deadline_exceeded` if the body is late.
 */
export async function readContent(
  req: HonoRequest,
  endpoint: KeyedEndpoint,
  { deadline, limitBytes, pseudonymOf }: Reading,
): Promise<Content> {
  const { body, idempotency, person, namesPeople } = endpoint;
  const key = idempotency === null
    ? null
    : parseIdempotencyKey(req.header("idempotency-key"));
  const bindTo = (text: string) =>
    key === null ? null : bind(key, { endpoint, path: req.path, text });
  if (body === null) return { body, idempotent: bindTo("") };
  if (idempotency === "required" && key === null) throw keyMissing();
  const bytes = await deadline.within(readBytes(req.raw, limitBytes));
  if (bytes.length > limitBytes) throw tooLarge(limitBytes);
  if (body === "raw") return { body: bytes, idempotent: null };
  const text = decodeText(req.raw, bytes);
  const isAbsent = text === "" && body.safeParse(undefined).success;
  const sent = isAbsent ? undefined : parseJsonBody(text);
  const hidden = person ? hidePerson(sent, person, pseudonymOf) : sent;
  const known = hidden instanceof Promise ? await hidden : hidden;
  return {
    body: parseFields(body, namesPeople ? known : demandSafe(known), ""),
    idempotent: bindTo(known === sent ? text : JSON.stringify(known)),
  };
}

/** Answers that a route keeps by itself are of the route, others of the path. */
function bind(
  key: string,
  { endpoint: { method, path: pattern, keepsAnswers }, path, text }: {
    readonly endpoint: KeyedEndpoint;
    readonly path: string;
    readonly text: string;
  },
): Idempotent | null {
  const route = `${method.toUpperCase()} ${pattern}`;
  return bindIdempotencyKey(
    key,
    route,
    keepsAnswers ? text : `${path}\n${text}`,
  );
}

function keyMissing(): EngineError {
  return new EngineError(
    "idempotency_key_missing",
    'Cannot accept request: send the header "Idempotency-Key" with a value that is new for each new request',
    { facts: { header: "Idempotency-Key" } },
  );
}
