/**
 * What a page of a pull claims: the partitions of which it says that it has all
 * rows, and those of each record that it tells. A record of which a row was refused
 * is not whole, so that nothing of it vanishes before its dead letter is read again.
 *
 * @module
 */
import { addDays, type Instant } from "../domain/day.ts";
import type { Claim, KeyedPerformance } from "../ports/signals.ts";
import type { Normalized } from "./normalize.ts";
import { ageInDays } from "./sync/maturity.ts";
import { sumMetrics } from "./sync/reconcile.ts";

/**
 * Claims partitions.
 *
 * @param page Rows and rejects of the page.
 * @param said Whether the page is complete, when it was read, and for how many days
 * its source changes totals.
 * @returns A claim for each partition; none of a page that only adds rows.
 */
export function claimsOfPage(
  { performance, rejects, torn }: Pick<
    Normalized,
    "performance" | "rejects" | "torn"
  >,
  { complete, observedAt, settlesDays }: {
    readonly complete: boolean;
    readonly observedAt: Instant;
    readonly settlesDays: number;
  },
): Claim[] {
  // A row that was rejected has not vanished, so its partition is not whole.
  const whole = complete && rejects.length === 0;
  const claimed = performance.filter(({ signal }) =>
    whole || signal.record !== undefined
  );
  const partitions = Map.groupBy(claimed, ({ partitionKey }) => partitionKey);
  return [...partitions.values()].flatMap((rows) =>
    claimOf(rows, { torn, observedAt, settlesDays })
  );
}

function claimOf(
  rows: readonly KeyedPerformance[],
  { torn, observedAt, settlesDays }: {
    readonly torn: Normalized["torn"];
    readonly observedAt: Instant;
    readonly settlesDays: number;
  },
): Claim[] {
  const [first] = rows;
  if (!first) return [];
  const { partitionKey, maturity, signal } = first;
  const { report, level, entities, day, periodDays, zone, record } = signal;
  const lastDay = addDays(day, periodDays - 1);
  return [{
    partitionKey,
    report,
    level,
    account: entities.account ?? null,
    day: record === undefined ? day : null,
    record: record ?? null,
    whole: record === undefined || !torn.has(record),
    rows: rows.length,
    ageDays: settlesDays === 0 ? 0 : ageInDays(lastDay, observedAt, zone),
    maturity,
    quality: [],
    metrics: sumMetrics(rows.map(({ signal }) => signal.metrics)),
    reconciled: null,
  }];
}
