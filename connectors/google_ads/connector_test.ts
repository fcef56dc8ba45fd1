/**
 * Google Ads beyond what the kit checks: units, windows, its own totals, and
 * budgets that must not be moved.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { HttpCall, Lent, Setting } from "@moe/plugin";
import { EngineError } from "@moe/plugin";
import { testConnector, toWrites } from "@moe/plugin/test";
import {
  createGoogleAdsVendor,
  type GoogleAdsVendor,
} from "../../tests/vendors/google_ads.ts";
import { manualClock } from "../../tests/vendors/manual_clock.ts";
import type { Config } from "./config.ts";
import connector from "./connector.ts";

/** What the first two campaigns hold at first. */
const HELD = [{ value: "50000000" }, { value: "100000000" }];
const NOW = "2026-10-28T09:00:00.000Z";
const FIELD = "budget_micros_per_day";
/** The clocks go back on 2026-10-25. */
const RANGE = { from: "2026-10-22", until: "2026-10-28" };
const ACCOUNT = {
  id: "1234567890",
  zone: "Europe/Berlin",
  currency: "EUR",
  attribution: "click_30d_view_1d",
  settlesDays: 30,
};

const { config, truth } = createGoogleAdsVendor({ clock: manualClock(NOW) });

testConnector(connector, {
  config,
  range: RANGE,
  vendor: (clock) => createGoogleAdsVendor({ clock }),
  settings: truth.campaigns.slice(0, 2).map(({ id }, at) =>
    setting(`campaign:${id}`, `${at + 1}23450000`)
  ),
  refused: setting(`campaign:${truth.campaigns[1]?.id}`, "10000"),
});

/** Lends HTTP that asks the vendor once and shows what the connector makes of it. */
function lend(vendor: GoogleAdsVendor): Lent<Config> & { sent: HttpCall[] } {
  const config = connector.config.parse(vendor.config);
  const sent: HttpCall[] = [];
  async function json(url: string, call: HttpCall = {}): Promise<unknown> {
    sent.push(call);
    const headers = new Headers({ ...call.headers });
    if (call.signedIn) {
      const token = await connector.renew?.({
        config,
        http,
        refreshToken: null,
        now: NOW,
      });
      headers.set("authorization", `Bearer ${token?.accessToken}`);
    }
    const body = call.form
      ? new URLSearchParams(call.form)
      : JSON.stringify(call.body);
    const request = new Request(url, { method: "POST", headers, body });
    const response = await vendor.answer(request);
    const text = await response.text();
    const outcome = connector.judge?.({
      status: response.status,
      headers: {},
      body: JSON.parse(text),
      path: new URL(url).pathname,
    });
    if (!outcome) return JSON.parse(text);
    const reason = "reason" in outcome ? outcome.reason : outcome.kind;
    throw new EngineError("source_refused", reason);
  }
  const http = { json, text: () => Promise.reject(new Error("not asked")) };
  return { config, http, now: NOW, sent, files: {} as Lent<Config>["files"] };
}

function open() {
  const vendor = createGoogleAdsVendor({ clock: manualClock(NOW) });
  const scope = lend(vendor);
  const { destination } = connector;
  assert.ok(destination);
  const [first, second] = vendor.truth.campaigns.map(({ id }) =>
    `campaign:${id}` as const
  );
  assert.ok(first && second);
  return { vendor, scope, destination, first, second };
}

function setting(target: Setting["target"], value: string | null): Setting {
  return { target, field: FIELD, value };
}

Deno.test("google_ads: the account tells its zone, currency and longest window", async () => {
  assert.deepEqual(await connector.account?.(open().scope), ACCOUNT);
});

Deno.test("google_ads: both reports hold every row, and the vendor's totals agree", async () => {
  const { vendor, scope } = open();
  const slice = {
    ...scope,
    account: ACCOUNT,
    range: RANGE,
    shard: null,
    report: () => {},
  };
  for (const report of connector.reports ?? []) {
    const pages = await Array.fromAsync(report.read(slice));
    assert.ok(pages.length > 1);
    const rows = pages.flatMap(({ records }) => records)
      .flatMap((record) => report.toRows(record, ACCOUNT));
    const expected = vendor.expectedRows(RANGE)
      .filter((row) => row.report === report.name);
    assert.deepEqual(
      rows.map(({ day, entities, metrics }) => ({ day, entities, metrics })),
      expected.map((
        { day, entities: { account: _, ...entities }, metrics },
      ) => ({
        day,
        entities,
        metrics,
      })),
    );
    const sums = new Map<string, bigint>();
    for (const { metrics } of rows) {
      for (const [name, value] of Object.entries(metrics)) {
        sums.set(name, (sums.get(name) ?? 0n) + value);
      }
    }
    assert.deepEqual(await report.totals?.(slice), Object.fromEntries(sums));
  }
});

Deno.test("google_ads: a row's zeros are left out, its value is not micros", () => {
  const [report] = connector.reports ?? [];
  const record = {
    campaign: { id: "11331000428", advertisingChannelType: "PERFORMANCE_MAX" },
    metrics: { conversions: 4.143961, conversionsValue: 1.8070756678e2 },
    segments: { date: "2026-10-25" },
  };
  assert.deepEqual(report?.toRows(record, ACCOUNT), [{
    day: "2026-10-25",
    entities: { campaign: "11331000428", channel: "performance_max" },
    metrics: {
      impressions: 0n,
      clicks: 0n,
      spend_micros: 0n,
      conversions_millionths: 4_143_961n,
      conversion_value_micros: 180_707_567n,
    },
  }]);
});

Deno.test("google_ads: dashes of a customer id are not sent", () => {
  const config = connector.config.parse({
    ...open().vendor.config,
    customerId: "123-456-7890",
    loginCustomerId: "987-654-3210",
    clientId: "314159265358-moe.apps.googleusercontent.com",
  });
  assert.equal(config.customerId, "1234567890");
  assert.equal(config.loginCustomerId, "9876543210");
  assert.deepEqual(connector.quotaKeys?.(config), {
    developer: "314159265358",
    account: "314159265358/1234567890",
  });
});

Deno.test("google_ads: a budget that is so already is not written", async () => {
  const { vendor, scope, destination, first, second } = open();
  const [{ value } = assert.fail()] = await destination.read(scope, [
    { target: first, field: FIELD },
  ]);
  assert.equal(value, "50000000");
  await destination.write(scope, {
    id: "c-1",
    settings: toWrites(
      [setting(first, value), setting(second, "60000000")],
      HELD,
    ),
  });
  assert.equal(vendor.budgets.changes(), 1);
  const last = scope.sent.findLast(({ signedIn }) => signedIn);
  assert.equal(last?.safe, undefined, "a write is never repeated blindly");
});

Deno.test("google_ads: a refused amount leaves every budget as it was", async () => {
  const { vendor, scope, destination, first, second } = open();
  await assert.rejects(
    destination.write(scope, {
      id: "c-1",
      settings: toWrites([
        setting(first, "70000000"),
        setting(second, "70000001"),
      ], HELD),
    }),
    {
      code: "source_refused",
      message: "campaignBudgetError.NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT " +
        "at operations.1.update.amount_micros",
    },
  );
  assert.equal(vendor.budgets.changes(), 0);
});

Deno.test.each([
  { note: "shared by two campaigns", others: 1, reason: /\(2 in use\)/ },
  { note: "that is free to be shared", others: 0, reason: /\(1 in use\)/ },
])("google_ads: a budget $note is neither read nor moved", async (given) => {
  const { vendor, scope, destination, first, second } = open();
  const ids = [first, second].map((target) => target.slice(9));
  vendor.budgets.share(...ids.slice(0, 1 + given.others));
  const refused = { code: "request_invalid", message: given.reason };
  await assert.rejects(
    destination.read(scope, [{ target: first, field: FIELD }]),
    refused,
  );
  const settings = toWrites([setting(first, "70000000")]);
  await assert.rejects(
    destination.write(scope, { id: "c-1", settings }),
    refused,
  );
  assert.equal(vendor.budgets.changes(), 0);
});

Deno.test.each([
  { note: "another field", field: "bid_micros", reason: /only budget_micros/ },
  { note: "another entity", target: "ad:1", reason: /only campaigns/ },
  {
    note: "no such campaign",
    target: "campaign:7",
    reason: /no such campaign/,
  },
  { note: "no value", value: null, reason: /cannot unset a budget/ },
  { note: "a fraction", value: "1.5", reason: /whole number of micros/ },
  { note: "nothing a day", value: "0", reason: /whole number of micros/ },
])("google_ads: a write is refused for $note", async (given) => {
  const { scope, destination, first } = open();
  const { reason, note: _, ...change } = given;
  const settings = toWrites([
    { ...setting(first, "70000000"), ...change } as Setting,
  ]);
  await assert.rejects(destination.write(scope, { id: "c-1", settings }), {
    code: "request_invalid",
    message: reason,
  });
});

Deno.test.each([
  { body: { pageSize: 100 }, reason: "requestError.PAGE_SIZE_NOT_SUPPORTED" },
  {
    body: { summaryRowSetting: "SUMMARY_ROW_ONLY" },
    reason: "INVALID_ARGUMENT",
  },
  {
    body: { query: "SELECT campaign.nme FROM campaign" },
    reason: "queryError.UNRECOGNIZED_FIELD",
  },
  {
    body: {
      query:
        "SELECT metrics.clicks FROM campaign WHERE segments.date BETWEEN '2023-09-27' AND '2023-09-27'",
    },
    reason: "dateRangeError.REQUESTED_DATE_GRANULARITY_NOT_SUPPORTED",
  },
])("google_ads: the vendor refuses $reason", async ({ body, reason }) => {
  const { scope } = open();
  const { loginCustomerId = "" } = scope.config;
  const url =
    "https://googleads.googleapis.com/v25/customers/1234567890/googleAds:search";
  const headers = { "login-customer-id": loginCustomerId };
  await assert.rejects(
    scope.http.json(url, { signedIn: true, headers, body }),
    { message: reason },
  );
});
