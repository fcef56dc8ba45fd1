/**
 * A real NATS server with JetStream that a test owns: its own folder, its own port on
 * loopback, gone when the test is.
 *
 * @module
 */
const START_ATTEMPTS = 400;
const PAUSE_MS = 25;
/** What the server says first to whoever connects. */
const GREETING = "INFO ";

/** A running server. */
export interface NatsServer {
  readonly url: string;
  /** Stops the server and removes its data. */
  stop(): Promise<void>;
  /** Ends it at once, without a goodbye. */
  kill9(): Promise<void>;
  /** Starts it again on the same data, after `kill9`. */
  restart(): Promise<void>;
  /** Stops it in its tracks: connections stay, nothing answers. */
  pause(): void;
  /** Lets it go on, after `pause`. */
  resume(): void;
}

/**
 * Options of a test that needs a server: left out, saying so, where none is
 * installed; with `REQUIRE_ALL=1` it runs and fails there.
 */
export function needingNats(
  name: string,
): { readonly name: string; readonly ignore: boolean } {
  const absent = findNats() === null && Deno.env.get("REQUIRE_ALL") !== "1";
  return {
    name: absent ? `${name} (left out: no NATS is installed)` : name,
    ignore: absent,
  };
}

/** The server's program, or null when none is installed. */
export function findNats(): string | null {
  const path = (Deno.env.get("PATH") ?? "").split(":");
  return ["/usr/sbin", ...path].map((folder) => `${folder}/nats-server`)
    .find(exists) ?? null;
}

/** Starts a server on a fresh folder. */
export async function startNats(): Promise<NatsServer> {
  const program = findNats();
  if (program === null) throw new Error("No NATS server is installed");
  const folder = await Deno.makeTempDir({ prefix: "nats_" });
  const port = freePort();
  const launch = () => start(program, { folder, port });
  let server = await launch();
  async function end(signal: Deno.Signal): Promise<void> {
    server.kill(signal);
    await server.status;
  }
  return {
    url: `nats://127.0.0.1:${port}`,
    stop: async () => {
      await end("SIGTERM");
      await Deno.remove(folder, { recursive: true });
    },
    kill9: () => end("SIGKILL"),
    restart: async () => {
      server = await launch();
    },
    pause: () => server.kill("SIGSTOP"),
    resume: () => server.kill("SIGCONT"),
  };
}

async function start(
  program: string,
  { folder, port }: { readonly folder: string; readonly port: number },
): Promise<Deno.ChildProcess> {
  const server = new Deno.Command(program, {
    args: [
      ...["--jetstream", "--store_dir", folder],
      ...["--addr", "127.0.0.1", "--port", String(port)],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt++) {
    if (await answers(port)) return server;
    await new Promise((wake) => setTimeout(wake, PAUSE_MS));
  }
  server.kill("SIGKILL");
  await server.status;
  throw new Error(`NATS did not answer on port ${port}`);
}

async function answers(port: number): Promise<boolean> {
  try {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    const answer = new Uint8Array(GREETING.length);
    await connection.read(answer);
    return new TextDecoder().decode(answer) === GREETING;
  } catch {
    return false;
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
