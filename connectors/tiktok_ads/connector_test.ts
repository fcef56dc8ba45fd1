/**
 * TikTok beyond what the kit checks: codes, units, windows, and budgets that must
 * not be moved.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Outcome, SliceScope, SourceAccount } from "@moe/plugin";
import { openVendor, testConnector, toWrites } from "@moe/plugin/test";
import { createTiktokAdsVendor } from "../../tests/vendors/tiktok_ads.ts";
import type { Config } from "./api.ts";
import connector from "./connector.ts";

const NOW = "2026-11-05T12:00:00.000Z";
/** The clocks of the account go back on 2026-10-25: a day of 25 hours. */
const RANGE = { from: "2026-10-16", until: "2026-11-05" };
const FIELD = "budget_micros_per_day";
const ACCOUNT: SourceAccount = {
  id: "7000000000000000001",
  zone: "Europe/Berlin",
  currency: "EUR",
  attribution: "by_ad_group",
  settlesDays: 28,
};
const FIRST = "campaign:9007199254740993";
const SECOND = "campaign:9007199254740994";
const HELD = [{ value: "50000000" }, { value: "100000000" }];
const FOR_LIFE = "campaign:9007199254740995";

testConnector(connector, {
  config: {
    advertiserId: ACCOUNT.id,
    accessToken: "tiktok-access-token",
    appId: "7111111111111111111",
  },
  range: RANGE,
  now: NOW,
  vendor: (clock) => createTiktokAdsVendor({ clock }),
  settings: [
    { target: FIRST, field: FIELD, value: "61500000" },
    { target: SECOND, field: FIELD, value: "70000000" },
  ],
  refused: { target: SECOND, field: FIELD, value: "49990000" },
});

function open(config: Partial<Config> = {}) {
  const { vendor, lent: scope, calls, intercept } = openVendor(connector, {
    now: NOW,
    vendor(clock) {
      const vendor = createTiktokAdsVendor({ clock });
      return { ...vendor, config: { ...vendor.config, ...config } };
    },
  });
  const { destination } = connector;
  assert.ok(destination);
  return { vendor, scope, calls, intercept, destination };
}

function slice(scope: ReturnType<typeof open>["scope"]): SliceScope<Config> {
  const report = () => {};
  return { ...scope, account: ACCOUNT, range: RANGE, shard: null, report };
}

function reportNamed(name: string) {
  const report = connector.reports?.find((one) => one.name === name);
  assert.ok(report);
  return report;
}

function judge(body: unknown): Outcome | null | undefined {
  const answer = { status: 200, headers: {}, path: "/", body };
  return connector.judge?.(answer);
}

Deno.test.each([
  { code: 0, want: { kind: "ok" } },
  {
    code: 40100,
    want: { kind: "throttled", scope: "developer", waitSeconds: null },
  },
  {
    code: 40133,
    want: { kind: "throttled", scope: "account", waitSeconds: null },
  },
  { code: 40105, want: { kind: "sign_in" } },
  { code: 40202, want: { kind: "again" } },
  { code: 40700, want: { kind: "again" } },
  { code: 50000, want: { kind: "again" } },
  { code: 50002, want: { kind: "again" } },
  {
    code: 40002,
    want: { kind: "refused", reason: "it answered code 40002: Not valid" },
  },
])("tiktok_ads: code $code within HTTP 200", ({ code, want }) => {
  assert.deepEqual(judge({ code, message: "Not valid", data: {} }), want);
});

Deno.test("tiktok_ads: an answer without a code is judged by its status", () => {
  assert.equal(judge("Bad Gateway"), null);
});

Deno.test("tiktok_ads: the account tells its zone by name and its longest window", async () => {
  assert.deepEqual(await connector.account?.(open().scope), ACCOUNT);
});

Deno.test.each([{ name: "campaign_daily" }, { name: "ad_daily" }])(
  "tiktok_ads: $name comes in pages, of the days asked for, and adds up to the vendor's total",
  async ({ name }) => {
    const { vendor, scope } = open();
    const report = reportNamed(name);
    const pages = await Array.fromAsync(report.read(slice(scope)));
    const records = pages.flatMap((page) => page.records);
    const expected = vendor.expectedRows(RANGE)
      .filter((row) => row.report === name);
    assert.ok(pages.length > 1);
    assert.equal(records.length, expected.length);
    const sums: Record<string, bigint> = {};
    for (const record of records) {
      const [row] = report.toRows(record, ACCOUNT);
      for (const [metric, total] of Object.entries(row?.metrics ?? {})) {
        sums[metric] = (sums[metric] ?? 0n) + total;
      }
    }
    assert.deepEqual(await report.totals?.(slice(scope)), sums);
  },
);

Deno.test("tiktok_ads: there is no total of days before the account", async () => {
  const scope = {
    ...slice(open().scope),
    range: { from: "2025-01-01", until: "2025-01-08" },
  };
  assert.equal(await reportNamed("ad_daily").totals?.(scope), null);
});

const RECORD = {
  dimensions: {
    ad_id: "9007199254742995",
    stat_time_day: "2026-10-25 00:00:00",
  },
  metrics: {
    campaign_id: 17,
    adgroup_id: "18",
    spend: "12.34",
    impressions: "1500",
    clicks: 30,
    conversion: 2.5,
    total_complete_payment_rate: 1.05e3,
  },
};

Deno.test("tiktok_ads: money is in currency units, metrics are text or numbers", () => {
  assert.deepEqual(reportNamed("ad_daily").toRows(RECORD, ACCOUNT), [{
    day: "2026-10-25",
    entities: {
      channel: "social",
      campaign: "17",
      ad_group: "18",
      ad: "9007199254742995",
    },
    metrics: {
      impressions: 1500n,
      clicks: 30n,
      spend_micros: 12_340_000n,
      conversions_millionths: 2_500_000n,
      conversion_value_micros: 1_050_000_000n,
    },
  }]);
});

Deno.test.each([
  { note: "an hour for a day", dimensions: { stat_time_day: "2026-10-25 01" } },
  { note: "no such day", dimensions: { stat_time_day: "2026-02-30 00:00:00" } },
  { note: "no id", dimensions: { ad_id: undefined } },
  { note: "a dash for an id", metrics: { campaign_id: "-" } },
  { note: "a dash for a count", metrics: { clicks: "-" } },
  { note: "half an impression", metrics: { impressions: "1.5" } },
  { note: "no amount", metrics: { spend: "" } },
])(
  "tiktok_ads: a record with $note makes no row",
  ({ dimensions, metrics }) => {
    const record = {
      dimensions: { ...RECORD.dimensions, ...dimensions },
      metrics: { ...RECORD.metrics, ...metrics },
    };
    assert.throws(() => reportNamed("ad_daily").toRows(record, ACCOUNT));
  },
);

Deno.test("tiktok_ads: a budget that is the same already is not written", async () => {
  const { scope, calls, destination } = open();
  const settings = [
    { target: FIRST, field: FIELD, value: "50000000" },
    { target: SECOND, field: FIELD, value: "99990000" },
  ] as const;
  await destination.write(scope, {
    id: "change-1",
    settings: toWrites(settings, HELD),
  });
  assert.deepEqual(calls, [
    "GET /open_api/v1.3/campaign/get/",
    "POST /open_api/v1.3/campaign/update/",
  ]);
  assert.deepEqual(await destination.read(scope, settings), settings);
});

Deno.test("tiktok_ads: a budget for life reads as none by the day", async () => {
  const { scope, destination } = open();
  const target = { target: FOR_LIFE, field: FIELD } as const;
  assert.deepEqual(await destination.read(scope, [target]), [
    { ...target, value: null },
  ]);
});

Deno.test.each(
  [
    {
      note: "no value",
      setting: { target: SECOND, value: null },
      message: /cannot be unset/,
    },
    {
      note: "a budget for life",
      setting: { target: FOR_LIFE, value: "60000000" },
      message: /no budget by the day/,
    },
    {
      note: "nothing",
      setting: { target: SECOND, value: "0" },
      message: /whole number above zero/,
    },
    {
      note: "an unknown campaign",
      setting: { target: "campaign:1", value: "60000000" },
      message: /no such campaign/,
    },
    {
      note: "an ad group",
      setting: { target: "ad_group:1", value: "60000000" },
      message: /only campaigns/,
    },
    {
      note: "another field",
      setting: { target: SECOND, field: "bid_micros", value: "1" },
      message: /"bid_micros": only budget_micros_per_day/,
    },
  ] as const,
)(
  "tiktok_ads: $note is refused, and nothing is written",
  async ({ setting, message }) => {
    const { scope, calls, destination } = open();
    const good = { target: FIRST, field: FIELD, value: "61000000" } as const;
    const settings = [good, { field: FIELD, ...setting }];
    await assert.rejects(
      destination.write(scope, {
        id: "change-1",
        settings: toWrites(settings, HELD),
      }),
      { code: "request_invalid", message },
    );
    assert.ok(calls.every((call) => call.startsWith("GET ")));
  },
);

Deno.test("tiktok_ads: a budget below the vendor's least is refused by the vendor", async () => {
  const { scope, destination } = open();
  const settings = [{ target: FIRST, field: FIELD, value: "1000000" }] as const;
  await assert.rejects(
    destination.write(scope, {
      id: "change-1",
      settings: toWrites(settings, HELD),
    }),
    { code: "source_refused", message: /code 40002: budget: Must be at least/ },
  );
});

Deno.test("tiktok_ads: a token that was revoked is not tried again", async () => {
  const { scope, calls } = open({ accessToken: "revoked" });
  await assert.rejects(
    async () => await connector.account?.(scope),
    { code: "source_refused" },
  );
  assert.equal(calls.length, 1);
});

Deno.test("tiktok_ads: a change whose answer was lost is not sent again", async () => {
  const { scope, calls, intercept, destination } = open();
  const settings = [{
    target: FIRST,
    field: FIELD,
    value: "61000000",
  }] as const;
  intercept((call) => call === 1 ? "unanswered" : null);
  await assert.rejects(
    destination.write(scope, { id: "c-1", settings: toWrites(settings, HELD) }),
    { code: "source_unavailable" },
  );
  assert.equal(calls.length, 2);
  assert.deepEqual(await destination.read(scope, settings), settings);
});
