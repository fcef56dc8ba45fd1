/**
 * What a connector brought, compared with what its vendor would have told a perfect
 * reader.
 *
 * @module
 */
import assert from "node:assert/strict";
import { canonicalJson } from "../../core/domain/canonical.ts";
import type { PerformanceSignal } from "../../core/domain/signal.ts";
import type {
  SliceFailure,
  SyncReport,
} from "../../core/signals/sync/sync_report.ts";
import {
  addDays,
  type DayRange,
  type Metric,
  type Metrics,
} from "../contract.ts";
import { isZero } from "./memory_store.ts";
import { type ConnectorSample, nowOf } from "./sample.ts";
import type { ExpectedEvent, ExpectedRow } from "./vendor.ts";
import type { VendorRun } from "./vendor_run.ts";

type Row = ExpectedRow;

/** Throws unless a sync read everything that it asked for. */
export function assertClean({ failures, written }: SyncReport): void {
  assert.deepEqual(failures, []);
  assert.deepEqual(written.rejects, {}, "it rejected good records");
}

/** Whether a sync says that it could not read everything. */
export function isClean({ failures, written }: SyncReport): boolean {
  return failures.length === 0 && Object.keys(written.rejects).length === 0;
}

/** Throws unless what is held is what the vendor tells, and all of it. */
export function assertTruth(run: VendorRun, sample: ConnectorSample): void {
  const { rows, events } = run.store;
  assert.ok(rows.size + events.size > 0, "it brings nothing");
  assert.deepEqual(byKey(heldRows(run)), byKey(expectedRows(run, sample)));
  assertEvents(run, sample);
}

function assertEvents(run: VendorRun, { range }: ConnectorSample): void {
  const expected = run.vendor.expectedEvents(range ?? null);
  assert.deepEqual(
    [...run.store.events.values()].map(printEvent).sort(),
    expected.map(printEvent).sort(),
  );
}

function printEvent({ eventId, type, occurredAt }: ExpectedEvent): string {
  return `${eventId} ${type} ${occurredAt}`;
}

/** Throws unless rows are of the entities that the vendor tells of, ids whole. */
export function assertIds(run: VendorRun, sample: ConnectorSample): void {
  const ids = (rows: readonly Row[]) =>
    [
      ...new Set(
        rows.map(({ report, entities }) => canonicalJson([report, entities])),
      ),
    ].sort();
  assert.deepEqual(ids(heldRows(run)), ids(expectedRows(run, sample)));
}

/** Throws unless amounts are exact, whatever they are of. */
export function assertAmounts(run: VendorRun, sample: ConnectorSample): void {
  const amounts = (rows: readonly Row[]) =>
    rows.map(({ report, metrics }) => canonicalJson([report, told(metrics)]))
      .sort();
  assert.deepEqual(amounts(heldRows(run)), amounts(expectedRows(run, sample)));
  const { account } = run.vendor;
  for (const { currency } of account ? signals(run) : []) {
    assert.equal(currency, account?.currency);
  }
}

/** Throws unless each local day of the account has the totals that are its own. */
export function assertDays(run: VendorRun, sample: ConnectorSample): void {
  assert.deepEqual(
    sumByDay(heldRows(run)),
    sumByDay(expectedRows(run, sample)),
  );
  const { account } = run.vendor;
  for (const { zone } of account ? signals(run) : []) {
    assert.equal(zone, account?.zone);
  }
}

function sumByDay(rows: readonly Row[]): Readonly<Record<string, bigint>> {
  const sums: Record<string, bigint> = {};
  for (const { report, day, metrics } of rows) {
    for (const [metric, total] of Object.entries(told(metrics))) {
      const name = `${report} ${day} ${metric}`;
      sums[name] = (sums[name] ?? 0n) + (total ?? 0n);
    }
  }
  return sums;
}

/**
 * Throws if anything is held that the vendor does not tell, or a day is claimed that
 * is not held whole. A day that stays unclaimed is neither, if it was named.
 *
 * @param run What was brought.
 * @param sample Days that were asked for.
 * @param failures What the syncs so far named; null if they ended early.
 */
export function assertNothingWrong(
  run: VendorRun,
  sample: ConnectorSample,
  failures: readonly SliceFailure[] | null,
): void {
  const expected = expectedRows(run, sample);
  const [held, truth] = [byKey(heldRows(run)), byKey(expected)];
  const wrong = Object.keys(held)
    .filter((key) => canonicalJson(held[key]) !== canonicalJson(truth[key]));
  assert.deepEqual(wrong, [], "it holds what its vendor does not tell");
  const claimed = claimedDays(run);
  const missing = expected.filter((row) =>
    claimed.has(partOf(row)) && held[keyOf(row)] === undefined
  );
  assert.deepEqual(missing.map(keyOf), [], "it claims a day that it has cut");
  if (failures === null) return;
  const { reports = [] } = run.connector;
  const asked = new Set(reports.map(({ name }) => name));
  const silent = expected.filter((row) =>
    asked.has(row.report) && !claimed.has(partOf(row)) &&
    !failures.some((one) => covers(one, row))
  );
  assert.deepEqual(silent.map(keyOf), [], "it leaves a day out in silence");
}

function covers({ report, from, until }: SliceFailure, row: Row): boolean {
  return report === row.report && from <= row.day && row.day < until;
}

/** Throws unless all days are held of the reports that can split one. */
export function assertSplit(run: VendorRun, sample: ConnectorSample): void {
  const { reports = [] } = run.connector;
  const splittable = reports.filter(({ shards }) => shards)
    .map(({ name }) => name);
  const claimed = claimedDays(run);
  const left = expectedRows(run, sample).filter((row) =>
    splittable.includes(row.report) && !claimed.has(partOf(row))
  );
  assert.deepEqual(left.map(keyOf), [], "a day that can be split is not held");
}

function claimedDays({ store }: VendorRun): ReadonlySet<string> {
  return new Set(
    store.claims.flatMap(({ report, day }) =>
      day === null ? [] : `${report} ${day}`
    ),
  );
}

function partOf({ report, day }: Row): string {
  return `${report} ${day}`;
}

/** Rows that a perfect connector would hold, those of nothing but zeros left out. */
export function expectedRows(
  { vendor }: VendorRun,
  sample: ConnectorSample,
): readonly Row[] {
  const range: DayRange = sample.range
    ? { from: sample.range.from, until: addDays(nowOf(sample).slice(0, 10), 2) }
    : { from: "1970-01-01", until: "2200-01-01" };
  return vendor.expectedRows(range).filter(({ metrics }) => !isZero(metrics));
}

function heldRows(run: VendorRun): readonly Row[] {
  return signals(run).filter(({ metrics }) => !isZero(metrics));
}

function signals({ store }: VendorRun): readonly PerformanceSignal[] {
  return [...store.rows.values()].map(({ signal }) => signal);
}

/** Metrics of each row, by everything that was asked for. */
function byKey(rows: readonly Row[]): Readonly<Record<string, Metrics>> {
  return Object.fromEntries(
    rows.map((row) => [keyOf(row), told(row.metrics)] as const)
      .toSorted(([a], [b]) => a < b ? -1 : 1),
  );
}

function keyOf({ report, day, entities, breakdowns }: Row): string {
  return canonicalJson([report, day, entities, breakdowns]);
}

/** Metrics other than zero: vendors leave zeros out at times. */
function told(metrics: Metrics): Metrics {
  return Object.fromEntries(
    Object.entries(metrics).filter(([, total]) => total !== 0n)
      .sort(([a], [b]) => a < b ? -1 : 1) as [Metric, bigint][],
  );
}
