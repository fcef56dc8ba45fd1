/**
 * What was known then: whatever a source restates, drops, brings back, or tells in a
 * form that cannot be read, and whenever it is synced, the totals as of a moment are
 * those that were kept at that moment, their maturity included.
 *
 * @module
 */
import fc from "fast-check";
import assert from "node:assert/strict";
import type { Instant } from "../../core/domain/day.ts";
import type { KnownPerformance } from "../../core/ports/signals.ts";
import { createSignalStore } from "../../core/store/signal_store.ts";
import { daysOf } from "../vendors/ad_truth.ts";
import { manualClock } from "../vendors/manual_clock.ts";
import { type Embedded, withDatabase } from "./embedded.ts";
import { createSmallAds } from "./small_ads.ts";
import { smallConnector } from "./small_connector.ts";
import { SOURCE, startRun } from "./source_run.ts";

const START: Instant = "2026-03-27T21:30:00.000Z";
const HOUR_MS = 3_600_000;
const RUNS = 14;
/** Around the day with 23 hours. */
const RANGE = { from: "2026-03-20", until: "2026-05-01" };
const CAMPAIGNS = ["c-1", "c-2", "c-3"];
const AGO_DAYS = 6;

/** What happens at the vendor to one campaign's day, by how long ago it was. */
const change = fc.record({
  campaign: fc.constantFrom(...CAMPAIGNS),
  daysAgo: fc.integer({ min: 0, max: AGO_DAYS }),
  /** Clicks from now on; null if the row is gone, below 0 if it makes no sense. */
  clicks: fc.option(fc.integer({ min: -1, max: 3 }), { nil: null }),
});

const step = fc.record({
  hours: fc.integer({ min: 1, max: 60 }),
  changes: fc.array(change, { maxLength: 4 }),
});

Deno.test("totals as of a moment are those that were kept at that moment", async () => {
  await withDatabase(async (database) => {
    let tenants = 0;
    let [snapshots, superseded] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 2, maxLength: 6 }),
        async (steps) => {
          const tenant = `t-${++tenants}`;
          const taken = await live(database, tenant, steps);
          const last = taken.at(-1)?.rows ?? [];
          snapshots += taken.length;
          superseded += last.filter(({ revision }) => revision > 1).length;
          let before: readonly KnownPerformance[] = [];
          for (const { at, rows } of taken) {
            const just = new Date(Date.parse(at) - 1).toISOString();
            assert.deepEqual(await known(database, tenant, just), before);
            assert.deepEqual(await known(database, tenant, at), rows);
            before = rows;
          }
        },
      ),
      { numRuns: RUNS, seed: 5 },
    );
    assert.ok(snapshots > RUNS && superseded > RUNS, "hardly anything moved");
  });
});

/** Syncs after each step, and says what was kept then. */
async function live(
  { sql }: Embedded,
  tenant: string,
  steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
) {
  const clock = manualClock(START);
  const clicks = new Map<string, number | null>();
  const vendor = createSmallAds({
    clock,
    rows: (day) =>
      day > clock.now().slice(0, 10) ? [] : CAMPAIGNS.flatMap((campaign) => {
        const told = clicks.get(`${campaign} ${day}`) ?? 1;
        const gone = clicks.get(`${campaign} ${day}`) === null;
        return gone ? [] : [{
          day,
          campaign: told < 0 ? "" : campaign,
          device: "a",
          clicks: told,
          cents: told * 10,
          conversions: "1.5",
        }];
      }),
    cap: Infinity,
  });
  const store = createSignalStore(sql);
  const run = startRun({
    tenant,
    connector: smallConnector({ reportsOnly: true, recordCap: null }),
    clock,
    store,
    initialDays: 4,
    fetch: vendor.answer,
  });
  const taken: { at: Instant; rows: readonly KnownPerformance[] }[] = [];
  for (const { hours, changes } of steps) {
    clock.advance(hours * HOUR_MS);
    const until = clock.now().slice(0, 10);
    for (const { campaign, daysAgo, clicks: told } of changes) {
      const day = daysOf({ from: RANGE.from, until }).at(-1 - daysAgo);
      clicks.set(`${campaign} ${day}`, told);
    }
    assert.deepEqual((await run.sync()).failures, []);
    taken.push({
      at: clock.now(),
      rows: await known({ sql }, tenant, null),
    });
  }
  return taken;
}

function known(
  { sql }: Pick<Embedded, "sql">,
  tenant: string,
  knownAt: Instant | null,
): Promise<readonly KnownPerformance[]> {
  return createSignalStore(sql).performance({
    tenant,
    source: SOURCE,
    report: null,
    range: RANGE,
    knownAt,
    limit: 10_000,
  });
}
