/**
 * A log read in the background, on the thread that answers decisions: in pages so small
 * that no decision waits long for one, with rests in between.
 *
 * @module
 */
import type { LoggedRecord } from "../../../domain/decision.ts";
import type { DecisionLog } from "../../../ports/decisions.ts";
import type { ChainRange } from "./place.ts";

/** Records of a page: to read and to parse them takes about a millisecond. */
export const PAGE = 50;
/** A stride of this part of a round comes down evenly wherever the round is left. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Of which chain, and how gently. */
export interface BesideReading {
  readonly log: Pick<DecisionLog, "read">;
  readonly tenant: string;
  /** Rest after a page, ms. */
  readonly restMs: number;
}

/** A page of a sample. */
export interface SampledPage {
  readonly rows: readonly LoggedRecord[];
  /** Share of the range that was read with it, (0, 1]. */
  readonly share: number;
}

/**
 * Reads all of a range in an order that makes a sample of it wherever it is left: the
 * pages read so far lie evenly over it.
 *
 * @param range Which part of the chain.
 * @returns Pages, of no record where all were retired.
 */
export async function* sampleBeside(
  { log, tenant, restMs }: BesideReading,
  { after, upTo }: ChainRange,
): AsyncGenerator<SampledPage> {
  let read = 0;
  for (const block of evenly(Math.ceil((upTo - after) / PAGE))) {
    const place = after + block * PAGE;
    const end = Math.min(place + PAGE, upTo);
    const rows = await log.read(tenant, place, end - place);
    read += end - place;
    yield {
      rows: rows.filter(({ seq }) => seq <= end),
      share: read / (upTo - after),
    };
    await rest(restMs);
  }
}

/**
 * Each number below a count once; those before any moment lie evenly among all.
 *
 * @see https://en.wikipedia.org/wiki/Three-gap_theorem, read on 2026-11-26
 */
export function* evenly(count: number): Generator<number> {
  let stride = Math.max(1, Math.round(count * GOLDEN));
  while (commonDivisor(stride, count) > 1) stride++;
  for (let turn = 0; turn < count; turn++) yield turn * stride % count;
}

function commonDivisor(one: number, other: number): number {
  return other === 0 ? one : commonDivisor(other, one % other);
}

/** Lets others have their turn. */
export function rest(ms: number): Promise<void> {
  return new Promise((rested) => setTimeout(rested, ms));
}
