/**
 * What a connector must hold to on its vendor: what the engine then holds is what a
 * perfect reader would, and what cannot be read is told.
 *
 * @module
 */
import assert from "node:assert/strict";
import { canonicalJson } from "../../core/domain/canonical.ts";
import { isDay } from "../../core/domain/day.ts";
import type { SyncReport } from "../../core/signals/sync/sync_report.ts";
import type { Connector } from "../contract.ts";
import { type Check, once } from "./check.ts";
import { faultChecks } from "./fault_checks.ts";
import type { Interference } from "./interference.ts";
import { assertHosts } from "./pull_checks.ts";
import { assertNoSecret, type ConnectorSample, nowOf } from "./sample.ts";
import {
  assertAmounts,
  assertClean,
  assertDays,
  assertIds,
  assertNothingWrong,
  assertTruth,
  isClean,
} from "./vendor_truth.ts";
import { openVendor, type VendorRun, type WithVendor } from "./vendor_run.ts";

/** Calls of a sync at which it is interfered with: the first, and some of the others. */
const FIRST_PLACES = 8;
const OTHER_PLACES = 6;
const MINUTE_MS = 60_000;

/** One sync, and what came of it. */
interface Synced {
  readonly run: VendorRun;
  /** Null if it threw. */
  readonly report: SyncReport | null;
}

/** Lists the checks of reading from a simulated vendor; none without both. */
export function vendorChecks(
  connector: Connector,
  sample: ConnectorSample,
): readonly Check[] {
  const { vendor } = sample;
  if (!vendor || !(connector.reports || connector.pull)) return [];
  const given: WithVendor = { ...sample, vendor };
  return [
    {
      name: "declares the vendor's version and the day it ends",
      run: () => assertVersion(connector, given),
    },
    ...soundChecks(connector, given),
    ...interferenceChecks(connector, given),
    ...faultChecks(connector, given),
  ];
}

function assertVersion(
  { vendorApi }: Connector,
  sample: WithVendor,
): void {
  const { version = "", sunset = "" } = vendorApi ?? {};
  assert.ok(version !== "", "vendorApi has no version");
  assert.ok(isDay(sunset), "vendorApi has no sunset");
  assert.ok(sunset > nowOf(sample), "the vendor's API has ended");
}

/** Checks on a vendor that does nothing wrong. */
function soundChecks(
  connector: Connector,
  sample: WithVendor,
): readonly Check[] {
  const first = once(async () => {
    const run = openVendor(connector, sample);
    return { run, report: await run.sync() };
  });
  const holds = (
    name: string,
    assertOne: (run: VendorRun, sample: ConnectorSample) => void,
  ): Check => ({
    name,
    run: async () => assertOne((await first()).run, sample),
  });
  return [
    {
      name: "reads all that is asked for",
      run: async () => assertClean((await first()).report),
    },
    holds("keeps ids whole", assertIds),
    holds("keeps amounts exact", assertAmounts),
    holds("counts days as the account does", assertDays),
    holds("holds what its vendor tells, and nothing else", assertTruth),
    holds("stays within the limits that its vendor documents", ({ vendor }) => {
      const { calls, early } = vendor.ledger();
      assert.ok(calls > 0, "it never called its vendor");
      assert.equal(early, 0, "it called too early");
    }),
    holds(
      "calls declared hosts only, over https",
      ({ addresses, vendor }) => assertHosts(connector, vendor, addresses),
    ),
    holds(
      "keeps secrets out of what it brings",
      (run) => assertQuiet(connector, run),
    ),
    {
      name: "changes nothing when nothing has changed",
      run: async () => {
        const run = openVendor(connector, sample);
        await run.sync();
        const { written } = await run.sync();
        const { inserted, restated, vanished, events } = written;
        assert.deepEqual([inserted, restated, vanished, events], [0, 0, 0, 0]);
        assertTruth(run, sample);
      },
    },
  ];
}

function assertQuiet(
  connector: Connector,
  { store, steps, vendor }: VendorRun,
): void {
  const text = canonicalJson([
    store.batches.map(({ performance, events, rejects, cursor }) => ({
      performance: performance.map(({ signal }) => signal),
      events,
      rejects,
      cursor,
    })),
    steps,
  ]);
  assertNoSecret(text, { ...connector, config: vendor.config });
}

/** Checks on answers that something happens to on their way. */
function interferenceChecks(
  connector: Connector,
  sample: WithVendor,
): readonly Check[] {
  const places = once(() => listPlaces(connector, sample));
  const refused = once(async () => {
    const all: Synced[] = [];
    for (const at of await places()) {
      all.push(
        await syncUnder(
          connector,
          sample,
          (call) => call >= at ? "refused" : null,
        ),
      );
    }
    return all;
  });
  return [
    {
      name: "keeps nothing of an answer that broke off",
      run: async () => {
        for (const at of await places()) {
          const { run, report } = await syncUnder(
            connector,
            sample,
            (call) => call === at ? "dropped" : null,
          );
          assert.ok(report, `call ${at + 1} breaks off, and the sync ends`);
          assertClean(report);
          assertTruth(run, sample);
        }
      },
    },
    {
      name: "does not hide a source that fails",
      run: async () => {
        for (const [at, { run, report }] of (await refused()).entries()) {
          const shown = report === null || !isClean(report);
          assert.ok(shown, `calls are refused, and sync ${at + 1} hides it`);
          assertNothingWrong(run, sample, report?.failures ?? null);
        }
      },
    },
    {
      name: "goes on where it was stopped",
      run: async () => {
        for (const { run } of await refused()) {
          run.intercept(() => null);
          run.advance(MINUTE_MS);
          assertClean(await run.sync());
          assertTruth(run, sample);
        }
      },
    },
    {
      name: "tells of a record that it cannot read",
      run: async () => {
        for (const at of await places()) {
          const { run, report } = await syncUnder(
            connector,
            sample,
            (call) => call === at ? "garbled" : null,
          );
          if (report && isClean(report)) assertTruth(run, sample);
        }
      },
    },
    {
      name: "passes over members that it does not know",
      run: async () => {
        const run = openVendor(connector, sample);
        run.intercept(() => "unknown_members");
        assertClean(await run.sync());
        assertTruth(run, sample);
      },
    },
  ];
}

async function listPlaces(
  connector: Connector,
  sample: WithVendor,
): Promise<readonly number[]> {
  const run = openVendor(connector, sample);
  await run.sync();
  const all = run.calls.map((_, at) => at);
  const others = all.slice(FIRST_PLACES);
  const step = Math.ceil(others.length / OTHER_PLACES);
  return [
    ...all.slice(0, FIRST_PLACES),
    ...others.filter((_, at) => at % step === 0),
  ];
}

async function syncUnder(
  connector: Connector,
  sample: WithVendor,
  decide: (call: number) => Interference | null,
): Promise<Synced> {
  const run = openVendor(connector, sample);
  run.intercept(decide);
  return { run, report: await run.sync().catch(() => null) };
}
