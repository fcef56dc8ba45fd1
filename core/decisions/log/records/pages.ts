/**
 * A log read in the background, on the thread that answers decisions.
 *
 * @module
 */
import type { LoggedRecord } from "../../../domain/decision.ts";
import type { DecisionLog } from "../../../ports/decisions.ts";

/** Few enough that decisions do not wait for them. */
const PAGE = 100;
/** Of the time of the thread, pages take one part in so many. */
const PARTS = 4;

/**
 * Reads a chain page by page, and rests in between.
 *
 * @param after The last record that is not wanted.
 * @returns Pages of at least one record, to the end of the chain.
 */
export async function* readBeside(
  log: Pick<DecisionLog, "read">,
  tenant: string,
  after: number,
): AsyncGenerator<readonly LoggedRecord[]> {
  let place = after;
  while (true) {
    const page = await log.read(tenant, place, PAGE);
    const last = page.at(-1);
    if (last === undefined) return;
    const startedMs = performance.now();
    yield page;
    place = last.seq;
    const tookMs = performance.now() - startedMs;
    await new Promise((rest) => setTimeout(rest, tookMs * (PARTS - 1)));
  }
}
