/**
 * Calls to others stay outside: a host whose name or address stands for this machine,
 * one of its networks or the metadata of its cloud is not called, unless the operator
 * named it. So neither a configuration nor a name server that is not the operator's can
 * make the engine ask what only the engine can reach.
 *
 * A name is looked up once, and called at what was found: a name server that answers
 * otherwise a moment later is not asked.
 *
 * @module
 */
import { isIP } from "node:net";
import { isPublicIp } from "../../domain/ip_range.ts";
import { EngineError } from "../../domain/error.ts";
import { LOOPBACK } from "./request.ts";

/** What calls stand on. */
export interface OutsideScope {
  /** Hosts that may be inside, as the operator named them. */
  readonly privateHosts: ReadonlySet<string>;
  /** Addresses that a name stands for now. */
  resolve(hostname: string): Promise<readonly string[]>;
  /** Calls a host at one of the addresses, and at no other. */
  callAt(request: Request, addresses: readonly string[]): Promise<Response>;
}

/**
 * Makes what calls others.
 *
 * @param scope Who may be inside, and what looks up and calls.
 * @returns Calls; rejects with `connector_failed` for a host inside, and with what the
 * look-up rejects with.
 */
export function fetchOutside(
  { privateHosts, resolve, callAt }: OutsideScope,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const { hostname } = new URL(request.url);
    const bare = hostname.replace(/^\[(.*)\]$/, "$1");
    const addresses = isIP(bare) === 0 ? await resolve(hostname) : [bare];
    const named = LOOPBACK.has(hostname) || privateHosts.has(hostname);
    if (!named) demandOutside(hostname, addresses);
    return await callAt(request, addresses);
  };
}

function demandOutside(hostname: string, addresses: readonly string[]): void {
  if (addresses.length > 0 && addresses.every(isPublicIp)) return;
  throw new EngineError(
    "connector_failed",
    `Cannot call "${hostname}": it is inside; name it in MOE_PRIVATE_HOSTS if it is meant`,
  );
}
