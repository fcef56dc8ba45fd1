/**
 * Work in a process of its own, with the highest resident set that was seen of it,
 * looked at every 10 ms.
 *
 * @module
 */

/** Pause between two looks at the resident set. */
const LOOK_MS = 10;
const MIB = 2 ** 20;

/** What a process answered, and how large it was. */
export interface Apart<T> {
  readonly answer: T;
  /** Highest resident set, MiB. */
  readonly peakMiB: number;
}

/**
 * Runs a script of this folder that ends with {@link tellApart}.
 *
 * @param script Name of the file.
 * @param args What it is given.
 * @returns What it told.
 */
export async function runApart<T>(
  script: string,
  args: readonly string[],
): Promise<Apart<T>> {
  const path = new URL(script, import.meta.url).pathname;
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "--allow-read", "--allow-env", "--allow-write"],
      ...["--allow-net=127.0.0.1", "--allow-sys", "--allow-ffi"],
      path,
      ...args,
    ],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`${script} failed`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/**
 * Does the work of such a script and tells what came of it on standard output.
 *
 * @param work What to do; its answer must survive JSON.
 */
export async function tellApart(work: () => Promise<unknown>): Promise<void> {
  let peak = 0;
  const looking = setInterval(() => {
    peak = Math.max(peak, Deno.memoryUsage().rss);
  }, LOOK_MS);
  const answer = await work();
  clearInterval(looking);
  const told: Apart<unknown> = { answer, peakMiB: peak / MIB };
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(told)));
}
