/**
 * Runs a route: admits the caller, parses what came, answers or names what is wrong.
 *
 * @module
 */
import type { Context } from "hono";
import type { z } from "@hono/zod-openapi";
import type { Deadline, Deadlines } from "../../domain/deadline.ts";
import { EngineError } from "../../domain/error.ts";
import type { Caller } from "../../ports/access.ts";
import { type Exchange, openExchange } from "./exchange.ts";
import type { ExchangeScope } from "./report.ts";
import { parseFields } from "./field_errors.ts";
import {
  bindIdempotencyKey,
  type Idempotent,
  parseIdempotencyKey,
} from "../idempotency_key.ts";
import { clientCertificateOf } from "../access/client_certificate.ts";
import type { Credentials, Keyring } from "../access/keyring.ts";
import { DEADLINE_HEADER, parseDeadline } from "../deadline_header.ts";
import type { Allowances } from "../load/allowances.ts";
import type { LoadGate, Passage, Work } from "../load/load_gate.ts";
import { hidePerson } from "./person.ts";
import {
  decodeText,
  demandSafe,
  demandSafeTexts,
  parseJsonBody,
  readBytes,
} from "./request_body.ts";
import { carryOut } from "./carry_out.ts";
import type {
  Endpoint,
  KeyedEndpoint,
  Reply,
  Stage,
} from "../routes/endpoint.ts";

/** What serving takes beyond the stage. */
export interface ServeScope extends ExchangeScope {
  readonly stage: Stage;
  readonly keyring: Keyring;
  readonly gate: LoadGate;
  readonly allowances: Allowances;
  readonly deadlines: Deadlines;
  /** How long a decision may take whose caller says nothing, milliseconds. */
  readonly deadlineMs: number;
  readonly bodyLimitBytes: number;
  /** Largest body of routes that take bytes as they come. */
  readonly deliveryLimitBytes: number;
}

/** How long anything but a single decision may take whose caller says nothing. */
const PATIENCE_MS: Readonly<Record<Work, number>> = {
  decide: 30_000,
  other: 60_000,
  plan: 300_000,
};
/** By how much longer than its caller waits a decision is waited for: it sees to that itself. */
const MARGIN_MS = 25;

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
      const accept = context.req.header("accept");
      return exchange.answer(await endpoint.answer(scope.stage, accept));
    }
    const time = startTime(context, endpoint, scope);
    const passage = scope.gate.enter(endpoint.work ?? "other");
    const ground = { exchange, scope, passage, deadline: time.deadline };
    const answering = answerKeyed(context, endpoint, ground).then(
      (reply) => {
        passage.leave(endpoint.hurried === true);
        return reply;
      },
      (error) => {
        passage.leave(endpoint.hurried === true && time.deadline.expired);
        throw error;
      },
    );
    return exchange.answer(await time.whole.within(answering, tooLate));
  } catch (error) {
    return exchange.fail(error);
  }
}

/** How long a caller waits, and how long anything at all is waited for. */
function startTime(
  { req }: Context,
  { hurried, work = "other" }: KeyedEndpoint,
  { deadlines, deadlineMs }: ServeScope,
): { readonly deadline: Deadline; readonly whole: Deadline } {
  const otherwiseMs = hurried ? deadlineMs : PATIENCE_MS[work];
  const ms = parseDeadline(req.header(DEADLINE_HEADER), otherwiseMs);
  const deadline = deadlines.start(ms);
  return hurried
    ? { deadline, whole: deadlines.start(ms + MARGIN_MS) }
    : { deadline, whole: deadline };
}

async function answerKeyed(
  context: Context,
  endpoint: KeyedEndpoint,
  { exchange, scope, passage, deadline }: {
    readonly exchange: Exchange;
    readonly scope: ServeScope;
    readonly passage: Passage;
    readonly deadline: Deadline;
  },
): Promise<Reply> {
  const { req } = context;
  const key = senderOf(context, endpoint, scope) ??
    await scope.keyring.admit(shownBy(req), endpoint.scope);
  exchange.admitted(key);
  const { counts = null } = endpoint;
  const admitting = scope.allowances.admit(key.tenant, counts, deadline);
  const admission = admitting instanceof Promise ? await admitting : admitting;
  exchange.say(admission.headers);
  if (admission.refusal !== null) throw admission.refusal;
  const { times, decided } = exchange;
  times.end("admit");
  const call = {
    ...{ key, deadline, times, decided },
    params: parsePart(endpoint.params, () => req.param(), "path"),
    query: parsePart(endpoint.query, () => req.query(), "query"),
    ...await readContent(context, endpoint, {
      deadline,
      limitBytes: limitOf(endpoint, scope),
      pseudonymOf: (id) => scope.stage.engine.pseudonymOf(key.tenant, id),
    }),
    headers: req.raw.headers,
    url: req.raw.url,
  };
  passage.begin();
  times.end("read_body");
  const { stage } = scope;
  const work = () =>
    carryOut(endpoint, call, { stage, request: exchange.requestId });
  if (endpoint.work === "decide") return await work();
  return await stage.engine.actFor(key.tenant, work)
    .finally(() => times.end("work"));
}

function tooLate(): EngineError {
  return new EngineError(
    "deadline_exceeded",
    "Cannot answer in time: what was asked may be done all the same; with an Idempotency-Key the same request then has the same answer",
  );
}

function shownBy({ raw }: Context["req"]): Credentials {
  return {
    authorization: raw.headers.get("authorization") ?? undefined,
    certificate: clientCertificateOf(raw),
  };
}

/** Who calls without a key of ours, on routes that let others vouch for them. */
function senderOf(
  { req }: Context,
  endpoint: KeyedEndpoint,
  { stage }: ServeScope,
): Caller | null {
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
  };
}

function parsePart(
  schema: z.ZodType | null,
  read: () => Readonly<Record<string, string>>,
  root: string,
): unknown {
  return schema === null
    ? null
    : parseFields(schema, demandSafeTexts(read(), root), root);
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
  { deadline, limitBytes, pseudonymOf }: {
    readonly deadline: Deadline;
    readonly limitBytes: number;
    readonly pseudonymOf: (id: string) => Promise<string>;
  },
): Promise<Content> {
  const { body, idempotency, person, namesPeople } = endpoint;
  const key = idempotency === null
    ? null
    : parseIdempotencyKey(req.header("idempotency-key"));
  const bind = (text: string) =>
    bindIdempotencyKey(
      key,
      routeOf(endpoint),
      endpoint.keepsAnswers ? text : `${req.path}\n${text}`,
    );
  if (body === null) return { body: null, idempotent: bind("") };
  if (idempotency === "required" && key === null) throw keyMissing();
  const bytes = await deadline.within(readBytes(req.raw, limitBytes));
  if (body === "raw") return { body: bytes, idempotent: null };
  const text = decodeText(req.raw, bytes);
  const absent = text === "" && body.safeParse(undefined).success;
  const sent = absent ? undefined : parseJsonBody(text);
  const known = person ? await hidePerson(sent, person, pseudonymOf) : sent;
  return {
    body: parseFields(body, namesPeople ? known : demandSafe(known), ""),
    idempotent: bind(known === sent ? text : JSON.stringify(known)),
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
