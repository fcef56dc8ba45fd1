/**
 * The conformance kit on the simulated vendor; then windows, conversions and totals.
 *
 * @module
 */
import { recordHttp, testConnector } from "@moe/plugin/test";
import assert from "node:assert/strict";
import { createMetaAdsVendor } from "../../tests/vendors/meta_ads.ts";
import connector from "./connector.ts";
import { FIRST, NOW, open, SECOND } from "./fixtures/open.ts";

const { config } = open().vendor;
const FIELD = "budget_micros_per_day";

testConnector(connector, {
  config,
  vendor: (clock) => createMetaAdsVendor({ clock }),
  range: { from: "2026-03-26", until: "2026-04-02" },
  now: NOW,
  settings: [
    { target: `campaign:${FIRST}`, field: FIELD, value: "75000000" },
    { target: `campaign:${SECOND}`, field: FIELD, value: "20010000" },
  ],
  refused: { target: `campaign:${SECOND}`, field: FIELD, value: "10000" },
});

Deno.test.each([
  { note: "one setting", mixed: false, attribution: "click_7d_view_1d" },
  { note: "several", mixed: true, attribution: "mixed_click_7d_view_1d" },
])(
  "meta_ads: account() tells the longest windows of $note",
  async ({ mixed, attribution }) => {
    const account = await connector.account?.(open({ mixed }).lent);
    assert.deepEqual(account, {
      id: "1234567890123456",
      zone: "Europe/Berlin",
      currency: "EUR",
      attribution,
      settlesDays: 14,
    });
  },
);

Deno.test("meta_ads: account() expects changes for 28 days where no ad set tells a window", async () => {
  const http = recordHttp((url) =>
    url.endsWith("/adsets")
      ? { data: [{ id: "1" }] }
      : { account_id: "1", currency: "EUR", timezone_name: "UTC" }
  );
  const account = await connector.account?.({ ...open().lent, http });
  assert.equal(account?.settlesDays, 28);
  assert.equal(account?.attribution, "");
});

const [campaignDaily] = connector.reports ?? [];
const account = {
  id: "1",
  zone: "Europe/Berlin",
  currency: "EUR",
  attribution: "click_7d_view_1d",
  settlesDays: 14,
};
const toRow = (
  more: Record<string, unknown>,
  attribution = account.attribution,
) =>
  campaignDaily?.toRows(
    {
      row: {
        campaign_id: FIRST,
        date_start: "2026-03-29",
        date_stop: "2026-03-29",
        impressions: "1200",
        spend: "1.234E+2",
        ...more,
      },
      conversionActions: ["omni_purchase"],
    },
    { ...account, attribution },
  )[0];

Deno.test("meta_ads: toRows() counts one purchase once, whichever types list it", () => {
  const types = ["purchase", "omni_purchase", "onsite_web_purchase"];
  const listed = types.map((type) => ({ action_type: type, value: "2" }));
  assert.deepEqual(toRow({ actions: listed, action_values: listed }), {
    day: "2026-03-29",
    entities: { channel: "social", campaign: FIRST },
    breakdowns: {},
    metrics: {
      impressions: 1200n,
      clicks: 0n,
      spend_micros: 123_400_000n,
      conversions_millionths: 2_000_000n,
      conversion_value_micros: 2_000_000n,
    },
  });
});

Deno.test("meta_ads: toRows() does not take conversions that are withheld for none", () => {
  const told = (given: ReturnType<typeof toRow>) =>
    given?.metrics.conversions_millionths;
  assert.equal(told(toRow({})), 0n);
  assert.equal(told(toRow({}, "mixed_click_7d")), undefined);
  const unvalued = [{ action_type: "omni_purchase", "1d_view": "1" }];
  assert.equal(told(toRow({ actions: unvalued })), undefined);
});

Deno.test("meta_ads: toRows() refuses a row of several days", () => {
  assert.throws(() => toRow({ date_stop: "2026-03-30" }), /not a single day/);
});

Deno.test("meta_ads: totals() leaves out conversions over different windows", async () => {
  const { lent } = open({ mixed: true });
  const range = { from: "2026-03-28", until: "2026-03-31" };
  const totals = await campaignDaily?.totals?.({
    ...lent,
    account,
    range,
    shard: null,
    report: () => {},
  });
  assert.deepEqual(Object.keys(totals ?? {}).sort(), [
    "clicks",
    "impressions",
    "spend_micros",
  ]);
});

Deno.test("meta_ads: read() fails where a next page has no cursor", async () => {
  const { lent } = open();
  const http = recordHttp(() => ({ data: [], paging: { next: "https://x" } }));
  const pages = campaignDaily?.read({
    ...lent,
    http,
    account,
    range: { from: "2026-03-28", until: "2026-03-29" },
    shard: null,
    report: () => {},
  });
  await assert.rejects(() => Array.fromAsync(pages ?? []), /cursors/);
});

Deno.test("meta_ads: shards() split a day that is too large, and leave nothing out", async () => {
  const { lent, vendor } = open();
  const adDaily = connector.reports?.find(({ name }) => name === "ad_daily");
  const range = { from: "2026-03-29", until: "2026-03-30" };
  const day = { ...lent, account, range, report: () => {} };
  const read = async (shard: string | null) => {
    const pages = adDaily?.read({ ...day, shard }) ?? [];
    return (await Array.fromAsync(pages)).flatMap(({ records }) => records);
  };
  vendor.play("truncated");
  await assert.rejects(() => read(null), { code: "source_too_large" });
  const ads: (string | undefined)[] = [];
  for (const shard of await adDaily?.shards?.({ ...day, shard: null }) ?? []) {
    const rows = (await read(shard)).map((record) =>
      adDaily?.toRows(record, account)[0]
    );
    assert.ok(rows.every((one) => one?.entities.campaign === shard));
    ads.push(...rows.map((one) => one?.entities.ad));
  }
  const expected = vendor.expectedRows(range)
    .filter(({ report }) => report === "ad_daily");
  assert.deepEqual(ads.sort(), expected.map(({ entities }) => entities.ad));
});
