/**
 * The connection under the driver, its small writes sent at once: the end of a
 * `copy` would else wait for the answer to its rows, forty milliseconds each time.
 *
 * @module
 */
import { connect, type Socket } from "node:net";

/** Where a server listens. */
export interface ServerAddress {
  readonly host: readonly string[] | string;
  readonly port: readonly number[] | number;
  /** Path of a socket file; the host is then left aside. */
  readonly path?: string | false | undefined;
}

/**
 * Makes what opens connections, to each of several hosts in turn.
 *
 * @returns A function of the address as the driver parsed it, whose socket is still
 * connecting: the driver hears of its failure, and tries again, as of its own.
 */
export function openSockets(): (address: ServerAddress) => Socket {
  let turn = 0;
  return ({ host, port, path }) => {
    if (path) return connect(path);
    const hosts = [host].flat();
    const ports = [port].flat();
    const at = turn++ % hosts.length;
    return connect({
      host: hosts[at] ?? "localhost",
      port: ports[at] ?? ports[0] ?? 5432,
      noDelay: true,
    });
  };
}
