/**
 * Losses that are put into a vendor's answers: each is found, and named in the claim
 * of the days or in the failure. What nothing explains is not kept: its days stay
 * unclaimed for as long as it lasts, and are held when the vendor is well again.
 *
 * @module
 */
import assert from "node:assert/strict";
import { addDays, type Day } from "../../core/domain/day.ts";
import { createSignalStore } from "../../core/store/signal_store.ts";
import { daysOf } from "../vendors/ad_truth.ts";
import { manualClock } from "../vendors/manual_clock.ts";
import { type Dump, type Embedded, withDatabase } from "./embedded.ts";
import {
  type Asked,
  createSmallAds,
  type SmallAds,
  type SmallRow,
  type Told,
} from "./small_ads.ts";
import { smallConnector } from "./small_connector.ts";
import { SOURCE, startRun } from "./source_run.ts";

const FIRST: Day = "2026-03-15";
const BAD: Day = "2026-03-16";
const TODAY: Day = "2026-03-20";
const DAY_MS = 86_400_000;

interface Loss {
  readonly note: string;
  /** Rows of the bad day at the vendor; two campaigns' unless given. */
  readonly rows?: readonly SmallRow[];
  /** What becomes of the rows of a report that cover the bad day. */
  readonly report?: (rows: readonly SmallRow[], asked: Asked) => Told;
  /** What becomes of the rows that the vendor adds up. */
  readonly totals?: (rows: readonly SmallRow[]) => readonly SmallRow[];
  /** Cause in the claim of the bad day, which is kept; */
  readonly kept?: string;
  /** or in the failure, and it is not. */
  readonly failed?: string;
  /** The bad day; early in the range unless given. */
  readonly day?: Day;
}

const dayRow = (day: Day, also: Partial<SmallRow> = {}): SmallRow => ({
  day,
  campaign: "c-1",
  device: "a",
  clicks: 3,
  cents: 125,
  conversions: "0.5",
  ...also,
});
const isSecond = ({ campaign }: SmallRow) => campaign === "c-2";
/** Replaces the second campaign's row of the bad day. */
const second = (make: (row: SmallRow) => readonly unknown[], day = BAD) =>
(
  rows: readonly SmallRow[],
): Told => ({
  rows: rows.flatMap((row) =>
    row.day === day && isSecond(row) ? make(row) : [row]
  ),
});
const drop = second(() => []);

const LOSSES: readonly Loss[] = [
  { note: "a row is dropped", report: drop, failed: "rows_missing" },
  {
    note: "a row is dropped on the present day, which moves",
    report: second(() => [], TODAY),
    day: TODAY,
    kept: "in_motion",
  },
  {
    note: "a row is told of another zone's day",
    report: second((row) => [{ ...row, day: addDays(FIRST, -1) }]),
    failed: "time_zone",
  },
  {
    note:
      "a row is left out, as the vendor says, because it is of too few people",
    report: (rows) => ({ ...drop(rows), quality: ["thresholded"] }),
    kept: "thresholded",
  },
  {
    note: "a record makes no sense",
    report: second((row) => [{ ...row, campaign: "" }]),
    kept: "rejected",
  },
  {
    note: "conversions move between the reading and the totals",
    totals: (rows) => rows.map((row) => ({ ...row, conversions: "0.75" })),
    kept: "attribution",
  },
  {
    note: "totals are rounded otherwise than rows",
    totals: (rows) => rows.map((row) => ({ ...row, conversions: "0.500001" })),
    kept: "rounding",
  },
  {
    note: "a row comes twice",
    report: second((row) => [row, row]),
    kept: "equal",
  },
  {
    note: "a row comes twice, and the second is another",
    report: second((row) => [row, { ...row, clicks: 4 }]),
    failed: "rows_collide",
  },
  {
    note: "a row comes that the totals do not have",
    report: (rows) => ({ rows: [...rows, dayRow(BAD, { campaign: "c-9" })] }),
    failed: "rows_extra",
  },
  {
    note: "a day that cannot be split is cut at the cap, in silence",
    rows: Array.from("abcdefghijkl", (device) => dayRow(BAD, { device })),
    failed: "source_truncated",
  },
  {
    note: "answers that hold a day are cut, as the vendor says",
    report: (rows) => ({ ...drop(rows), cut: true }),
    failed: "source_truncated",
  },
];

Deno.test("losses in a vendor's answers are found and named", async (t) => {
  await withDatabase(async (database) => {
    for (const [number, loss] of LOSSES.entries()) {
      const cause = loss.kept ?? loss.failed ?? "";
      await t.step(`${loss.note}: ${cause}`, async () => {
        await suffer(database, `loss-${number}`, loss);
      });
    }
    await t.step(
      "an answer that is wrong twice is read a third time",
      () => readAgain(database),
    );
  });
});

/** The loss on two days in a row, then none. */
async function suffer(
  database: Embedded,
  tenant: string,
  loss: Loss,
): Promise<void> {
  const { vendor, run, clock } = open(database, tenant, loss);
  const { day = BAD } = loss;
  const well = vendor.spoil;
  vendor.spoil = (told, asked) => spoil(told, asked, loss);
  for (const turn of [1, 2]) {
    const { failures } = await run.sync();
    const dump = await database.dump(tenant);
    assertNothingWrong(dump, vendor);
    const claim = claimsOf(dump).get(day);
    if (loss.failed === undefined) {
      assert.deepEqual(failures, []);
      assert.equal(claim?.reconciled, loss.kept);
      assert.equal(claim?.whole, loss.kept !== "rejected");
    } else {
      assert.equal(failures.length, 1, `${turn}`);
      const [{ code = "", message = "" } = {}] = failures;
      assert.ok([code, message].join().includes(loss.failed), message);
      assert.equal(claim, undefined, "the bad day is claimed");
      assert.ok(claimsOf(dump).has(TODAY), "no other day is held");
    }
    if (loss.day === undefined && turn === 1) clock.advance(DAY_MS);
  }
  vendor.spoil = well;
  if (loss.rows) vendor.rows = rowsOf({ note: "" });
  const { failures } = await run.sync();
  assert.deepEqual(failures, []);
  const dump = await database.dump(tenant);
  const today = clock.now().slice(0, 10);
  const days = daysOf({ from: FIRST, until: addDays(today, 1) });
  assert.deepEqual([...claimsOf(dump).keys()], days);
  assert.ok([...claimsOf(dump).values()].every(({ whole }) => whole));
  assert.deepEqual(
    heldRows(dump).map(keyOf).sort(),
    days.flatMap((day) => vendor.rows(day)).map(keyOf).sort(),
  );
}

async function readAgain(database: Embedded): Promise<void> {
  const loss: Loss = { note: "", report: drop };
  const { vendor, run } = open(database, "twice", loss);
  let readings = 0;
  vendor.spoil = (told, asked) =>
    asked.kind === "report" && covers(asked, BAD) && ++readings <= 2
      ? spoil(told, asked, loss)
      : told;
  assert.deepEqual((await run.sync()).failures, []);
  const claim = claimsOf(await database.dump("twice")).get(BAD);
  assert.deepEqual([claim?.reconciled, readings], ["equal", 3]);
}

function open({ sql }: Embedded, tenant: string, loss: Loss) {
  const clock = manualClock(`${TODAY}T09:00:00.000Z`);
  const vendor = createSmallAds({
    clock,
    rows: rowsOf(loss),
    settlesDays: 20,
    pageRows: 100,
  });
  const run = startRun({
    tenant,
    connector: smallConnector({ reportsOnly: true }),
    clock,
    store: createSignalStore(sql),
    initialDays: 5,
    fetch: vendor.answer,
  });
  return { vendor, run, clock };
}

function rowsOf({ rows }: Loss): SmallAds["rows"] {
  return (day) =>
    day === BAD && rows
      ? rows
      : [dayRow(day), dayRow(day, { campaign: "c-2", clicks: 5 })];
}

function spoil(told: Told, asked: Asked, loss: Loss): Told {
  const rows = told.rows as readonly SmallRow[];
  if (!covers(asked, loss.day ?? BAD)) return told;
  return asked.kind === "report"
    ? loss.report?.(rows, asked) ?? told
    : { rows: loss.totals?.(rows) ?? rows };
}

function covers({ from, until }: Asked, day: Day): boolean {
  return from <= day && day < until;
}

type Claim = { readonly reconciled: unknown; readonly whole: unknown };

/** The latest claim of each day. */
function claimsOf({ partition_claim: claims = [] }: Dump): Map<Day, Claim> {
  const inOrder = claims.toSorted((a, b) =>
    String([a.day, a.claimed_at]) < String([b.day, b.claimed_at]) ? -1 : 1
  );
  return new Map(
    inOrder.map(({ day, reconciled, whole }) => [
      String(day),
      { reconciled, whole },
    ]),
  );
}

/** Throws if a row is held that the vendor does not have, or of a day that is not claimed. */
function assertNothingWrong(dump: Dump, { rows }: SmallAds): void {
  const claimed = claimsOf(dump);
  for (const row of heldRows(dump)) {
    assert.ok(rows(row.day).some((one) => keyOf(one) === keyOf(row)));
    assert.ok(claimed.has(row.day), "a row is held of a day that is not");
  }
}

type Held = Pick<SmallRow, "day" | "campaign" | "device" | "clicks">;

function heldRows({ performance = [] }: Dump): Held[] {
  return performance.filter((row) =>
    row.superseded_at === null && row.clicks !== 0 && row.source === SOURCE
  ).map((row) => ({
    day: String(row.day),
    campaign: String(row.campaign_id),
    device: (row.breakdowns as { device: string }).device,
    clicks: Number(row.clicks),
  }));
}

function keyOf({ day, campaign, device, clicks }: Held): string {
  return [day, campaign, device, clicks].join(" ");
}
