/**
 * HTTP as lent to a connector: https and declared hosts only, no redirects, a
 * time limit, and retries that wait as long as the source asks.
 *
 * A call with a body is repeated only when the source said that it did nothing
 * (429 and 503); a call without is repeated after any passing failure.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { HttpCall, HttpClient } from "../../plugins/contract.ts";
import { redactSecrets } from "./configure.ts";

/** What a connector's HTTP is bound by. */
export interface HttpLoan {
  /** Hosts that the connector declared. */
  readonly hosts: readonly string[];
  /** Values that must not be printed. */
  readonly secrets?: readonly string[];
  /** Whether the operator allows plain http to this machine. */
  readonly loopback?: boolean;
  /** Time limit of one attempt, milliseconds. */
  readonly timeoutMs?: number;
  /** Attempts in all. */
  readonly attempts?: number;
  /** First wait between attempts, milliseconds; doubles each time. */
  readonly backoffMs?: number;
  /** Longest wait that is sat out, milliseconds. */
  readonly maxWaitMs?: number;
  /** Largest answer that is read, bytes. */
  readonly maxBytes?: number;
}

type Terms = Required<HttpLoan>;

/** What an attempt came to: an answer, or why not and how long to wait. */
type Attempt =
  | { readonly answer: unknown }
  | {
    readonly reason: string;
    readonly again: boolean;
    readonly waitMs: number | null;
  };

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);
const DEFAULTS = {
  secrets: [],
  loopback: false,
  timeoutMs: 30_000,
  attempts: 5,
  backoffMs: 500,
  maxWaitMs: 60_000,
  maxBytes: 64 * 1024 * 1024,
};

/**
 * Lends HTTP.
 *
 * @param loan Hosts, secrets and limits.
 * @returns A client that keeps to them.
 */
export function lendHttp(loan: HttpLoan): HttpClient {
  const terms: Terms = { ...DEFAULTS, ...loan };
  return {
    async json(url, call = {}) {
      const target = demandTarget(url, terms);
      for (const [name, value] of Object.entries(call.query ?? {})) {
        target.searchParams.set(name, value);
      }
      return await persist(target, call, terms);
    },
  };
}

function demandTarget(url: string, terms: Terms): URL {
  const target = URL.parse(url);
  if (!target) throw refused("the URL is malformed", "source");
  const { protocol, hostname } = target;
  if (terms.loopback && LOOPBACK.has(hostname)) return target;
  if (protocol !== "https:") throw refused("only https is lent", hostname);
  if (!terms.hosts.includes(hostname)) {
    throw refused("the connector does not declare this host", hostname);
  }
  return target;
}

async function persist(
  target: URL,
  call: HttpCall,
  terms: Terms,
): Promise<unknown> {
  for (let attempt = 1;; attempt++) {
    const outcome = await tryOnce(target, call, terms);
    if ("answer" in outcome) return outcome.answer;
    const waitMs = outcome.waitMs ?? backoff(attempt, terms);
    const over = !outcome.again || attempt >= terms.attempts ||
      waitMs > terms.maxWaitMs;
    if (over) {
      throw unavailable(target, outcome.reason, { attempt, waitMs, terms });
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

async function tryOnce(
  target: URL,
  call: HttpCall,
  { timeoutMs, maxBytes }: Terms,
): Promise<Attempt> {
  const safe = call.body === undefined;
  try {
    const response = await fetch(target, {
      ...toRequest(call),
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    return await readAnswer(response, { safe, maxBytes });
  } catch (error) {
    const slow = error instanceof DOMException && error.name === "TimeoutError";
    const reason = slow ? `no answer in ${timeoutMs} ms` : "no connection";
    return { reason, again: safe, waitMs: null };
  }
}

function toRequest({ headers, bearer, body }: HttpCall): RequestInit {
  const sent = new Headers({ accept: "application/json", ...headers });
  if (bearer !== undefined) sent.set("authorization", `Bearer ${bearer}`);
  if (body === undefined) return { headers: sent };
  sent.set("content-type", "application/json");
  return { method: "POST", headers: sent, body: JSON.stringify(body) };
}

async function readAnswer(
  response: Response,
  { safe, maxBytes }: { readonly safe: boolean; readonly maxBytes: number },
): Promise<Attempt> {
  const { status, ok, headers } = response;
  if (!ok) {
    await response.body?.cancel();
    const passing = status === 429 || status === 503 ||
      (safe && status >= 500);
    const waitMs = retryAfterMs(headers);
    return { reason: `it answered ${status}`, again: passing, waitMs };
  }
  const text = await readText(response, maxBytes);
  if (text === null) {
    const reason = `its answer exceeds ${maxBytes} bytes`;
    return { reason, again: false, waitMs: null };
  }
  try {
    return { answer: JSON.parse(text) };
  } catch {
    return { reason: "its answer is not JSON", again: false, waitMs: null };
  }
}

/** The whole text, or null when it is too long. */
async function readText(
  response: Response,
  maxBytes: number,
): Promise<string | null> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function retryAfterMs(headers: Headers): number | null {
  const text = headers.get("retry-after")?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const until = Date.parse(text) - Date.parse(headers.get("date") ?? "");
  return Number.isNaN(until) ? null : Math.max(0, until);
}

/** Between half of the doubled wait and all of it, so that callers do not march in step. */
function backoff(attempt: number, { backoffMs }: Terms): number {
  return backoffMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
}

function unavailable(
  { hostname, pathname }: URL,
  reason: string,
  { attempt, waitMs, terms }: { attempt: number; waitMs: number; terms: Terms },
): EngineError {
  const path = redactSecrets(pathname, terms.secrets);
  return new EngineError(
    "source_unavailable",
    `Cannot call source "${hostname}${path}": ${reason}`,
    {
      facts: { attempts: attempt, retryAfterSeconds: Math.ceil(waitMs / 1000) },
    },
  );
}

function refused(reason: string, host: string): EngineError {
  return new EngineError(
    "connector_failed",
    `Cannot call source "${host}": ${reason}`,
  );
}
