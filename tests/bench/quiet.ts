/**
 * Waits until an engine does nothing but answer, so that what is measured is what
 * requests cost and not what a start brings.
 *
 * @module
 */
import type { ServerProcess } from "../servers/engine.ts";

const LOOK_MS = 1000;
/** So often in a row nothing must be under way: one job asks for the next. */
const LOOKS = 5;
const LONGEST_MS = 300_000;

/**
 * Waits until no job of a tenant waits or runs.
 *
 * @param server The engine.
 * @param key A key of the tenant that may read.
 * @throws {Error} If jobs go on for five minutes.
 */
export async function untilQuiet(
  { url }: Pick<ServerProcess, "url">,
  key: string,
): Promise<void> {
  const endMs = performance.now() + LONGEST_MS;
  for (let quiet = 0; quiet < LOOKS;) {
    if (performance.now() > endMs) throw new Error("Jobs did not end");
    await new Promise((wake) => setTimeout(wake, LOOK_MS));
    quiet = await isQuiet(url, key) ? quiet + 1 : 0;
  }
}

async function isQuiet(url: string, key: string): Promise<boolean> {
  const answer = await fetch(`${url}/jobs`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const { jobs }: { jobs: { state: string }[] } = await answer.json();
  return jobs.every(({ state }) => state !== "queued" && state !== "running");
}
