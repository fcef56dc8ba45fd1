/**
 * HTTP as lent to a connector: https and declared hosts only, no redirects, a time
 * limit, no faster than the quota allows, and repeated as the answer's meaning asks.
 *
 * A call that may have changed something is repeated only when the source said that
 * it did nothing (a throttle, or an access token that has expired).
 *
 * @module
 */
import {
  EngineError,
  type ErrorCode,
  type ErrorFacts,
} from "../../domain/error.ts";
import type { HttpAnswer, Outcome } from "../../domain/source.ts";
import type { Clock } from "../../ports/clock.ts";
import type { HttpCall, HttpClient } from "../../../plugins/contract.ts";
import { redactSecrets } from "../configure.ts";
import { judgeStatus, type ReadAnswer, readAnswer } from "./answer.ts";
import type { CallQuota } from "./call_quota.ts";
import type { Persistence } from "./persistence.ts";
import { demandTarget, isSafe, type Routes, toRequest } from "./request.ts";

/** Where access tokens come from. */
export interface TokenLease {
  /** A token that holds. */
  token(): Promise<string>;
  /** Says that this one does not hold any more. */
  expired(token: string): void;
}

/** What a connector's HTTP is bound by. */
export interface HttpLoan extends Partial<Routes> {
  readonly hosts: readonly string[];
  /** Values that must not be printed. */
  readonly secrets?: readonly string[];
  /** What an answer means; null for what its status says. */
  judge?(answer: HttpAnswer): Outcome | null;
  /** The source's quota; calls go at once without one. */
  readonly quota?: CallQuota;
  /** Access tokens for calls that are signed in. */
  readonly lease?: TokenLease;
  /** Pauses between attempts, and the breaker. */
  readonly persistence: Persistence;
  /** What calls; `fetch` unless given. */
  fetch?(request: Request): Promise<Response>;
  /** Time limit of one attempt, milliseconds. */
  readonly timeoutMs?: number;
  /** Attempts in all, waits that the source asked for not counted. */
  readonly attempts?: number;
  /** Longest wait that is sat out where no quota keeps it, milliseconds. */
  readonly maxWaitMs?: number;
  /** Longest that a call may take in all, its waits for the quota included, milliseconds. */
  readonly deadlineMs?: number;
  /** By what the deadline is measured; the machine's unless given. */
  readonly clock?: Clock;
  /** Largest answer that is read, bytes. */
  readonly maxBytes?: number;
}

type Terms = HttpLoan & Required<typeof DEFAULTS> & Routes;

/** What an attempt came to. */
type Attempt =
  | { readonly kind: "taken"; readonly answer: ReadAnswer }
  | { readonly kind: "failed"; readonly reason: string }
  | Exclude<Outcome, { kind: "ok" | "again" }>;

const DEFAULTS = {
  configuredHosts: [] as readonly string[],
  secrets: [] as readonly string[],
  loopback: false,
  via: {} as Readonly<Record<string, string>>,
  timeoutMs: 30_000,
  attempts: 5,
  maxWaitMs: 60_000,
  deadlineMs: 600_000,
  maxBytes: 64 * 1024 * 1024,
};
/** Refusals in a row for being too fast, after which the source is given up. */
const MAX_THROTTLES = 20;
const MAX_RENEWALS = 2;

/**
 * Lends HTTP.
 *
 * @param loan Hosts, secrets, quota and limits.
 * @returns A client that keeps to them.
 */
export function lendHttp(loan: HttpLoan): HttpClient {
  const terms: Terms = { ...DEFAULTS, ...loan };
  return {
    async json(url, call = {}) {
      const target = demandTarget(url, call, terms);
      const answer = await persist(target, call, terms);
      if (answer.isJson) return answer.body;
      throw failure("source_unavailable", "its answer is not JSON", {
        target,
        terms,
      });
    },
    async text(url, call = {}) {
      const target = demandTarget(url, call, terms);
      return (await persist(target, call, terms)).text;
    },
  };
}

async function persist(
  target: URL,
  call: HttpCall,
  terms: Terms,
): Promise<ReadAnswer> {
  const told = { target, terms };
  let [failures, throttles, renewals] = [0, 0, 0];
  const untilMs = presentMs(terms) + terms.deadlineMs;
  while (true) {
    if (presentMs(terms) > untilMs) {
      throw failure("source_unavailable", "it took too long in all", told);
    }
    const attempt = await tryOnce(target, call, terms);
    if (attempt.kind === "taken") return attempt.answer;
    if (attempt.kind === "refused") {
      throw failure("source_refused", attempt.reason, told);
    }
    if (attempt.kind === "too_large") {
      throw failure("source_too_large", "it wants to be asked for less", told);
    }
    if (attempt.kind === "sign_in") {
      const renewable = terms.lease !== undefined && call.signedIn === true;
      if (renewable && ++renewals <= MAX_RENEWALS) continue;
      throw failure("source_refused", "its access is refused", told);
    }
    if (attempt.kind === "throttled") {
      if (++throttles > MAX_THROTTLES) {
        throw failure("source_throttled", "it keeps refusing calls", told);
      }
      await waitThrottled(target, attempt, { terms, throttles });
      continue;
    }
    if (++failures >= terms.attempts || !isSafe(call)) {
      throw failure("source_unavailable", attempt.reason, told);
    }
    await terms.persistence.pause(failures);
  }
}

function presentMs({ clock }: Terms): number {
  return clock ? Date.parse(clock.now()) : Date.now();
}

/** Where a quota keeps the wait, the next call waits there. */
async function waitThrottled(
  target: URL,
  { waitSeconds }: Extract<Outcome, { kind: "throttled" }>,
  { terms, throttles }: { terms: Terms; throttles: number },
): Promise<void> {
  if (terms.quota) return;
  const waitMs = (waitSeconds ?? 0) * 1000;
  if (waitMs > terms.maxWaitMs) {
    throw failure("source_throttled", `it asks for ${waitSeconds} seconds`, {
      target,
      terms,
      facts: { retryAfterSeconds: Math.ceil(waitSeconds ?? 0) },
    });
  }
  await terms.persistence.pause(throttles, waitMs);
}

async function tryOnce(
  target: URL,
  call: HttpCall,
  terms: Terms,
): Promise<Attempt> {
  const token = call.signedIn && terms.lease ? await terms.lease.token() : null;
  const sent = await terms.persistence.guard(
    target.hostname,
    () => sendAdmitted(target, toRequest(call, token), terms),
  );
  if (sent.kind === "sign_in" && token !== null) terms.lease?.expired(token);
  return sent;
}

/** Goes when the quota lets it, and tells the quota at once how it ended. */
async function sendAdmitted(
  target: URL,
  init: RequestInit,
  terms: Terms,
): Promise<Attempt> {
  const admitted = await terms.quota?.admit(target.pathname);
  const answer = await send(target, init, terms);
  const came = typeof answer === "object" ? answer : null;
  admitted?.ended(came);
  if (answer === null) return { kind: "too_large" };
  if (typeof answer === "string") return { kind: "failed", reason: answer };
  const outcome = terms.judge?.(answer) ?? judgeStatus(answer);
  if (outcome.kind === "throttled") {
    admitted?.refused(outcome.scope, outcome.waitSeconds);
  }
  if (outcome.kind === "ok") return { kind: "taken", answer };
  return outcome.kind === "again"
    ? { kind: "failed", reason: `it answered ${answer.status}` }
    : outcome;
}

/** The answer, null if it is too long to be read, or why there is none. */
async function send(
  target: URL,
  init: RequestInit,
  { timeoutMs, maxBytes, fetch: call = fetch }: Terms,
): Promise<ReadAnswer | string | null> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await call(new Request(target, { ...init, signal }));
    return await readAnswer(response, target.pathname, maxBytes);
  } catch (error) {
    if (error instanceof EngineError) throw error;
    const slow = error instanceof DOMException && error.name === "TimeoutError";
    return slow ? `no answer in ${timeoutMs} ms` : "no connection";
  }
}

function failure(
  code: ErrorCode,
  reason: string,
  { target, terms, facts = {} }: {
    readonly target: URL;
    readonly terms: Terms;
    readonly facts?: ErrorFacts;
  },
): EngineError {
  const path = redactSecrets(target.pathname, terms.secrets);
  return new EngineError(
    code,
    `Cannot call source "${target.hostname}${path}": ${
      redactSecrets(reason, terms.secrets)
    }`,
    { facts },
  );
}
