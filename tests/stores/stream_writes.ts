/**
 * Histories of a source that restates: rows that come, change, vanish and come back.
 *
 * @module
 */
import fc from "fast-check";
import type { Metrics } from "../../core/domain/signal.ts";
import type { SignalStore } from "../../core/ports/signals.ts";
import { batch, campaignDay, claimOf, keyed } from "./cases.ts";

const DAYS = ["2026-02-01", "2026-02-02"];
const CAMPAIGNS = ["c-1", "c-2", "c-3"];
const START = Date.UTC(2026, 2, 1);

/** One row as a source tells it. */
interface Told {
  readonly day: string;
  readonly campaign: string;
  readonly currency: string;
  readonly zone: string;
  readonly metrics: Metrics;
}

/** One batch. */
export interface Write {
  readonly rows: readonly Told[];
  /** Whether it claims the days that it mentions. */
  readonly claims: boolean;
  /** Hours after the one before; below 0 for a node whose clock is behind. */
  readonly hours: number;
}

/** Histories of up to eight batches. */
export function writesOfRows(): fc.Arbitrary<readonly Write[]> {
  const total = fc.bigInt(0n, 2n ** 53n);
  const row = fc.record({
    day: fc.constantFrom(...DAYS),
    campaign: fc.constantFrom(...CAMPAIGNS),
    currency: fc.constantFrom("EUR", "EUR", "EUR", "USD"),
    zone: fc.constantFrom("UTC", "UTC", "UTC", "Europe/Berlin"),
    metrics: fc.record(
      { spend_micros: total, clicks: total, conversions_millionths: total },
      { requiredKeys: [] },
    ),
  });
  return fc.array(
    fc.record({
      rows: fc.array(row, { minLength: 1, maxLength: 5 }),
      claims: fc.boolean(),
      hours: fc.integer({ min: -1, max: 5 }),
    }),
    { minLength: 1, maxLength: 8 },
  );
}

/** Writes a history, one batch after the other. */
export async function applyWrites(
  signals: SignalStore,
  tenant: string,
  writes: readonly Write[],
): Promise<void> {
  let atMs = START;
  for (const { rows, claims, hours } of writes) {
    atMs += hours * 3_600_000;
    const performance = rows.map(({ day, campaign, ...also }) =>
      keyed(campaignDay(day, 0n, {
        ...also,
        entities: { account: "a-1", campaign },
      }))
    );
    await signals.write(batch(tenant, {
      observedAt: new Date(atMs).toISOString(),
      performance,
      claims: claims ? [...claimsOf(performance)] : [],
    }));
  }
}

function claimsOf(performance: readonly ReturnType<typeof keyed>[]) {
  const byPartition = new Map(
    performance.map((row) => [row.partitionKey, claimOf(row)]),
  );
  return byPartition.values();
}
