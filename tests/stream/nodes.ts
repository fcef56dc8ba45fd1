/**
 * Processes that follow the stream, to be killed.
 *
 * @module
 */

/** A process and what it prints. */
export interface Node {
  readonly process: Deno.ChildProcess;
  /** Resolves at its first line; rejects if it ends before. */
  readonly started: Promise<void>;
  /** Resolves to its exit code when it has ended: 137 if it was killed. */
  readonly ended: Promise<number>;
}

/** Starts a script of this folder. */
export function startNode(script: string, args: readonly string[]): Node {
  const file = new URL(`./${script}`, import.meta.url).pathname;
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "--allow-read", "--allow-env", "--allow-write"],
      ...["--allow-sys", "--allow-run", "--allow-net=127.0.0.1", file],
      ...args,
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const { promise: started, resolve, reject } = Promise.withResolvers<void>();
  started.catch(() => {});
  const reading = (async () => {
    for await (const _ of process.stdout) resolve();
    reject(new Error(`${script} ended before it said anything`));
  })();
  return {
    process,
    started,
    ended: reading.then(async () => (await process.status).code),
  };
}

/** Waits for a random time. */
export function randomPause(longestMs: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, Math.random() * longestMs));
}

/** Ends this process at once. */
export function die(): void {
  Deno.kill(Deno.pid, "SIGKILL");
}

/** Says that the work has begun. */
export function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
