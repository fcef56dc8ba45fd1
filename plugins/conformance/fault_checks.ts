/**
 * What a connector must hold to whatever its vendor does: each fault that the vendor
 * can play is played, and what is held in the end is the truth all the same.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Connector } from "../contract.ts";
import type { Check } from "./check.ts";
import type { Fault } from "./vendor.ts";
import {
  assertClean,
  assertNothingWrong,
  assertSplit,
  assertTruth,
  expectedRows,
} from "./vendor_truth.ts";
import { openVendor, type VendorRun, type WithVendor } from "./vendor_run.ts";

const HOUR_MS = 3_600_000;

/** What each fault must leave true. */
export const SENTENCES: Readonly<Record<Fault, string>> = {
  "throttled_header": "waits as long as a header says",
  "throttled_body": "waits as long as the body says",
  "token_expired": "goes on with a new access token when the old one expires",
  "error_in_ok": "sees a fault behind a good status",
  "duplicated_page": "counts a page that comes twice once",
  reordered: "does not care for the order of records",
  truncated: "takes no answer that was cut for the whole",
  restated: "replaces a day that was restated",
  vanished: "lets go of a row that vanished",
};

/** Faults that may come at any call: they are played at the first and amid a sync. */
const ANYWHERE: ReadonlySet<Fault> = new Set<Fault>([
  "throttled_header",
  "throttled_body",
  "token_expired",
  "error_in_ok",
]);

/** Lists a check for each fault of the vendor. */
export function faultChecks(
  connector: Connector,
  sample: WithVendor,
): readonly Check[] {
  const { faults } = openVendor(connector, sample).vendor;
  return faults.map((fault) => ({
    name: SENTENCES[fault],
    run: () => play(connector, sample, fault),
  }));
}

async function play(
  connector: Connector,
  sample: WithVendor,
  fault: Fault,
): Promise<void> {
  const open = () => openVendor(connector, sample);
  if (fault === "truncated") return await playCut(open(), sample);
  if (fault === "restated" || fault === "vanished") {
    return await playChange(open(), sample, fault);
  }
  await playFrom(open(), sample, { fault, at: 0 });
  if (!ANYWHERE.has(fault)) return;
  const whole = open();
  await whole.sync();
  const at = whole.calls.length >> 1;
  await playFrom(open(), sample, { fault, at });
}

/** Plays from a call on. */
async function playFrom(
  run: VendorRun,
  sample: WithVendor,
  { fault, at }: { readonly fault: Fault; readonly at: number },
): Promise<void> {
  run.intercept((call) => {
    if (call === at) run.vendor.play(fault);
    return null;
  });
  const before = print(run, sample);
  const report = await run.sync();
  assertPlayed(run, fault);
  assertClean(report);
  // A wait may have gone past midnight, when what was read before it is out of date.
  if (print(run, sample) !== before) assertClean(await run.sync());
  assertTruth(run, sample);
}

/** What was held changes at the vendor. */
async function playChange(
  run: VendorRun,
  sample: WithVendor,
  fault: Fault,
): Promise<void> {
  await run.sync();
  run.advance(HOUR_MS);
  const before = print(run, sample);
  run.vendor.play(fault);
  assert.notEqual(print(run, sample), before, "the vendor does not play it");
  assertClean(await run.sync());
  assertTruth(run, sample);
}

function print(run: VendorRun, sample: WithVendor): string {
  const told = [
    expectedRows(run, sample),
    run.vendor.expectedEvents(sample.range ?? null),
  ];
  return JSON.stringify(
    told,
    (_name, value) => typeof value === "bigint" ? String(value) : value,
  );
}

/** Answers are cut; then they are not. */
async function playCut(
  run: VendorRun,
  sample: WithVendor,
): Promise<void> {
  run.vendor.play("truncated");
  const { failures } = await run.sync();
  assertPlayed(run, "truncated");
  assertNothingWrong(run, sample, failures);
  assertSplit(run, sample);
  run.vendor.play(null);
  run.advance(HOUR_MS);
  assertClean(await run.sync());
  assertTruth(run, sample);
}

/** A fault that nobody saw proves nothing; nor does one that was not waited for. */
function assertPlayed({ vendor }: VendorRun, fault: Fault): void {
  const { early, played } = vendor.ledger();
  assert.ok(
    played === undefined || played.includes(fault),
    `no answer showed the fault ${fault}`,
  );
  assert.equal(early, 0, "it called before the wait was over");
}
