/**
 * The Google Analytics connector on its simulated vendor, and what is special about it.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  EngineError,
  type HttpCall,
  type HttpClient,
  type Records,
  type SliceScope,
  type SourceReport,
} from "@moe/plugin";
import { rememberFiles, testConnector } from "@moe/plugin/test";
import { createGa4Vendor, type Ga4Vendor } from "../../tests/vendors/ga4.ts";
import { manualClock } from "../../tests/vendors/manual_clock.ts";
import type { Config } from "./config.ts";
import connector from "./connector.ts";

const NOW = "2026-11-05T12:00:00.000Z";
const RANGE = { from: "2026-10-30", until: "2026-11-03" };

testConnector(connector, {
  config: createGa4Vendor({ clock: manualClock(NOW) }).config,
  // The clocks go back in New York on 1 November.
  range: { from: "2026-10-26", until: "2026-11-05" },
  vendor: (clock) => createGa4Vendor({ clock }),
});

Deno.test("ga4: describes the account by its own settings", async () => {
  const account = await connector.account?.(await lend(vendorNow()));
  assert.deepEqual(account, {
    id: "314159265",
    zone: "America/New_York",
    currency: "EUR",
    attribution:
      "paid_and_organic_channels_data_driven_acquisition_30d_other_60d",
    settlesDays: 60,
  });
});

Deno.test("ga4: asks for the next rows after those that it knows", async () => {
  const pages = await read(vendorNow({ maxRows: 5 }), "source_campaign_daily");
  assert.deepEqual(pages.map(({ records }) => records.length), [
    ...Array(7).fill(5),
    1,
  ]);
});

Deno.test("ga4: takes no result that grew between two pages", async () => {
  const vendor = vendorNow();
  const answer = vendor.answer.bind(vendor);
  let reports = 0;
  vendor.answer = async (request) => {
    if (!request.url.endsWith(":runReport")) return answer(request);
    const body = await (await answer(request)).json();
    const rowCount = body.rowCount + (reports++ === 0 ? 0 : 1);
    return Response.json({ ...body, rowCount });
  };
  await assert.rejects(
    () => read(vendor, "source_campaign_daily"),
    { code: "source_inconsistent" },
  );
});

Deno.test("ga4: says how the vendor's answer is not the plain truth", async () => {
  const quality = ["other_row", "thresholded", "sampled"] as const;
  const [page] = await read(vendorNow({ quality }), "channel_daily");
  assert.deepEqual(page?.quality, quality);
});

Deno.test("ga4: compares counts, and no sums of floating point", async () => {
  const vendor = vendorNow();
  const scope = await lend(vendor);
  const told = await reportNamed("channel_daily").totals?.(scope);
  assert.deepEqual(Object.keys(told ?? {}), [
    "sessions",
    "clicks",
    "impressions",
  ]);
  const { calls } = vendor.ledger();
  const config = { ...scope.config, adMetrics: false };
  const none = await reportNamed("attributed_campaign_daily")
    .totals?.({ ...scope, config });
  assert.deepEqual([none, vendor.ledger().calls], [null, calls]);
});

Deno.test("ga4: signs in with a refresh token as well", async () => {
  const scope = await lend(vendorNow());
  const { privateKey: _, ...config } = scope.config;
  const token = await connector.renew?.({
    ...scope,
    config,
    refreshToken: null,
  });
  assert.match(token?.accessToken ?? "", /^ya29\./);
  assert.equal(token?.expiresInSeconds, 3599);
});

Deno.test("ga4: refuses half of a way to sign in, and says what it needs", () => {
  assert.throws(
    () =>
      connector.config.parse({
        propertyId: "1",
        clientId: "c",
        privateKey: "k",
      }),
    /clientEmail and privateKey, or clientId, clientSecret, refreshToken/,
  );
});

const ROW = {
  date: "20261101",
  sessionDefaultChannelGroup: "Email",
  sessionSourceMedium: "newsletter / email",
  sessionCampaignId: "(not set)",
  sessionCampaignName: "spring",
  sessions: "9007199254740993",
  keyEvents: "1.2345E-4",
  totalRevenue: "1.23456789E7",
};

Deno.test("ga4: reads large counts, exponents and long fractions", () => {
  assert.deepEqual(rowOf({ ...ROW })?.metrics, {
    sessions: 9_007_199_254_740_993n,
    conversions_millionths: 123n,
    conversion_value_micros: 12_345_678_900_000n,
  });
  const keyEvents = "0.00012345678901234567";
  assert.equal(
    rowOf({ ...ROW, keyEvents })?.metrics.conversions_millionths,
    123n,
  );
});

Deno.test.each([
  { note: "its id", id: "42", name: "spring", want: "42" },
  {
    note: "its name without an id",
    id: "(not set)",
    name: "spring",
    want: "spring",
  },
  {
    note: "neither, where both are missing",
    id: "(not set)",
    name: "",
    want: "(not set)",
  },
])("ga4: knows a campaign by $note", ({ id, name, want }) => {
  const row = rowOf({
    ...ROW,
    sessionCampaignId: id,
    sessionCampaignName: name,
  });
  assert.deepEqual(row?.entities, { channel: "Email", campaign: want });
  assert.deepEqual(row?.breakdowns, {
    source_medium: "newsletter / email",
    campaign_id: id,
    campaign_name: name,
  });
});

Deno.test("ga4: refuses a row without a metric that was asked for", () => {
  const { sessions: _, ...rest } = ROW;
  assert.throws(() => rowOf(rest), /sessions is missing/);
});

Deno.test("ga4: refuses a row whose day was lost in (other)", () => {
  assert.throws(() => rowOf({ ...ROW, date: "(other)" }), {
    reason: "day_invalid",
  });
});

function vendorNow(plan: Partial<Parameters<typeof createGa4Vendor>[0]> = {}) {
  return createGa4Vendor({ clock: manualClock(NOW), ...plan });
}

function reportNamed(wanted: string): SourceReport<Config> {
  const found = connector.reports?.find(({ name }) => name === wanted);
  assert.ok(found, `no report ${wanted}`);
  return found;
}

async function read(vendor: Ga4Vendor, name: string): Promise<Records[]> {
  const scope = await lend(vendor);
  return await Array.fromAsync(reportNamed(name).read(scope));
}

function rowOf(record: Readonly<Record<string, string>>) {
  const account = {
    id: "1",
    zone: "UTC",
    currency: "EUR",
    attribution: "",
    settlesDays: 3,
  };
  return reportNamed("source_campaign_daily").toRows(record, account)[0];
}

/** What the engine lends, on the vendor alone: one access token, no retries. */
async function lend(vendor: Ga4Vendor): Promise<SliceScope<Config>> {
  const config = connector.config.parse(vendor.config);
  let token = "";
  const http: HttpClient = {
    json: async (url, call) =>
      (await send(vendor, url, { token, call })).json(),
    text: async (url, call) =>
      (await send(vendor, url, { token, call })).text(),
  };
  const lent = { config, http, files: rememberFiles(), now: NOW };
  const renewed = await connector.renew?.({ ...lent, refreshToken: null });
  token = renewed?.accessToken ?? "";
  return {
    ...lent,
    account: {
      id: "314159265",
      zone: "America/New_York",
      currency: "EUR",
      attribution: "",
      settlesDays: 60,
    },
    range: RANGE,
    shard: null,
    report: () => {},
  };
}

async function send(
  vendor: Ga4Vendor,
  url: string,
  { token, call: { form, body, signedIn } = {} }: {
    readonly token: string;
    readonly call: HttpCall | undefined;
  },
): Promise<Response> {
  const answer = await vendor.answer(
    new Request(url, {
      method: form || body ? "POST" : "GET",
      headers: signedIn ? { authorization: `Bearer ${token}` } : {},
      ...(form && { body: new URLSearchParams(form) }),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
  if (answer.ok) return answer;
  throw new EngineError("source_refused", `Cannot call: ${answer.status}`);
}
