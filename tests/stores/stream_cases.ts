/**
 * The stream: what its messages say.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  batch,
  campaignDay,
  type Case,
  claimOf,
  keyed,
  SOURCE,
  subjectEvent,
} from "./cases.ts";
import { as, begin, DAY, told, writeEvent } from "./stream_reader.ts";
import { countTotals, sumChanges } from "./stream_sums.ts";
import { applyWrites, writesOfRows } from "./stream_writes.ts";

/** Cases about messages. */
export const streamCases: readonly Case[] = [
  {
    name: "a batch tells its events and what its totals were and are",
    run: async (stores, tenant) => {
      const consumer = as(tenant);
      await begin(stores, consumer);
      const stays = keyed(campaignDay(DAY, 5n));
      const goes = keyed(
        campaignDay(DAY, 3n, {
          entities: { account: "a-1", campaign: "c-2" },
        }),
      );
      const event = subjectEvent("e/1 ü\n", `${DAY}T10:00:00.000Z`, {
        valueMicros: 2n ** 60n,
        currency: "EUR",
        properties: { plan: "pro", seats: 3 },
        consent: { email: true },
      });
      const first = { performance: [stays, goes], events: [event] };
      await stores.signals.write(batch(tenant, first));
      const observedAt = "2026-03-02T00:00:00.000Z";
      const restated = keyed(campaignDay(DAY, 7n));
      await stores.signals.write(batch(tenant, {
        observedAt,
        performance: [restated],
        claims: [claimOf(restated)],
        events: [event],
      }));
      const messages = await told(stores, consumer);
      const { metrics, ...row } = stays.signal;
      const origin = { tenant, source: SOURCE, connector: "csv" };
      assert.deepEqual(
        messages.find(({ id }) => id.endsWith(`/2/row/${stays.rowKey}`)),
        {
          ...origin,
          id: `${tenant}/${SOURCE}/2/row/${stays.rowKey}`,
          observedAt,
          kind: "performance",
          change: "restated",
          rowKey: stays.rowKey,
          revision: 2,
          maturity: "settling",
          row,
          before: metrics,
          after: restated.signal.metrics,
        },
      );
      assert.deepEqual(messages.filter(({ kind }) => kind === "event"), [{
        ...origin,
        id: `${tenant}/${SOURCE}/1/event/e%2F1%20%C3%BC%0A`,
        observedAt: "2026-03-01T00:00:00.000Z",
        kind: "event",
        event,
      }]);
      const changes = messages.filter((one) => one.kind === "performance")
        .map(({ change, row, before, after }) => [
          change,
          row.entities.campaign,
          before?.spend_micros ?? null,
          after.spend_micros,
        ]);
      assert.deepEqual(changes.sort(), [
        ["new", "c-1", null, 5n],
        ["new", "c-2", null, 3n],
        ["restated", "c-1", 5n, 7n],
        ["vanished", "c-2", 3n, 0n],
      ]);
    },
  },
  {
    name: "a batch that changed nothing is not told",
    run: async (stores, tenant) => {
      const consumer = as(tenant);
      await writeEvent(stores, tenant, { id: "e-1" });
      await begin(stores, consumer);
      await writeEvent(stores, tenant, { id: "e-1" });
      assert.deepEqual(await told(stores, consumer), []);
    },
  },
  {
    name: "a total in another currency vanishes in the old one and is new",
    run: async (stores, tenant) => {
      const consumer = as(tenant);
      await begin(stores, consumer);
      for (const currency of ["EUR", "USD"]) {
        await stores.signals.write(batch(tenant, {
          performance: [keyed(campaignDay(DAY, 5n, { currency }))],
        }));
      }
      const messages = await told(stores, consumer);
      assert.equal(new Set(messages.map(({ id }) => id)).size, 3);
      assert.deepEqual(
        messages.map((one) =>
          one.kind === "performance" && [
            one.change,
            one.row.currency,
            one.before?.spend_micros ?? null,
            one.after.spend_micros,
          ]
        ),
        [
          ["new", "EUR", null, 5n],
          ["vanished", "EUR", 5n, 0n],
          ["new", "USD", null, 5n],
        ],
      );
    },
  },
  {
    name: "sums of after − before are the totals, whatever is restated",
    run: async (stores, tenant) => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(writesOfRows(), async (writes) => {
          const own = `${tenant}-${run++}`;
          const consumer = as(tenant);
          await begin(stores, consumer);
          await applyWrites(stores.signals, own, writes);
          const sums = sumChanges(await told(stores, consumer));
          assert.deepEqual(sums, await countTotals(stores.signals, own));
        }),
        { numRuns: 25, interruptAfterTimeLimit: 30_000 },
      );
      assert.ok(run > 1);
    },
  },
];
