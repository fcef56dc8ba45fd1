/**
 * Servers as they are started, over an engine in memory, and clients that send bytes.
 *
 * @module
 */
import { readConfiguration } from "../../core/commands/configuration.ts";
import { listen } from "../../core/commands/listen.ts";
import type { Opened } from "../../core/commands/open.ts";
import { createStub, type Stub } from "../http/stub_engine.ts";
import { createCa } from "../servers/certificates.ts";

/** A server. */
export interface RawServer extends AsyncDisposable {
  readonly stub: Stub;
  /** Text of a key that may all. */
  readonly key: string;
  /** Lines that it logged. */
  readonly log: readonly string[];
  connect(): Promise<Deno.Conn>;
}

/** What came back until a connection was closed, or said nothing more. */
export interface Heard {
  readonly text: string;
  readonly statuses: readonly number[];
}

/** Starts a server: of plain HTTP, or of TLS. */
export async function startRaw(scheme: "http" | "https"): Promise<RawServer> {
  const stub = createStub();
  const log: string[] = [];
  const ca = scheme === "https" ? await createCa() : null;
  const shown = await ca?.issue("server", {
    names: "DNS:localhost,IP:127.0.0.1",
  });
  const variables: Readonly<Record<string, string>> = shown
    ? { MOE_TLS_CERT: shown.files.cert, MOE_TLS_KEY: shown.files.key }
    : {};
  const quiet = { line: () => {}, progress: () => {}, done: () => {} };
  const listening = await listen(
    {
      configuration: readConfiguration((name) => variables[name]),
      terminal: { ...quiet, warn: (line) => log.push(line) },
    },
    // What listening takes of it; nothing is configured that takes more.
    {
      engine: stub.engine,
      access: { tokens: null, certificates: null },
      close: () => Promise.resolve(),
    } as unknown as Opened,
    { port: 0 },
  );
  const where = {
    hostname: "127.0.0.1",
    port: Number(new URL(listening.url).port),
  };
  return {
    ...{ stub, log, key: stub.grant() },
    connect: () =>
      ca === null
        ? Deno.connect(where)
        : Deno.connectTls({ ...where, caCerts: [ca.cert] }),
    [Symbol.asyncDispose]: async () => {
      await listening.stop();
      await ca?.[Symbol.asyncDispose]();
    },
  };
}

const encoder = new TextEncoder();

/**
 * Sends bytes and hears what comes, until the connection is closed.
 *
 * @param server Whom.
 * @param text What; it is to ask for the end of the connection, unless it is no request.
 */
export async function say(server: RawServer, text: string): Promise<Heard> {
  const connection = await server.connect();
  try {
    await write(connection, text);
    return await hear(connection);
  } finally {
    close(connection);
  }
}

/** Writes all of a text; a server that has heard enough may stop it. */
export async function write(
  connection: Deno.Conn,
  text: string,
): Promise<void> {
  let bytes = encoder.encode(text);
  try {
    while (bytes.length > 0) {
      bytes = bytes.subarray(await connection.write(bytes));
    }
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Hears what comes until the connection is closed. */
export async function hear(connection: Deno.Conn): Promise<Heard> {
  const decoder = new TextDecoder();
  const bytes = new Uint8Array(65_536);
  let text = "";
  try {
    while (true) {
      const length = await connection.read(bytes);
      if (length === null) break;
      text += decoder.decode(bytes.subarray(0, length), { stream: true });
    }
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  const statuses = [...text.matchAll(/HTTP\/1\.[01] (\d{3})/g)]
    .map(([, status]) => Number(status)).filter((status) => status !== 100);
  return { text, statuses };
}

/** Hears what comes first. */
export async function hearOnce(connection: Deno.Conn): Promise<string> {
  const bytes = new Uint8Array(65_536);
  const length = await connection.read(bytes) ?? 0;
  return new TextDecoder().decode(bytes.subarray(0, length));
}

/** Closes a connection that may be closed. */
export function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.UnexpectedEof ||
    error instanceof Deno.errors.ConnectionAborted;
}
