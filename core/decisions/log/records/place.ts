/**
 * Where in a chain a moment is. Records are logged about in the order of their moments,
 * so those around a place may be on the other side of it.
 *
 * @module
 */
import type { Instant } from "../../../domain/day.ts";
import type { ChainHead, RecordChain } from "../../../ports/decisions.ts";

/** So many records apart two may be that were taken in the other order. */
export const SLACK = 10_000;

const PAGE = 1000;

/**
 * The place after which records are as late as a moment, by halving.
 *
 * @param last The last place that is looked at.
 */
export async function findPlace(
  log: Pick<RecordChain, "read">,
  tenant: string,
  { from, last }: { readonly from: Instant; readonly last: number },
): Promise<number> {
  let [early, late] = [0, last];
  while (early < late) {
    const middle = Math.floor((early + late) / 2);
    const [row] = await log.read(tenant, middle, 1);
    if (row !== undefined && row.at < from) early = middle + 1;
    else late = middle;
  }
  return early;
}

/** A part of a chain without holes: after one place, up to another. */
export interface ChainRange {
  readonly after: number;
  readonly upTo: number;
}

/**
 * The part from the first record that is as late as `from` to the last that is before
 * `until`; what lies between is in it whenever it was taken.
 *
 * @param asked The moments; from the first record and to the last unless given.
 */
export async function findRange(
  log: Pick<RecordChain, "read">,
  tenant: string,
  { head, from, until }: {
    readonly head: ChainHead;
    readonly from?: Instant | undefined;
    readonly until?: Instant | undefined;
  },
): Promise<ChainRange> {
  const last = head.seq;
  let after = 0;
  if (from !== undefined) {
    const place = await findPlace(log, tenant, { from, last });
    after = place;
    for await (const { seq, at } of around(log, tenant, { place, last })) {
      if (at >= from) {
        after = Math.min(seq - 1, place);
        break;
      }
    }
  }
  let upTo = last;
  if (until !== undefined) {
    const place = await findPlace(log, tenant, { from: until, last });
    upTo = place;
    for await (const { seq, at } of around(log, tenant, { place, last })) {
      if (at < until) upTo = Math.max(upTo, seq);
    }
  }
  return { after, upTo: Math.max(after, upTo) };
}

async function* around(
  log: Pick<RecordChain, "read">,
  tenant: string,
  { place, last }: { readonly place: number; readonly last: number },
) {
  let after = Math.max(0, place - SLACK);
  const end = Math.min(last, place + SLACK);
  while (after < end) {
    const page = await log.read(tenant, after, Math.min(PAGE, end - after));
    for (const row of page) if (row.seq <= end) yield row;
    after = page.at(-1)?.seq ?? end;
  }
}
