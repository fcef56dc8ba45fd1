/**
 * Pages of what is kept, and what is said of a source.
 *
 * @module
 */
import assert from "node:assert/strict";
import { addDays } from "../../core/domain/day.ts";
import type { KnownPerformance } from "../../core/ports/signals.ts";
import type { Stores } from "../../core/ports/stores.ts";
import {
  batch,
  campaignDay,
  type Case,
  claimOf,
  keyed,
  SOURCE,
  subjectEvent,
} from "./cases.ts";

const DAY = "2026-02-01";
const FIRST = "2026-03-01T00:00:00.000Z";
const SECOND = "2026-03-02T00:00:00.000Z";

/** Cases about pages. */
export const pageCases: readonly Case[] = [
  {
    name: "totals are read page by page, each once, as known at a moment too",
    run: async (stores, tenant) => {
      const rows = (spendMicros: bigint) =>
        [0, 1, 2].flatMap((place) =>
          ["c-1", "c-2", "c-3"].map((campaign) =>
            keyed(campaignDay(addDays(DAY, place), spendMicros, {
              entities: { account: "a-1", campaign },
            }))
          )
        );
      const other = campaignDay(DAY, 9n, { report: "other" });
      await stores.signals.write(batch(tenant, {
        observedAt: FIRST,
        performance: [...rows(1n), keyed(other)],
      }));
      await stores.signals.write(batch(tenant, {
        observedAt: SECOND,
        performance: rows(2n),
      }));
      for (const [knownAt, spend] of [[FIRST, 1n], [null, 2n]] as const) {
        const pages = await readAll(stores, { tenant, knownAt });
        assert.deepEqual(pages.map(({ length }) => length), [4, 4, 1]);
        const told = pages.flat();
        assert.equal(new Set(told.map(({ rowKey }) => rowKey)).size, 9);
        assert.ok(
          told.every(({ signal }) => signal.metrics.spend_micros === spend),
        );
        const days = told.map(({ signal }) => signal.day);
        assert.deepEqual(days, days.toSorted());
      }
    },
  },
  {
    name: "dead letters say which code wrote them, and come newest first",
    run: async ({ signals }, tenant) => {
      const reject = (original: string) => ({
        ...{ reason: "day_invalid", detail: "", original },
      });
      await signals.write(batch(tenant, {
        version: "moe 1.2.0, v21",
        rejects: [reject("a")],
      }));
      await signals.write(batch(tenant, {
        observedAt: SECOND,
        rejects: [reject("b")],
      }));
      const letters = await signals.listDeadLetters(tenant, { limit: 9 });
      assert.deepEqual(
        letters.map(({ original, version }) => [original, version]),
        [["b", ""], ["a", "moe 1.2.0, v21"]],
      );
      const [newest, oldest] = letters;
      assert.ok(newest && oldest);
      assert.deepEqual(
        await signals.listDeadLetters(tenant, { limit: 9, after: oldest }),
        [newest],
      );
    },
  },
  {
    name: "one event of a far year does not make a source look fresh for ever",
    run: async ({ signals }, tenant) => {
      const latestDay = async () =>
        (await signals.freshness()).find((one) => one.tenant === tenant)
          ?.latestDay;
      const far = subjectEvent("e-1", "2199-01-01T00:00:00.000Z");
      await signals.write(batch(tenant, { observedAt: FIRST, events: [far] }));
      assert.equal(await latestDay(), null);
      await signals.write(batch(tenant, {
        observedAt: FIRST,
        events: [
          subjectEvent("e-2", "2026-02-27T00:00:00.000Z"),
          subjectEvent("e-3", "2198-01-01T00:00:00.000Z"),
        ],
        performance: [keyed(campaignDay("2026-03-03", 1n))],
      }));
      assert.equal(await latestDay(), "2026-02-27");
      await signals.write(batch(tenant, {
        observedAt: FIRST,
        performance: [keyed(campaignDay("2026-03-02", 1n))],
      }));
      assert.equal(await latestDay(), "2026-03-02");
    },
  },
  {
    name: "counts follow rows that come, change, vanish and come back",
    run: async ({ signals }, tenant) => {
      const counted = async () => {
        const [counts] = await signals.count(tenant);
        return [counts?.performance, counts?.revisions, counts?.events];
      };
      const [stays, goes] = ["c-1", "c-2"].map((campaign) =>
        keyed(campaignDay(DAY, 5n, {
          entities: { account: "a-1", campaign },
        }))
      );
      assert.ok(stays && goes);
      const events = [subjectEvent("e-1", FIRST), subjectEvent("e-1", FIRST)];
      await signals.write(batch(tenant, {
        performance: [stays, goes],
        events,
      }));
      assert.deepEqual(await counted(), [2, 2, 1]);
      await signals.write(batch(tenant, {
        observedAt: SECOND,
        performance: [stays],
        claims: [claimOf(stays)],
        events,
      }));
      assert.deepEqual(await counted(), [2, 3, 1]);
      await signals.write(batch(tenant, {
        observedAt: SECOND,
        performance: [goes, keyed(campaignDay(DAY, 6n))],
      }));
      const [counts] = await signals.count(tenant);
      const kept = await signals.performance({
        tenant,
        source: SOURCE,
        report: null,
        range: { from: DAY, until: addDays(DAY, 1) },
        knownAt: null,
        limit: 10,
      });
      assert.equal(counts?.performance, kept.length);
    },
  },
];

/** Pages of four rows of one report. */
async function readAll(
  { signals }: Stores,
  { tenant, knownAt }: {
    readonly tenant: string;
    readonly knownAt: string | null;
  },
): Promise<(readonly KnownPerformance[])[]> {
  const pages: (readonly KnownPerformance[])[] = [];
  const limit = 4;
  while (pages.length < 9) {
    const last = pages.at(-1)?.at(-1);
    const page = await signals.performance({
      tenant,
      source: SOURCE,
      report: "campaign_daily",
      range: { from: DAY, until: addDays(DAY, 3) },
      knownAt,
      limit,
      after: last ? { day: last.signal.day, rowKey: last.rowKey } : null,
    });
    pages.push(page);
    if (page.length < limit) break;
  }
  return pages;
}
