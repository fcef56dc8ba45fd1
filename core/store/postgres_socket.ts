/**
 * The connection under the driver, its small writes sent at once: the end of a
 * `copy` would else wait for the answer to its rows, forty milliseconds each time.
 *
 * @module
 */
import { connect, type Socket } from "node:net";

/** Where a server listens; the driver tries its hosts in turn. */
export interface ServerAddress {
  readonly host: readonly string[] | string;
  readonly port: readonly number[] | number;
  /** Path of a socket file; the host is then left aside. */
  readonly path?: string | false | undefined;
}

/**
 * Connects to the first host that answers.
 *
 * @param address As the driver parsed it.
 * @returns A connected socket, before any TLS.
 * @throws What the last host's connection failed with.
 */
export async function openSocket(address: ServerAddress): Promise<Socket> {
  if (address.path) return await opened(connect(address.path));
  const hosts = [address.host].flat();
  const ports = [address.port].flat();
  let failure: unknown = new Error("no host");
  for (const [at, host] of hosts.entries()) {
    try {
      const port = ports[at] ?? ports[0] ?? 5432;
      return await opened(connect({ host, port, noDelay: true }));
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function opened(socket: Socket): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  socket.once("connect", () => {
    socket.off("error", reject);
    resolve(socket);
  });
  socket.once("error", reject);
  return promise;
}
