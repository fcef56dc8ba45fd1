/**
 * A connector's call as a request: to declared hosts over https and no others,
 * never following a redirect.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { HttpCall } from "../../../plugins/contract.ts";

/** Where calls may go. */
export interface Routes {
  /** Hosts that the connector declared; `*.example.com` for any below it. */
  readonly hosts: readonly string[];
  /**
   * Hosts that the operator named: each exactly, and without an access token; over
   * plain http where it is this machine.
   */
  readonly configuredHosts: readonly string[];
  /** Whether the operator allows plain http to this machine. */
  readonly loopback: boolean;
  /** Origins that the operator puts in place of hosts, such as an egress gateway. */
  readonly via: Readonly<Record<string, string>>;
}

/** This machine by the names that plain http is lent for, and only where it was named. */
export const LOOPBACK: ReadonlySet<string> = new Set([
  "127.0.0.1",
  "localhost",
  "[::1]",
]);

/**
 * Finds where a call goes.
 *
 * @param url As the connector wrote it.
 * @param call Its query parameters are added.
 * @param routes Where calls may go.
 * @returns The URL to be called.
 * @throws {EngineError} `connector_failed` if the host is not declared, or not https, or
 * would get a token that is not for it.
 */
export function demandTarget(
  url: string,
  { query = {}, signedIn = false, bearer }: HttpCall,
  routes: Routes,
): URL {
  const target = URL.parse(url);
  if (!target) throw refused("the URL is malformed", "source");
  for (const [name, value] of Object.entries(query)) {
    target.searchParams.set(name, value);
  }
  const { protocol, hostname } = target;
  if (routes.loopback && LOOPBACK.has(hostname)) return target;
  const named = routes.configuredHosts.includes(hostname);
  if (protocol !== "https:" && !(named && LOOPBACK.has(hostname))) {
    throw refused("only https is lent", hostname);
  }
  if (!routes.hosts.some((host) => covers(host, hostname))) {
    if (!named) {
      throw refused("the connector does not declare this host", hostname);
    }
    if (signedIn || bearer !== undefined) {
      throw refused("a host of the configuration gets no token", hostname);
    }
  }
  const origin = routes.via[hostname];
  return origin === undefined
    ? target
    : new URL(target.pathname + target.search, origin);
}

function covers(declared: string, hostname: string): boolean {
  return declared.startsWith("*.")
    ? hostname.endsWith(declared.slice(1))
    : hostname === declared;
}

/**
 * Makes the request of a call.
 *
 * @param call The call.
 * @param token Access token to send, or null.
 * @returns What `fetch` takes.
 */
export function toRequest(call: HttpCall, token: string | null): RequestInit {
  const { headers, bearer, body, form } = call;
  const sent = new Headers({ accept: "application/json", ...headers });
  const secret = token ?? bearer;
  if (secret !== undefined) sent.set("authorization", `Bearer ${secret}`);
  const method = call.method ??
    (body === undefined && form === undefined ? "GET" : "POST");
  const request = { method, headers: sent, redirect: "manual" as const };
  if (form !== undefined) {
    return { ...request, body: new URLSearchParams(form) };
  }
  if (body === undefined) return request;
  sent.set("content-type", sent.get("content-type") ?? "application/json");
  return { ...request, body: JSON.stringify(body) };
}

/**
 * Whether a call may be repeated after a failure that leaves open what it did.
 *
 * @param call The call.
 * @returns True for calls that only read.
 */
export function isSafe({ method, body, form, safe }: HttpCall): boolean {
  if (safe !== undefined) return safe;
  return (method ?? "GET") === "GET" && body === undefined &&
    form === undefined;
}

function refused(reason: string, host: string): EngineError {
  return new EngineError(
    "connector_failed",
    `Cannot call source "${host}": ${reason}`,
  );
}
