/**
 * How much of a day is known so many days later: conversions are credited to the day of
 * the click and become known over weeks.
 *
 * It is learned from days of which both is on record: what was known of them at one
 * moment, and what is known now. The share never falls with age (isotonic regression by
 * pooling neighbours).
 *
 * @module
 */

/** What was known of a day at an age, and what is known of it now. */
export interface KnownDay {
  /** Days from the day to when it was known. */
  readonly ageDays: number;
  readonly known: number;
  readonly now: number;
}

/**
 * Learns.
 *
 * @param days In any order. Days older than all of which anything was known are left
 * out: they were loaded later.
 * @returns Share known at an age, in [0, 1]; 1 where nothing is to be learned.
 */
export function learnMaturity(
  days: readonly KnownDay[],
): (ageDays: number) => number {
  const told = days.filter(({ now }) => now > 0)
    .toSorted((a, b) => a.ageDays - b.ageDays);
  const oldest = told.findLastIndex(({ known }) => known > 0);
  const pools: Pool[] = [];
  for (const { ageDays, known, now } of told.slice(0, oldest + 1)) {
    let pool: Pool = { from: ageDays, known, now };
    for (
      let last = pools.at(-1);
      last !== undefined && shareOf(last) >= shareOf(pool);
      last = pools.at(-1)
    ) {
      pools.pop();
      const { from } = last;
      pool = { from, known: last.known + pool.known, now: last.now + pool.now };
    }
    pools.push(pool);
  }
  return (ageDays) => {
    const pool = pools.findLast(({ from }) => from <= ageDays) ?? pools[0];
    return pool === undefined ? 1 : Math.min(1, shareOf(pool));
  };
}

interface Pool {
  /** Its lowest age. */
  readonly from: number;
  readonly known: number;
  readonly now: number;
}

function shareOf({ known, now }: Pool): number {
  return known / now;
}
