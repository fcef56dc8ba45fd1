/**
 * A year of daily syncs of an account whose conversions come late by a known lag:
 * how wrong the stored conversions are and how many calls it took, by the learnt
 * look-back and by constants.
 *
 * @module
 */
import assert from "node:assert/strict";
import { addDays, countDays, type Day } from "../../core/domain/day.ts";
import type { LagPoint, SignalStore } from "../../core/ports/signals.ts";
import {
  keepInMemory,
  type MemorySignals,
} from "../../plugins/conformance/memory_store.ts";
import { type AdTruth, createAdTruth, daysOf } from "../vendors/ad_truth.ts";
import { type ManualClock, manualClock } from "../vendors/manual_clock.ts";
import { createSmallAds } from "./small_ads.ts";
import { smallConnector } from "./small_connector.ts";
import { startRun } from "./source_run.ts";

const FIRST_DAY: Day = "2026-01-01";
const DAYS = 365;
const DAY_MS = 86_400_000;
const LOOK_EVERY_DAYS = 7;
/** Longest that a settled day waits to be asked for with others. */
const WAIT_DAYS = 7;
/** What many tools default to. */
const USUAL = 30;

interface Account {
  readonly lagDays: number;
  readonly settlesDays: number;
  /** Days of a slice. */
  readonly sliceDays: number;
  /** Constants that are compared; the last is the first that is exact. */
  readonly constants: readonly number[];
}

interface Outcome {
  readonly calls: number;
  /** Mean relative error of a stored day's conversions, over the year's looks. */
  readonly error: number;
  /** Mean relative error of the days that had settled at the end of the year. */
  readonly settledError: number;
}

const ACCOUNTS: readonly Account[] = [
  { lagDays: 4, settlesDays: 30, sliceDays: 7, constants: [2, 14, USUAL, 32] },
  { lagDays: 9, settlesDays: 90, sliceDays: 14, constants: [USUAL, 92] },
];

for (const account of ACCOUNTS) {
  const { lagDays, settlesDays } = account;
  Deno.test({
    name:
      `conversions ${lagDays} days late, settled after ${settlesDays}: the learnt look-back is as exact as a constant of 30 days and cheaper than one that is exact`,
    // Nothing is opened here, and tracing each operation makes a year three times as long.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () => compare(account),
  });
}

async function compare(account: Account): Promise<void> {
  const learnt = await syncYear(account, null);
  const constants = new Map<string | number, Outcome>();
  for (const days of account.constants) {
    constants.set(days, await syncYear(account, days));
  }
  print(account, new Map([["learnt", learnt], ...constants]));
  const usual = constants.get(USUAL) ?? assert.fail();
  const exact = constants.get(account.constants.at(-1) ?? 0) ?? assert.fail();
  assert.equal(exact.settledError, 0);
  assert.equal(learnt.settledError, 0, "a settled day is not exact");
  assert.ok(learnt.error <= usual.error, "30 days are more exact");
  assert.ok(learnt.error < 0.002, "a day under way is more than 0.2 % wrong");
  assert.ok(learnt.calls < 0.8 * exact.calls, "it hardly saves calls");
}

/** Syncs every day of a year, by a constant look-back or by the engine's own. */
async function syncYear(
  { lagDays, settlesDays, sliceDays }: Account,
  constant: number | null,
): Promise<Outcome> {
  const clock = manualClock(`${FIRST_DAY}T09:00:00.000Z`);
  const truth = createAdTruth({
    seed: 9,
    clock,
    zone: "Europe/Berlin",
    currency: "EUR",
    firstDay: FIRST_DAY,
    campaigns: 2,
    adsPerCampaign: 1,
    lagDays,
    settlesDays,
    wholeConversions: false,
  });
  const vendor = createSmallAds({
    clock,
    rows: (day) => tell(truth, day),
    settlesDays,
    pageRows: 1000,
    cap: Infinity,
  });
  const memory = withLag(keepInMemory());
  const run = startRun({
    tenant: "any",
    connector: smallConnector({
      sliceDays,
      recordCap: null,
      reportsOnly: true,
    }),
    clock,
    store: constant === null ? memory : lookBack(constant, memory, clock),
    initialDays: 0,
    fetch: vendor.answer,
  });
  const errors: number[] = [];
  for (let day = 0; day < DAYS; day++) {
    assert.deepEqual((await run.sync()).failures, []);
    if (day % LOOK_EVERY_DAYS === 0) errors.push(...errorsOf(memory, truth));
    clock.advance(DAY_MS);
  }
  const settled = addDays(truth.today(), -settlesDays - 1 - WAIT_DAYS);
  return {
    calls: vendor.ledger().calls,
    error: mean(errors),
    settledError: mean(errorsOf(memory, truth, settled)),
  };
}

function tell(truth: AdTruth, day: Day) {
  return truth.on(day).map((ad) => ({
    day,
    campaign: ad.campaign.id,
    device: "all",
    clicks: Number(ad.clicks),
    cents: Number(ad.spendMicros / 10_000n),
    conversions: (Number(ad.conversionsMillionths) / 1e6).toFixed(6),
  }));
}

/** Relative error of the conversions of each day that is over. */
function errorsOf(
  { rows }: MemorySignals,
  truth: AdTruth,
  until: Day = truth.today(),
): number[] {
  const held = new Map<Day, bigint>();
  for (const { signal: { day, metrics } } of rows.values()) {
    const conversions = metrics.conversions_millionths ?? 0n;
    held.set(day, (held.get(day) ?? 0n) + conversions);
  }
  return daysOf({ from: FIRST_DAY, until }).map((day) => {
    const told = truth.on(day).reduce(
      (sum, ad) => sum + ad.conversionsMillionths,
      0n,
    );
    const missing = told - (held.get(day) ?? 0n);
    return Math.abs(Number(missing)) / Number(told);
  });
}

/** Answers like the database: the course of the days that are final. */
function withLag(memory: MemorySignals): MemorySignals {
  return {
    ...memory,
    lagCurve: () => {
      const final = new Map(
        memory.claims.filter(({ maturity }) => maturity === "final")
          .map((claim) => [claim.day, conversionsOf(claim)]),
      );
      const points = new Map<number, LagPoint>();
      for (const claim of memory.claims) {
        const cameTo = final.get(claim.day);
        if (cameTo === undefined || claim.ageDays < 0) continue;
        const { ageDays } = claim;
        const { known = 0, final: sum = 0, days = 0 } = points.get(ageDays) ??
          {};
        points.set(ageDays, {
          ageDays,
          known: known + conversionsOf(claim),
          final: sum + cameTo,
          days: days + 1,
        });
      }
      return Promise.resolve([...points.values()]);
    },
  };
}

function conversionsOf({ metrics }: MemorySignals["claims"][number]): number {
  return Number(metrics.conversions_millionths ?? 0n);
}

/**
 * Tells the engine of its claims in such a way that it asks for a constant number of
 * days: those within it were never claimed, those before are final.
 */
function lookBack(
  days: number,
  memory: MemorySignals,
  clock: ManualClock,
): SignalStore {
  const store = memory;
  return {
    ...store,
    latestClaims: async (tenant, source, report) => {
      const claims = await store.latestClaims(tenant, source, report);
      const tomorrow = addDays(clock.now().slice(0, 10), 1);
      return claims
        .filter(({ day }) => countDays({ from: day, until: tomorrow }) > days)
        .map((claim) => ({ ...claim, maturity: "final" }));
    },
  };
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}

function print(
  { lagDays, settlesDays, sliceDays }: Account,
  outcomes: ReadonlyMap<string | number, Outcome>,
): void {
  const percent = (share: number) =>
    `${(share * 100).toFixed(3)} %`.padStart(9);
  const lines = [...outcomes].map(([policy, { calls, error, settledError }]) =>
    `  ${String(policy).padEnd(7)} error ${percent(error)}, of settled days ${
      percent(settledError)
    }, ${String(calls).padStart(5)} calls`
  );
  Deno.stdout.writeSync(new TextEncoder().encode([
    `\n  lag ${lagDays} days, settled after ${settlesDays}, slices of ${sliceDays}`,
    ...lines,
    "",
  ].join("\n")));
}
