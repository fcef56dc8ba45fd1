/**
 * LinkedIn beyond what the kit checks: the syntax of its queries, amounts, waits, and
 * the splitting of a day.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Outcome, SliceScope, SourceAccount } from "@moe/plugin";
import { openVendor, testConnector } from "@moe/plugin/test";
import { createLinkedinAdsVendor } from "../../tests/vendors/linkedin_ads.ts";
import type { Config } from "./api.ts";
import connector, { createLinkedinAds } from "./connector.ts";

/** A minute before the quota of the day is whole again. */
const NOW = "2026-11-05T23:59:00.000Z";
const RANGE = { from: "2026-10-27", until: "2026-11-05" };
const FIELD = "budget_micros_per_day";
const ACCOUNT: SourceAccount = {
  id: "9007199254740995",
  zone: "UTC",
  currency: "EUR",
  attribution: "click_30d_view_7d",
  settlesDays: 30,
};
const FIRST = "ad_group:9007199254741993";
const SECOND = "ad_group:9007199254741994";
/** Fewer elements than ads have a day, more than ad groups have. */
const CAP = 10;

testConnector(createLinkedinAds(CAP), {
  config: {
    accountId: ACCOUNT.id,
    clientId: "linkedin-client",
    clientSecret: "linkedin-client-secret",
    refreshToken: "linkedin-refresh-token",
  },
  range: RANGE,
  now: NOW,
  // When the throttle is over it is a day later, and the first day is not asked for.
  vendor: (clock) =>
    createLinkedinAdsVendor({
      clock,
      firstDay: "2026-10-28",
      truncatedAt: CAP,
    }),
  settings: [
    { target: FIRST, field: FIELD, value: "61500000" },
    { target: SECOND, field: FIELD, value: "70000000" },
  ],
  refused: { target: SECOND, field: FIELD, value: "9990000" },
});

function open() {
  return openVendor(connector, {
    now: NOW,
    vendor: (clock) => createLinkedinAdsVendor({ clock }),
  }).lent;
}

function slice(scope: ReturnType<typeof open>): SliceScope<Config> {
  const report = () => {};
  return { ...scope, account: ACCOUNT, range: RANGE, shard: null, report };
}

function reportNamed(name: string, from = connector) {
  const report = from.reports?.find((one) => one.name === name);
  assert.ok(report);
  return report;
}

function judge(status: number, body: unknown): Outcome | null | undefined {
  const headers = { date: "Thu, 05 Nov 2026 23:59:00 GMT" };
  return connector.judge?.({ status, headers, path: "/rest", body });
}

const THROTTLE = "Resource level throttle";

Deno.test.each([
  {
    note: "the application's day is waited for until midnight",
    status: 429,
    body: { message: `${THROTTLE} APPLICATION DAY limit is reached.` },
    want: { kind: "throttled", scope: "endpoint", waitSeconds: 60 },
  },
  {
    note: "the member's day stops the account",
    status: 429,
    body: { message: `${THROTTLE} MEMBER DAY limit is reached.` },
    want: { kind: "throttled", scope: "account", waitSeconds: 60 },
  },
  {
    note: "any other throttle tells no time",
    status: 429,
    body: "",
    want: { kind: "throttled", scope: "endpoint", waitSeconds: null },
  },
  {
    note: "a version that has ended is named",
    status: 426,
    body: { code: "NONEXISTENT_VERSION" },
    want: { kind: "refused", reason: "version 202608 has ended" },
  },
  {
    note: "a refused grant is named",
    status: 400,
    body: { error: "invalid_grant" },
    want: { kind: "refused", reason: "it answered invalid_grant: " },
  },
  { note: "a status says the rest", status: 401, body: {}, want: null },
  { note: "a status says the rest", status: 503, body: "", want: null },
])("linkedin_ads: $status, $note", ({ status, body, want }) => {
  assert.deepEqual(judge(status, body), want);
});

Deno.test("linkedin_ads: the account tells its currency and the longest window in force", async () => {
  assert.deepEqual(await connector.account?.(open()), ACCOUNT);
});

Deno.test("linkedin_ads: the query's syntax stays as it is, what is named in it is encoded", async () => {
  const scope = open();
  const urls: string[] = [];
  const json: typeof scope.http.json = (url) => {
    urls.push(url);
    return Promise.resolve({ elements: [] });
  };
  const http = { ...scope.http, json };
  const day = { from: "2026-10-31", until: "2026-11-01" };
  const asked = { ...slice(scope), http, range: day };
  const report = reportNamed("ad_group_daily");
  await Array.fromAsync(report.read(asked));
  await Array.fromAsync(report.read({ ...asked, shard: "17,18" }));
  const start =
    "https://api.linkedin.com/rest/adAnalytics?q=statistics&pivots=List(CAMPAIGN_GROUP,CAMPAIGN)" +
    "&timeGranularity=DAILY&dateRange=(start:(year:2026,month:10,day:31),end:(year:2026,month:10,day:31))";
  const end =
    "&fields=impressions,clicks,costInLocalCurrency,externalWebsiteConversions," +
    "conversionValueInLocalCurrency,dateRange,pivotValues";
  const account = "urn%3Ali%3AsponsoredAccount%3A9007199254740995";
  const campaign = "urn%3Ali%3AsponsoredCampaign%3A";
  assert.deepEqual(urls, [
    `${start}&accounts=List(${account})${end}`,
    `${start}&campaigns=List(${campaign}17,${campaign}18)${end}`,
  ]);
});

Deno.test.each([
  { name: "campaign_daily" },
  { name: "ad_group_daily" },
  { name: "ad_daily" },
])(
  "linkedin_ads: $name adds up to the account's own total",
  async ({ name }) => {
    const scope = open();
    const report = reportNamed(name);
    const sums: Record<string, bigint> = {};
    for await (const { records } of report.read(slice(scope))) {
      for (const record of records) {
        const [row] = report.toRows(record, ACCOUNT);
        for (const [metric, total] of Object.entries(row?.metrics ?? {})) {
          sums[metric] = (sums[metric] ?? 0n) + total;
        }
      }
    }
    assert.deepEqual(await report.totals?.(slice(scope)), sums);
  },
);

Deno.test("linkedin_ads: a total beyond a micro is not compared, noise is", async () => {
  const scope = open();
  const element = {
    impressions: 3,
    costInLocalCurrency: "1.2345674",
    conversionValueInLocalCurrency: "7.000000000000000002",
  };
  const json = () => Promise.resolve({ elements: [element] });
  const asked = { ...slice(scope), http: { ...scope.http, json } };
  assert.deepEqual(await reportNamed("ad_daily").totals?.(asked), {
    impressions: 3n,
    clicks: 0n,
    conversions_millionths: 0n,
    conversion_value_micros: 7_000_000n,
  });
});

Deno.test("linkedin_ads: a day is split so that no part can be cut", async () => {
  assert.equal(reportNamed("ad_daily").recordCap, 15_000);
  const ids = ["9007199254741993", "9007199254741994", "9007199254741995"];
  const scope = open();
  const whole = await reportNamed("ad_daily").shards?.(slice(scope));
  assert.deepEqual(whole, [ids.join(",")]);
  const small = reportNamed("ad_daily", createLinkedinAds(CAP));
  assert.deepEqual(await small.shards?.(slice(scope)), ids);
});

const RECORD = {
  impressions: 1500,
  clicks: 30,
  costInLocalCurrency: "1.234E1",
  externalWebsiteConversions: 2,
  conversionValueInLocalCurrency: "-2E-18",
  dateRange: {
    start: { month: 2, day: 3, year: 2026 },
    end: { month: 2, day: 3, year: 2026 },
  },
  pivotValues: [
    "urn:li:sponsoredCreative:9007199254742995",
    "urn:li:sponsoredCampaignGroup:9007199254740993",
    "urn:li:sponsoredCampaign:9007199254741993",
  ],
};

Deno.test("linkedin_ads: ids are told by their names, amounts may have exponents", () => {
  assert.deepEqual(reportNamed("ad_daily").toRows(RECORD, ACCOUNT), [{
    day: "2026-02-03",
    entities: {
      channel: "social",
      campaign: "9007199254740993",
      ad_group: "9007199254741993",
      ad: "9007199254742995",
    },
    metrics: {
      impressions: 1500n,
      clicks: 30n,
      spend_micros: 12_340_000n,
      conversions_millionths: 2_000_000n,
      conversion_value_micros: 0n,
    },
  }]);
});

Deno.test.each([
  {
    note: "no campaign",
    change: { pivotValues: RECORD.pivotValues.slice(0, 2) },
  },
  {
    note: "no such day",
    change: { dateRange: { start: { month: 2, day: 30, year: 2026 } } },
  },
  { note: "half a click", change: { clicks: 1.5 } },
  { note: "no amount", change: { costInLocalCurrency: "" } },
])("linkedin_ads: a record with $note makes no row", ({ change }) => {
  const record = { ...RECORD, ...change };
  assert.throws(() => reportNamed("ad_daily").toRows(record, ACCOUNT));
});
