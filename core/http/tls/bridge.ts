/**
 * Requests of `node:http` as the web has them, and answers the other way.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { sha256 } from "../../domain/canonical.ts";
import {
  type ClientCertificate,
  vouchFor,
} from "../access/client_certificate.ts";
import { readNames } from "./certificate_names.ts";

/** Answers a request; never throws. */
export type Fetch = (request: Request) => Response | Promise<Response>;

/**
 * Answers one request over TLS, and vouches for its client if the connection did.
 *
 * @param fetch Answers it.
 * @param incoming As it came.
 * @param outgoing Where the answer goes.
 * @throws {Error} If the client goes away before the answer has gone out.
 */
export async function answerNode(
  fetch: Fetch,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const request = toRequest(incoming);
  if (request === null) {
    outgoing.writeHead(400, { connection: "close" }).end();
    return;
  }
  const certificate = certificateOf(incoming.socket as TLSSocket);
  if (certificate !== null) vouchFor(request, certificate);
  await write(await fetch(request), outgoing, incoming.socket);
}

/**
 * Null for what is no request of the web, such as one with a broken host, or with two. A
 * path is one also where it begins as the address of another host does.
 */
function toRequest(incoming: IncomingMessage): Request | null {
  const { method = "GET", url = "/", headers, headersDistinct } = incoming;
  const { host = "localhost" } = headers;
  if ((headersDistinct.host ?? []).length > 1) return null;
  const hasBody = method !== "GET" && method !== "HEAD";
  try {
    const origin = new URL(`https://${host}`).origin;
    return new Request(
      url.startsWith("/") ? origin + url : new URL(url, origin),
      {
        method,
        headers: pairs(incoming.rawHeaders),
        body: hasBody ? bodyOf(incoming) : null,
      },
    );
  } catch {
    return null;
  }
}

function pairs(raw: readonly string[]): [string, string][] {
  return Array.from(
    { length: raw.length / 2 },
    (_, at) => [raw[2 * at] ?? "", raw[2 * at + 1] ?? ""],
  );
}

/**
 * Whoever stops reading leaves the connection open for the answer. It is not `toWeb`, which
 * hands on what comes after nobody reads any more, and so ends the process.
 */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  return ReadableStream.from<Uint8Array>(
    incoming.iterator({ destroyOnReturn: false }),
  );
}

/** What the connection verified of its client; null if it asked for nothing. */
function certificateOf(socket: TLSSocket): ClientCertificate | null {
  if (socket.authorized !== true) return null;
  const { raw } = socket.getPeerCertificate();
  return raw ? { ...readNames(raw), fingerprint: sha256(raw) } : null;
}

async function write(
  response: Response,
  outgoing: ServerResponse,
  connection: Socket,
): Promise<void> {
  const { status, headers, body } = response;
  outgoing.writeHead(status, [...headers].flat());
  if (body === null) return void outgoing.end();
  for await (const piece of body) {
    if (connection.destroyed) break;
    if (!outgoing.write(piece)) await drained(outgoing, connection);
  }
  outgoing.end();
}

/** An answer that waits behind others on its connection hears nothing of its end. */
async function drained(
  outgoing: ServerResponse,
  connection: Socket,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const gone = () => reject(new Error("The client has gone"));
  outgoing.once("drain", resolve);
  connection.once("close", gone);
  await promise.finally(() => {
    outgoing.off("drain", resolve);
    connection.off("close", gone);
  });
}
