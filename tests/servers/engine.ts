/**
 * A process of the engine, or of another server, that a test owns.
 *
 * @module
 */
import { ROOT } from "../architecture/paths.ts";

/** What the engine's processes may do. */
export const PERMISSIONS: readonly string[] = [
  "--allow-read",
  "--allow-write",
  "--allow-net",
  "--allow-env",
  "--allow-ffi",
  "--allow-sys",
];

/**
 * As the task `start` has it: V8 gives no memory back, neither when less is asked, for
 * which it stands still for 30 ms, nor what a collection emptied, as collections that take
 * it again take two to three times as long.
 */
const STEADY = "--v8-flags=--no-memory-reducer,--memory-pool-timeout=86400";

/** A process that listens. */
export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  /** Its process id. */
  readonly pid: number;
  /** Asks it to stop, and waits until it has. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill9(): Promise<void>;
}

/** What to start. */
export interface ServerScript {
  /** Script from the root, then its arguments. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Starts a script and waits for its line `listening on URL`.
 *
 * @param script What to start.
 * @returns The process.
 * @throws {Error} If it ends before it listens.
 */
export async function startServer(
  { args, env }: ServerScript,
): Promise<ServerProcess> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", STEADY, ...PERMISSIONS, ...args],
    cwd: ROOT,
    // A busy machine costs no rung, and no answer.
    env: { MOE_DEADLINE_MS: "20000", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const url = await readUrl(child.stdout);
  async function end(signal: Deno.Signal): Promise<void> {
    child.kill(signal);
    await child.status;
  }
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid,
    stop: () => end("SIGTERM"),
    kill9: () => end("SIGKILL"),
  };
}

async function readUrl(stdout: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stdout) {
    text += decoder.decode(chunk, { stream: true });
    const url = /listening on (\S+)\n/.exec(text)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error("The server ended before it listened");
}
