/**
 * Calls a host at addresses that were looked up before, and at no others: what a name
 * server answers meanwhile changes nothing. The name stays in the request, and its
 * certificate must be for it.
 *
 * It stands on `node:https`, because `fetch` looks a name up by itself and is told no
 * address. Each call has a connection of its own; no redirect is followed, and variables
 * that name a proxy mean nothing, as a proxy would look the name up again.
 *
 * @module
 */
import type { IncomingMessage } from "node:http";
import { request as send } from "node:https";
import { connect, isIP, type LookupFunction, type Socket } from "node:net";
import { pipeline, type Readable } from "node:stream";
import { connect as connectTls } from "node:tls";
import { createGunzip } from "node:zlib";

/** Answers that have no body, by the web's rules. */
const BARE = new Set([204, 205, 304]);

/**
 * Calls.
 *
 * @param request What is asked, of an `http` or `https` URL; its redirect mode means
 * nothing.
 * @param addresses Of version 4 or 6, at least one; tried in this order.
 * @returns The answer as it came, but for `content-encoding: gzip`, which is decoded; its
 * body rejects where the connection ended before it did.
 * @throws {TypeError} If there is no connection, or no answer of HTTP.
 * @throws The reason of the request's signal, once it is aborted.
 */
export async function callAt(
  request: Request,
  addresses: readonly string[],
): Promise<Response> {
  const { signal } = request;
  signal.throwIfAborted();
  const url = new URL(request.url);
  const body = new Uint8Array(await request.arrayBuffer());
  const { promise: came, resolve, reject } = Promise.withResolvers<
    IncomingMessage
  >();
  const outgoing = send({
    ...{ method: request.method, path: url.pathname + url.search },
    headers: headersOf(request, body),
    // It may fail before whoever asked for it listens.
    createConnection: () =>
      open(url, addresses).on("error", (error) => outgoing.destroy(error)),
  }, resolve);
  outgoing.on("error", reject);
  const abort = () => outgoing.destroy(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  outgoing.once("close", () => signal.removeEventListener("abort", abort));
  outgoing.end(body);
  try {
    return toResponse(await came, signal);
  } catch (cause) {
    outgoing.destroy();
    signal.throwIfAborted();
    throw new TypeError("Cannot call host: no answer came", { cause });
  }
}

function open(
  { protocol, hostname, port }: URL,
  addresses: readonly string[],
): Socket {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const lookup = tellAddresses(addresses);
  const where = { host, lookup, autoSelectFamily: true };
  if (protocol !== "https:") {
    return connect({ ...where, port: Number(port || 80) });
  }
  return connectTls({
    ...{ ...where, port: Number(port || 443), rejectUnauthorized: true },
    ...(isIP(host) === 0 && { servername: host }),
    ALPNProtocols: ["http/1.1"],
  });
}

/** What is not permitted is thrown at whoever tells of it, and is then told as well. */
function tellAddresses(addresses: readonly string[]): LookupFunction {
  const known = addresses.map((address) => ({
    address,
    family: isIP(address),
  }));
  return (_host, _options, tell) => {
    try {
      tell(null, known);
    } catch (error) {
      tell(error as Error, []);
    }
  };
}

function headersOf(
  request: Request,
  body: Uint8Array,
): Record<string, string> {
  return {
    "accept-encoding": "gzip",
    ...Object.fromEntries(request.headers),
    ...(body.length > 0 || request.method !== "GET"
      ? { "content-length": String(body.length) }
      : {}),
    host: new URL(request.url).host,
    connection: "close",
  };
}

function toResponse(incoming: IncomingMessage, signal: AbortSignal): Response {
  const { statusCode: status = 0, rawHeaders } = incoming;
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "");
  }
  if (BARE.has(status)) {
    incoming.resume();
    return new Response(null, { status, headers });
  }
  const body = decoded(incoming, headers);
  const abort = () => body.destroy(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  body.once("close", () => signal.removeEventListener("abort", abort));
  return new Response(toWeb(body), { status, headers });
}

/**
 * Node's own `toWeb` hands on what comes after nobody reads any more, and so ends the
 * process; `ReadableStream.from` keeps the connection of what nobody began to read.
 */
function toWeb(body: Readable): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pieces = body[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(stream) {
      const { done, value } = await pieces.next();
      if (done) stream.close();
      else stream.enqueue(value);
    },
    cancel: () => void body.destroy(),
  }, { highWaterMark: 0 });
}

function decoded(incoming: IncomingMessage, headers: Headers): Readable {
  if (headers.get("content-encoding")?.toLowerCase() !== "gzip") {
    return incoming;
  }
  headers.delete("content-encoding");
  headers.delete("content-length");
  return pipeline(incoming, createGunzip(), () => {});
}
