/**
 * A record of which some rows are refused: none of its rows vanishes for it, and
 * once its letters are read again it is as if nothing had been refused.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Connector, Signal } from "../../plugins/contract.ts";
import { mapRecords } from "../../plugins/contract.ts";
import {
  keepInMemory,
  type MemorySignals,
} from "../../plugins/conformance/memory_store.ts";
import { createSignalStore } from "../../core/store/signal_store.ts";
import type { SignalStore } from "../../core/ports/signals.ts";
import { manualClock } from "../vendors/manual_clock.ts";
import { withDatabase } from "./embedded.ts";
import { smallConnector } from "./small_connector.ts";
import { SOURCE, startRun } from "./source_run.ts";

/** Values of a deal's rows by campaign. */
type Deal = Readonly<Record<string, number>>;

/** The refused rows of a telling. */
type Refused = readonly string[];

const CAMPAIGNS = ["c-1", "c-2", "c-3"];
const NO_NUMBER = 1n << 70n;
const NONE: Refused = [];

const deal: fc.Arbitrary<Deal> = fc.dictionary(
  fc.constantFrom(...CAMPAIGNS),
  fc.integer({ min: 1, max: 9 }),
  { minKeys: 1, noNullPrototype: true },
);

Deno.test("no row of a record vanishes because another was refused", async () => {
  await fc.assert(
    fc.asyncProperty(
      deal,
      deal,
      fc.subarray(CAMPAIGNS, { minLength: 1 }),
      async (before, after, some) => {
        const refused = some.filter((campaign) => campaign in after);
        fc.pre(refused.length > 0);
        const store = keepInMemory();
        await pull(store, { deal: before, day: "2026-01-05" });
        await pull(store, { deal: after, day: "2026-01-06", refused });
        const good = Object.entries(after)
          .filter(([campaign]) => !refused.includes(campaign));
        const torn = { ...before, ...Object.fromEntries(good) };
        assert.deepEqual(heldIn(store), torn);
        const repaired = start(store, { deal: after, day: "2026-01-07" });
        assert.ok((await repaired.revive(false)).revived > 0);
        assert.equal(store.letters.size, 0);
        assert.deepEqual(heldIn(store), after);
      },
    ),
  );
});

Deno.test("a letter of a torn record puts it right in the database", () =>
  withDatabase(async ({ sql }) => {
    const store = createSignalStore(sql);
    const held = async () =>
      Object.fromEntries(
        (await store.performance({
          tenant: "any",
          source: SOURCE,
          report: null,
          range: { from: "2026-01-01", until: "2026-02-01" },
          knownAt: null,
          limit: 10,
        })).map(({ signal: { entities, metrics } }) => [
          entities.campaign,
          Number(metrics.conversion_value_micros),
        ]),
      );
    const after = { "c-1": 3, "c-2": 4 };
    const before = { "c-1": 1, "c-2": 2, "c-3": 5 };
    await pull(store, { deal: before, day: "2026-01-05" });
    await pull(store, { deal: after, day: "2026-01-06", refused: ["c-2"] });
    assert.deepEqual(await held(), { ...before, "c-1": 3 });
    await start(store, { deal: after, day: "2026-01-07" }).revive(false);
    assert.deepEqual(await held(), { ...after, "c-3": 0 });
    await pull(store, { deal: { "c-1": 7 }, day: "2026-01-08" });
    assert.deepEqual(await held(), { "c-1": 7, "c-2": 0, "c-3": 0 });
  }));

interface Telling {
  readonly deal: Deal;
  readonly day: string;
  readonly refused?: Refused;
}

async function pull(store: SignalStore, telling: Telling): Promise<void> {
  await start(store, telling).sync();
}

function start(store: SignalStore, { deal, day, refused = NONE }: Telling) {
  const read = (record: unknown): Signal[] =>
    Object.entries(record as Deal).map(([campaign, value]) => ({
      grain: "performance",
      report: "deals",
      level: "campaign",
      entities: { account: "a-1", campaign },
      day: "2026-01-02",
      periodDays: 1,
      zone: "UTC",
      currency: "EUR",
      breakdowns: {},
      attribution: "",
      metrics: {
        conversion_value_micros: refused.includes(campaign)
          ? NO_NUMBER
          : BigInt(value),
      },
      record: "deal:1",
    }));
  const connector: Connector = {
    ...smallConnector(),
    reports: [],
    async *pull() {
      yield { ...mapRecords([deal], read), cursor: null };
      await Promise.resolve();
    },
    reread: ({ original }) => mapRecords([JSON.parse(original)], read),
  };
  return startRun({
    tenant: "any",
    connector,
    clock: manualClock(`${day}T09:00:00.000Z`),
    store,
    fetch: () => Promise.reject(new TypeError("nobody is asked")),
  });
}

/** Values above zero by campaign. */
function heldIn({ rows }: MemorySignals): Deal {
  return Object.fromEntries(
    [...rows.values()].map(({ signal: { entities, metrics } }) =>
      [
        entities.campaign ?? "",
        Number(metrics.conversion_value_micros),
      ] as const
    ).filter(([, value]) => value > 0),
  );
}
