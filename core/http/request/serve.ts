/**
 * Runs a route: admits the caller, parses what came, answers or names what is wrong.
 *
 * @module
 */
import type { HonoRequest } from "hono/request";
import type { z } from "@hono/zod-openapi";
import type { Deadline, Deadlines } from "../../domain/deadline.ts";
import { EngineError } from "../../domain/error.ts";
import type { Soon } from "../../domain/soon.ts";
import type { Caller } from "../../ports/access.ts";
import { Exchange } from "./exchange.ts";
import type { ExchangeScope } from "./report.ts";
import { parseFields } from "./field_errors.ts";
import { clientCertificateOf } from "../access/client_certificate.ts";
import type { Credentials, Keyring } from "../access/keyring.ts";
import { isSender, readFrom, senderFor, toldTo } from "../access/sender.ts";
import { DEADLINE_HEADER, parseDeadline } from "../deadline_header.ts";
import {
  type Admission,
  type Allowances,
  type Counted,
  UNCOUNTED,
} from "../load/allowances.ts";
import type { LoadGate, Passage, Work } from "../load/load_gate.ts";
import { demandSafeTexts } from "./request_body.ts";
import { type AnyCall, carryOut } from "./carry_out.ts";
import { readContent } from "./content.ts";
import type { Refuse } from "./refuse.ts";
import type {
  Endpoint,
  KeyedEndpoint,
  OpenEndpoint,
  Reply,
  Stage,
} from "../routes/endpoint.ts";

/** What serving takes beyond the stage. */
export interface ServeScope extends ExchangeScope {
  readonly stage: Stage;
  readonly keyring: Keyring;
  readonly gate: LoadGate;
  /** Answers what the gate does not let in. */
  readonly refuse: Refuse;
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
 * @param req Hono's view of the request.
 * @param endpoint The route.
 * @param scope What it works with.
 * @returns The answer; never throws.
 */
export function serve(
  req: HonoRequest,
  endpoint: Endpoint,
  scope: ServeScope,
): Response | Promise<Response> {
  if (endpoint.scope === null) return serveOpen(req, endpoint, scope);
  const passage = scope.gate.enter(endpoint.work ?? "other");
  return passage === null
    ? scope.refuse(req, endpoint.path)
    : serveKeyed(req, endpoint, { scope, passage });
}

async function serveOpen(
  req: HonoRequest,
  endpoint: OpenEndpoint,
  scope: ServeScope,
): Promise<Response> {
  const exchange = new Exchange(req, endpoint.path, scope);
  try {
    const accept = req.header("accept");
    return exchange.answer(await endpoint.answer(scope.stage, accept));
  } catch (error) {
    return exchange.fail(error);
  }
}

async function serveKeyed(
  req: HonoRequest,
  endpoint: KeyedEndpoint,
  { scope, passage }: Pick<Ground, "scope" | "passage">,
): Promise<Response> {
  const exchange = new Exchange(req, endpoint.path, scope);
  try {
    const deadline = startTime(req, endpoint, { scope, passage });
    const whole = endpoint.hurried ? deadline.later(MARGIN_MS) : deadline;
    const ground = { exchange, scope, passage, deadline };
    const answering = answerKeyed(req, endpoint, ground);
    return exchange.answer(await whole.within(answering, tooLate));
  } catch (error) {
    return exchange.fail(error);
  }
}

/** Until when a caller waits. */
function startTime(
  req: HonoRequest,
  { hurried, work = "other" }: KeyedEndpoint,
  { scope, passage }: Pick<Ground, "scope" | "passage">,
): Deadline {
  const otherwiseMs = hurried ? scope.deadlineMs : PATIENCE_MS[work];
  try {
    const header = req.header(DEADLINE_HEADER);
    return scope.deadlines.start(parseDeadline(header, otherwiseMs));
  } catch (error) {
    passage.leave(false);
    throw error;
  }
}

/** What a request that was let in is answered with. */
interface Ground {
  readonly exchange: Exchange;
  readonly scope: ServeScope;
  readonly passage: Passage;
  readonly deadline: Deadline;
}

/** Answers, and leaves the gate when that has ended, whether or not it is waited for. */
async function answerKeyed(
  req: HonoRequest,
  endpoint: KeyedEndpoint,
  ground: Ground,
): Promise<Reply> {
  const { exchange, scope, passage, deadline } = ground;
  const { hurried = false, counts = null } = endpoint;
  try {
    const calling = callerOf(req, endpoint, scope);
    const key = calling instanceof Promise ? await calling : calling;
    exchange.caller = key;
    const admitting = count(key, counts, { scope, deadline });
    const admission = admitting instanceof Promise
      ? await admitting
      : admitting;
    exchange.say(admission.headers);
    if (admission.refusal !== null) throw admission.refusal;
    const { clock: times } = exchange;
    times.end("admit");
    const params = endpoint.params &&
      parseTexts(endpoint.params, req.param(), "path");
    const query = endpoint.query &&
      parseTexts(endpoint.query, req.query(), "query");
    const reading = readContent(req, endpoint, {
      deadline,
      limitBytes: limitOf(endpoint, scope),
      pseudonymOf: (id) => scope.stage.engine.pseudonymOf(key.tenant, id),
    });
    const { body, idempotent } = await readFrom(key, reading);
    passage.begin();
    times.end("read_body");
    const call: AnyCall = {
      key,
      params,
      query,
      body,
      idempotent,
      deadline,
      times,
      decided: (decision) => void (exchange.decision = decision),
      raw: req.raw,
    };
    const reply = await work(endpoint, call, ground);
    passage.leave(hurried);
    return reply;
  } catch (error) {
    passage.leave(hurried && deadline.expired);
    throw toldTo(exchange.caller, error);
  }
}

/** Of senders without a key nothing is counted: anybody could use it up. */
function count(
  key: Caller,
  counts: Counted | null,
  { scope: { allowances }, deadline }: Pick<Ground, "scope" | "deadline">,
): Soon<Admission> {
  return isSender(key)
    ? UNCOUNTED
    : allowances.admit(key.tenant, counts, deadline);
}

function work(
  endpoint: KeyedEndpoint,
  call: AnyCall,
  { exchange, scope: { stage } }: Ground,
): Promise<Reply> {
  const { requestId: request } = exchange;
  if (endpoint.work === "decide") {
    return carryOut(endpoint, call, { stage, request });
  }
  return stage.engine.actFor(
    call.key.tenant,
    () => carryOut(endpoint, call, { stage, request }),
  ).finally(() => call.times.end("work"));
}

function tooLate(): EngineError {
  return new EngineError(
    "deadline_exceeded",
    "Cannot answer in time: what was asked may be done all the same; with an Idempotency-Key the same request then has the same answer",
  );
}

/** Whoever vouches for the caller: on some routes others than the keyring may. */
function callerOf(
  req: HonoRequest,
  endpoint: KeyedEndpoint,
  { keyring, stage }: ServeScope,
): Soon<Caller> {
  const shown = {
    authorization: req.header("authorization"),
    certificate: clientCertificateOf(req.raw),
  };
  return senderOf(req, endpoint, { stage, shown }) ??
    keyring.admit(shown, endpoint.scope);
}

/** Who calls without a key of ours, on routes that let others vouch for them. */
function senderOf(
  req: HonoRequest,
  { tenantWithoutKey }: KeyedEndpoint,
  { stage, shown }: { readonly stage: Stage; readonly shown: Credentials },
): Caller | null {
  if (!tenantWithoutKey) return null;
  if (/^Bearer +moe_/i.test(shown.authorization ?? "")) return null;
  const tenant = tenantWithoutKey(req.param(), stage);
  return tenant === null ? null : senderFor(tenant);
}

function parseTexts(
  schema: z.ZodType,
  texts: Readonly<Record<string, string>>,
  root: string,
): unknown {
  return parseFields(schema, demandSafeTexts(texts, root), root);
}

function limitOf(
  { body }: KeyedEndpoint,
  { bodyLimitBytes, deliveryLimitBytes }: ServeScope,
): number {
  return body === "raw" ? deliveryLimitBytes : bodyLimitBytes;
}
