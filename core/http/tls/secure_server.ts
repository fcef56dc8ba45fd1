/**
 * Serves over TLS, and asks clients for certificates where a CA says which to believe.
 *
 * It stands on `node:https`, because `Deno.serve` takes no client CA and says nothing
 * of it. Certificates may be renewed while it serves: connections stay.
 *
 * `node:https` hands on whatever comes on a connection at once, a thousand requests in one
 * packet: here each waits until the answer before it was taken, as it has to go out after it.
 *
 * @module
 */
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Fetch } from "./bridge.ts";
import { answerNode } from "./bridge.ts";

/** Requests that may wait on one connection. */
const MOST_WAITING = 100;

/** What a server shows, and whom it believes. */
export interface TlsText {
  /** PEM of its certificate, those of its issuers behind it. */
  readonly cert: string;
  /** PEM of the private key. */
  readonly key: string;
  /** PEM of the CAs of clients; null to ask clients for nothing. */
  readonly clientCa: string | null;
}

/** How to serve. */
export interface SecureOptions {
  readonly hostname: string;
  /** 0 for any. */
  readonly port: number;
  readonly tls: TlsText;
}

/** A server that listens. */
export interface SecureServer {
  readonly port: number;
  /** Shows another certificate to connections from now on. */
  renew(tls: TlsText): void;
  /** Takes no further connection nor request; resolves when running requests have ended. */
  shutdown(): Promise<void>;
}

/**
 * Starts serving.
 *
 * @param options Where, and with what.
 * @param fetch Answers requests.
 * @returns The server, once it listens.
 * @throws {Error} With the code `EADDRINUSE` if another program listens there.
 */
export async function serveSecure(
  { hostname, port, tls }: SecureOptions,
  fetch: Fetch,
): Promise<SecureServer> {
  const running = new Map<ServerResponse, Promise<void>>();
  const inTurn = createTurns();
  let stops = false;
  const server = createServer(contextOf(tls), (request, response) => {
    if (stops) response.shouldKeepAlive = false;
    const answering = inTurn(
      request.socket,
      () => answer(fetch, request, response),
    ).finally(() => running.delete(response));
    running.set(response, answering);
  });
  server.on("tlsClientError", () => {});
  await listening(server, port, hostname);
  return {
    port: (server.address() as AddressInfo).port,
    renew: (tls) => server.setSecureContext(contextOf(tls)),
    async shutdown() {
      const closed = new Promise<void>((resolve) =>
        server.close(() => resolve())
      );
      stops = true;
      for (const response of running.keys()) response.shouldKeepAlive = false;
      while (running.size > 0) await Promise.all(running.values());
      server.closeAllConnections();
      await closed;
    },
  };
}

function contextOf({ cert, key, clientCa }: TlsText) {
  const asked = clientCa === null
    ? {}
    : { ca: clientCa, requestCert: true, rejectUnauthorized: true };
  return { cert, key, ...asked };
}

async function listening(
  server: Server,
  port: number,
  hostname: string,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, hostname, resolve);
  await promise;
  server.off("error", reject);
}

/** Requests that wait on a connection. */
interface Line {
  last: Promise<void>;
  waiting: number;
}

/**
 * Lets the requests of a connection be answered one after the other. Whoever sends more
 * than a client would is not listened to any more.
 */
function createTurns() {
  const lines = new WeakMap<Socket, Line>();
  return (socket: Socket, work: () => Promise<void>): Promise<void> => {
    const line = lines.get(socket) ?? { last: Promise.resolve(), waiting: 0 };
    lines.set(socket, line);
    if (line.waiting >= MOST_WAITING) {
      socket.destroy();
      return line.last;
    }
    line.waiting += 1;
    line.last = line.last.then(async () => {
      if (!socket.destroyed) await work();
      line.waiting -= 1;
    });
    return line.last;
  };
}

/** A client that goes away in the middle is no failure of the server. */
async function answer(
  fetch: Fetch,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await answerNode(fetch, request, response);
  } catch {
    response.destroy();
  }
}
