/**
 * Runs a route: admits the caller, parses what came, answers or names what is wrong.
 *
 * @module
 */
import type { Context } from "hono";
import type { z } from "@hono/zod-openapi";
import { EngineError } from "../../domain/error.ts";
import type { ApiKey } from "../../ports/decisions.ts";
import { type ExchangeScope, openExchange } from "./exchange.ts";
import { parseFields } from "./field_errors.ts";
import {
  bindIdempotencyKey,
  type Idempotent,
  parseIdempotencyKey,
} from "../idempotency_key.ts";
import type { Keyring } from "./keyring.ts";
import { hidePerson } from "./person.ts";
import {
  decodeText,
  demandSafe,
  parseJsonBody,
  readBytes,
} from "./request_body.ts";
import type { Endpoint, KeyedEndpoint, Stage } from "../routes/endpoint.ts";

/** What serving takes beyond the stage. */
export interface ServeScope extends ExchangeScope {
  readonly stage: Stage;
  readonly keyring: Keyring;
  readonly bodyLimitBytes: number;
  /** Largest body of routes that take bytes as they come. */
  readonly deliveryLimitBytes: number;
}

/**
 * Serves one request.
 *
 * @param context Hono's view of the request.
 * @param endpoint The route.
 * @param scope What it works with.
 * @returns The answer; never throws.
 */
export async function serve(
  context: Context,
  endpoint: Endpoint,
  scope: ServeScope,
): Promise<Response> {
  const exchange = openExchange(context, endpoint.path, scope);
  try {
    if (endpoint.scope === null) {
      return exchange.answer(await endpoint.answer(scope.stage));
    }
    const { req } = context;
    const key = senderOf(context, endpoint, scope) ??
      await scope.keyring.admit(req.header("authorization"), endpoint.scope);
    exchange.admitted(key);
    const call = {
      key,
      params: parsePart(endpoint.params, () => req.param(), "path"),
      query: parsePart(endpoint.query, () => req.query(), "query"),
      ...await readContent(context, endpoint, {
        limitBytes: limitOf(endpoint, scope),
        pseudonymOf: (id) => scope.stage.engine.pseudonymOf(key.tenant, id),
      }),
      headers: req.raw.headers,
      url: req.raw.url,
    };
    return exchange.answer(await endpoint.run(call, scope.stage));
  } catch (error) {
    return exchange.fail(error);
  }
}

/** Who calls without a key of ours, on routes that let others vouch for them. */
function senderOf(
  { req }: Context,
  endpoint: KeyedEndpoint,
  { stage }: ServeScope,
): ApiKey | null {
  const ours = /^Bearer +moe_/i.test(req.header("authorization") ?? "");
  if (ours || !endpoint.tenantWithoutKey) return null;
  const tenant = endpoint.tenantWithoutKey(req.param(), stage);
  if (tenant === null) return null;
  return {
    id: "sender",
    tenant,
    name: "sender",
    scopes: [],
    purposes: null,
    ...{ groups: [], person: false },
    secretHash: "",
    createdAt: stage.engine.clock.now(),
    expiresAt: null,
    revokedAt: null,
  };
}

function parsePart(
  schema: z.ZodType | null,
  read: () => unknown,
  root: string,
): unknown {
  return schema === null ? null : parseFields(schema, read(), root);
}

function limitOf(
  { body }: KeyedEndpoint,
  { bodyLimitBytes, deliveryLimitBytes }: ServeScope,
): number {
  return body === "raw" ? deliveryLimitBytes : bodyLimitBytes;
}

interface Content {
  readonly body: unknown;
  readonly idempotent: Idempotent | null;
}

async function readContent(
  { req }: Context,
  endpoint: KeyedEndpoint,
  { limitBytes, pseudonymOf }: {
    readonly limitBytes: number;
    readonly pseudonymOf: (id: string) => Promise<string>;
  },
): Promise<Content> {
  const { body, idempotency, person, namesPeople } = endpoint;
  if (body === null) return { body: null, idempotent: null };
  const key = idempotency === null
    ? null
    : parseIdempotencyKey(req.header("idempotency-key"));
  if (idempotency === "required" && key === null) throw keyMissing();
  const bytes = await readBytes(req.raw, limitBytes);
  if (body === "raw") return { body: bytes, idempotent: null };
  const text = decodeText(req.raw, bytes);
  const absent = text === "" && body.safeParse(undefined).success;
  const sent = absent ? undefined : parseJsonBody(text);
  const known = person ? await hidePerson(sent, person, pseudonymOf) : sent;
  return {
    body: parseFields(body, namesPeople ? known : demandSafe(known), ""),
    idempotent: bindIdempotencyKey(
      key,
      routeOf(endpoint),
      known === sent ? text : JSON.stringify(known),
    ),
  };
}

function routeOf({ method, path }: KeyedEndpoint): string {
  return `${method.toUpperCase()} ${path}`;
}

function keyMissing(): EngineError {
  return new EngineError(
    "idempotency_key_missing",
    'Cannot accept request: send the header "Idempotency-Key" with a value that is new for each new request',
    { facts: { header: "Idempotency-Key" } },
  );
}
