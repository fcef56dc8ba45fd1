/**
 * A real Postgres server that a test owns: its own folder, its own port on
 * loopback, gone when the test is.
 *
 * @module
 */
import { exists } from "./exists.ts";
const START_ATTEMPTS = 400;
const PAUSE_MS = 25;
/** First letter of the answer that lets a session in. */
const LET_IN = "R".charCodeAt(0);
/** The server refuses to run as root; Debian's package brings this user. */
const SERVER_USER = "postgres";

/** A running server. */
export interface PostgresServer {
  readonly url: string;
  /** Stops the server and removes its data. */
  stop(): Promise<void>;
  /** Ends every process of the server at once, without a goodbye. */
  kill9(): Promise<void>;
  /** Starts it again on the same data, after `kill9`. */
  restart(): Promise<void>;
  /** Whether it has not ended by itself. */
  isUp(): boolean;
  /** Stops every process of the server in its tracks: connections stay, nothing answers. */
  pause(): Promise<void>;
  /** Lets them go on, after `pause`. */
  resume(): Promise<void>;
}

/** Folder of the server's programs, or null when none is installed. */
export function findPostgres(): string | null {
  const debian = list("/usr/lib/postgresql")
    .map((version) => `/usr/lib/postgresql/${version}/bin`).sort().reverse();
  const path = (Deno.env.get("PATH") ?? "").split(":");
  return [...debian, ...path].find((folder) =>
    exists(`${folder}/initdb`) && exists(`${folder}/postgres`)
  ) ?? null;
}

/**
 * Options of a test that needs a server: left out, saying so, where none is
 * installed; with `REQUIRE_ALL=1` it runs and fails there.
 */
export function needingPostgres(
  name: string,
): { readonly name: string; readonly ignore: boolean } {
  const absent = findPostgres() === null &&
    Deno.env.get("REQUIRE_ALL") !== "1";
  return {
    name: absent ? `${name} (left out: no Postgres is installed)` : name,
    ignore: absent,
  };
}

/** Where a server keeps its data, and how it is made. */
export interface PostgresPlace {
  /** Folder that its own is made in; the temporary one unless given. */
  readonly on?: string;
  /** Options of `initdb`, such as `--wal-segsize=1`. */
  readonly options?: readonly string[];
}

/** Makes a fresh database and starts a server on it. */
export async function startPostgres(
  { on, options = [] }: PostgresPlace = {},
): Promise<PostgresServer> {
  const programs = findPostgres();
  if (programs === null) throw new Error("No Postgres server is installed");
  const home = await Deno.makeTempDir({
    ...{ prefix: "postgres_", ...on !== undefined && { dir: on } },
  });
  await Deno.chmod(home, 0o777);
  const folder = `${home}/data`;
  await finish([
    `${programs}/initdb`,
    ...["-D", folder, "-U", "owner", "-A", "trust", "-E", "UTF8"],
    ...["--locale=C.UTF-8", "--no-sync", ...options],
  ]);
  const port = freePort();
  const program = [
    `${programs}/postgres`,
    ...["-D", folder, "-p", String(port), "-c", "listen_addresses=127.0.0.1"],
    ...["-c", "unix_socket_directories="],
  ];
  let watched = await start(program, port);
  return {
    url: `postgres://owner@127.0.0.1:${port}/postgres`,
    stop: async () => {
      if (!watched.ended()) watched.process.kill("SIGINT");
      await watched.process.status;
      await finish(["rm", "-rf", folder]);
      await Deno.remove(home, { recursive: true });
    },
    kill9: async () => {
      await signalAll(watched.process.pid, "KILL");
      await watched.process.status;
    },
    isUp: () => !watched.ended(),
    pause: () => signalAll(watched.process.pid, "STOP"),
    resume: () => signalAll(watched.process.pid, "CONT"),
    restart: async () => {
      watched = await start(program, port);
    },
  };
}

async function signalAll(pid: number, signal: string): Promise<void> {
  await finish([
    ...["sh", "-c"],
    // A child may have ended meanwhile.
    `kill -${signal} ${pid} $(cat /proc/${pid}/task/${pid}/children); true`,
  ]);
}

/** One that finds a process left of a killed one ends at once, and is started again. */
async function start(
  program: readonly string[],
  port: number,
): Promise<Watched> {
  let server = watch(unprivileged(program).spawn());
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt++) {
    if (await answers(port)) return server;
    await new Promise((wake) => setTimeout(wake, PAUSE_MS));
    if (server.ended()) server = watch(unprivileged(program).spawn());
  }
  if (!server.ended()) server.process.kill("SIGKILL");
  await server.process.status;
  throw new Error(`Postgres did not answer on port ${port}`);
}

interface Watched {
  readonly process: Deno.ChildProcess;
  ended(): boolean;
}

function watch(process: Deno.ChildProcess): Watched {
  let ended = false;
  process.status.then(() => {
    ended = true;
  });
  return { process, ended: () => ended };
}

async function finish(program: readonly string[]): Promise<void> {
  const { success } = await unprivileged(program).output();
  if (!success) throw new Error(`${program[0]} failed`);
}

/** The program itself, not a shell around it: its process id is the server's. */
function unprivileged(program: readonly string[]): Deno.Command {
  const line = Deno.uid() === 0
    ? [
      ...["setpriv", `--reuid=${SERVER_USER}`, `--regid=${SERVER_USER}`],
      ...["--clear-groups", ...program],
    ]
    : program;
  const [command = "", ...args] = line;
  return new Deno.Command(command, {
    args,
    cwd: "/",
    stdin: "null",
    stdout: "null",
    stderr: "null",
  });
}

/** Whether the server lets a session in: while it recovers it answers with an error. */
async function answers(port: number): Promise<boolean> {
  try {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(startupMessage());
    const answer = new Uint8Array(1);
    await connection.read(answer);
    return answer[0] === LET_IN;
  } catch {
    return false;
  }
}

/** Length, protocol 3.0, then names and values, each ended by a zero. */
function startupMessage(): Uint8Array {
  const names = new TextEncoder().encode(
    "user\0owner\0database\0postgres\0\0",
  );
  const message = new Uint8Array(8 + names.length);
  new DataView(message.buffer).setUint32(0, message.length);
  new DataView(message.buffer).setUint32(4, 0x3_0000);
  message.set(names, 8);
  return message;
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function list(folder: string): string[] {
  return exists(folder)
    ? [...Deno.readDirSync(folder)].map(({ name }) => name)
    : [];
}
