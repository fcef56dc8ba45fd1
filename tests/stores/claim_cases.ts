/**
 * Claims: what they make of late answers, and what is learnt from them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { addDays, type Instant } from "../../core/domain/day.ts";
import type { Metrics } from "../../core/domain/signal.ts";
import type { Claim, Maturity } from "../../core/ports/signals.ts";
import type { Stores } from "../../core/ports/stores.ts";
import {
  batch,
  campaignDay,
  type Case,
  claimOf,
  keyed,
  SOURCE,
} from "./cases.ts";

const DAY = "2026-02-01";

/** Cases about claims. */
export const claimCases: readonly Case[] = [
  {
    name: "what was observed before the whole partition was changes nothing",
    run: async (stores, tenant) => {
      const known = keyed(campaignDay(DAY, 5n));
      const late = keyed(campaignDay(DAY, 7n));
      const other = keyed(campaignDay(DAY, 3n, {
        entities: { account: "a-1", campaign: "c-2" },
      }));
      const write = (hour: number, also: Parameters<typeof batch>[1]) =>
        stores.signals.write(batch(tenant, { observedAt: at(hour), ...also }));
      await write(1, { performance: [known] });
      await write(3, { performance: [known], claims: [claimOf(known)] });
      const stale = await write(2, { performance: [late] });
      assert.deepEqual([stale.restated, stale.unchanged], [0, 1]);
      const emptied = await write(2, {
        performance: [other],
        claims: [claimOf(other)],
      });
      assert.deepEqual([emptied.inserted, emptied.vanished], [0, 0]);
      assert.deepEqual(await spends(stores, tenant), [5n]);
      const [counts] = await stores.signals.count(tenant);
      assert.deepEqual([counts?.performance, counts?.revisions], [1, 1]);
    },
  },
  {
    name:
      "maturity is as it was at every moment, however often a day is claimed",
    run: async (stores, tenant) => {
      const row = keyed(campaignDay(DAY, 5n));
      const claims: readonly (readonly [number, number, Maturity, boolean])[] =
        [
          [1, -1, "provisional", true],
          [30, 0, "provisional", true],
          [34, 0, "provisional", false],
          [40, 0, "provisional", true],
          [50, 1, "settling", true],
          [60, 1, "settling", false],
          [65, 1, "settling", false],
          [98, 3, "final", true],
          [99, 3, "final", true],
        ];
      for (const [hour, ageDays, maturity, whole] of claims) {
        await stores.signals.write(batch(tenant, {
          observedAt: at(hour),
          performance: [row],
          claims: [claimOf(row, { ageDays, maturity, whole })],
        }));
      }
      for (const [hour, , maturity] of claims) {
        const [known] = await totals(stores, tenant, at(hour));
        assert.equal(known?.maturity, maturity, `after ${hour} hours`);
      }
      const [before] = await totals(stores, tenant, at(49));
      assert.equal(before?.maturity, "provisional");
      assert.deepEqual(
        await stores.signals.latestClaims(tenant, SOURCE, row.signal.report),
        [{
          day: DAY,
          ageDays: 3,
          maturity: "final",
          claimedAt: at(99),
          partialReads: 0,
        }],
      );
    },
  },
  {
    name:
      "a final day says at how many ages it could not be read whole, until it can",
    run: async ({ signals }, tenant) => {
      const row = keyed(campaignDay(DAY, 5n));
      const told: number[] = [];
      for (
        const [ageDays, maturity, whole] of [
          [1, "settling", false],
          [3, "final", false],
          [3, "final", false],
          [4, "final", false],
          [6, "final", true],
          [7, "final", false],
        ] as const
      ) {
        await signals.write(batch(tenant, {
          observedAt: at(24 * ageDays + told.length),
          claims: [claimOf(row, { ageDays, maturity, whole })],
        }));
        const { report } = row.signal;
        const [latest] = await signals.latestClaims(tenant, SOURCE, report);
        told.push(latest?.partialReads ?? NaN);
      }
      assert.deepEqual(told, [0, 1, 1, 2, 0, 3]);
    },
  },
  {
    name: "of a report's days the latest claims are told, by day",
    run: async ({ signals }, tenant) => {
      const days = [2, 0, 1].map((place) => addDays(DAY, place));
      for (const day of days) {
        for (const campaign of ["c-1", "c-2"]) {
          const row = keyed(campaignDay(day, 1n, {
            report: `of_${campaign}`,
          }));
          for (const ageDays of [1, 2]) {
            await signals.write(batch(tenant, {
              observedAt: at(24 * ageDays),
              claims: [claimOf(row, { ageDays })],
            }));
          }
        }
      }
      assert.deepEqual(
        (await signals.latestClaims(tenant, SOURCE, "of_c-1"))
          .map(({ day, ageDays }) => [day, ageDays]),
        days.toSorted().map((day) => [day, 2]),
      );
      assert.deepEqual(await signals.latestClaims(tenant, SOURCE, "of"), []);
    },
  },
  {
    name: "a day that was asked for often counts once, as it was told last",
    run: async (stores, tenant) => {
      for (
        const [hour, ageDays, millions] of [[1, 0, 1n], [2, 0, 4n], [
          50,
          2,
          8n,
        ]] as const
      ) {
        await claim(stores, tenant, {
          hour,
          ageDays,
          maturity: ageDays === 2 ? "final" : "settling",
          whole: hour !== 2,
          metrics: { conversions_millionths: millions * 1_000_000n },
        });
      }
      assert.deepEqual(await lagOf(stores, tenant), [
        { ageDays: 0, known: 4e6, final: 8e6, days: 1 },
        { ageDays: 2, known: 8e6, final: 8e6, days: 1 },
      ]);
    },
  },
  ...[
    {
      note: "an email sender's report",
      early: { sends: 10n, delivered: 9n, opens: 2n, email_clicks: 1n },
      late: { sends: 10n, delivered: 10n, opens: 8n, email_clicks: 3n },
      want: [2, 8],
    },
    {
      note: "an advertiser's report without conversions",
      early: { spend_micros: 5n, clicks: 3n, conversions_millionths: 0n },
      late: { spend_micros: 6n, clicks: 4n, conversions_millionths: 0n },
      want: [3, 4],
    },
    {
      note: "a report of spend alone",
      early: { spend_micros: 5n, clicks: 0n },
      late: { spend_micros: 6n, clicks: 0n },
      want: [5, 6],
    },
    {
      note: "a report of sessions",
      early: { sessions: 1n },
      late: { sessions: 2n },
      want: [1, 2],
    },
  ].map(({ note, early, late, want: [known, final] }): Case => ({
    name: `${note} learns how late its numbers are`,
    run: async (stores, tenant) => {
      await claim(stores, tenant, {
        ...{ hour: 1, ageDays: 1, maturity: "settling", metrics: early },
      });
      await claim(stores, tenant, {
        ...{ hour: 60, ageDays: 3, maturity: "final", metrics: late },
      });
      assert.deepEqual(await lagOf(stores, tenant), [
        { ageDays: 1, known, final, days: 1 },
        { ageDays: 3, known: final, final, days: 1 },
      ]);
    },
  })),
];

function at(hour: number): Instant {
  return new Date(Date.parse(`${DAY}T00:00:00.000Z`) + hour * 3_600_000)
    .toISOString();
}

async function claim(
  { signals }: Stores,
  tenant: string,
  { hour, ...also }: Partial<Claim> & {
    readonly hour: number;
    readonly metrics: Metrics;
  },
): Promise<void> {
  const row = keyed(campaignDay(DAY, 0n, { metrics: also.metrics }));
  await signals.write(batch(tenant, {
    observedAt: at(hour),
    performance: [row],
    claims: [claimOf(row, also)],
  }));
}

function lagOf({ signals }: Stores, tenant: string) {
  return signals.lagCurve(tenant, SOURCE, "campaign_daily");
}

function totals({ signals }: Stores, tenant: string, knownAt: Instant | null) {
  return signals.performance({
    tenant,
    source: SOURCE,
    report: null,
    range: { from: DAY, until: addDays(DAY, 1) },
    knownAt,
    limit: 10,
  });
}

async function spends(stores: Stores, tenant: string) {
  return (await totals(stores, tenant, null))
    .map(({ signal }) => signal.metrics.spend_micros);
}
