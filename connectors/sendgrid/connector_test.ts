/**
 * The SendGrid connector by the kit, and its statistics.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { DayRange, HttpAnswer, HttpCall, ReportRow } from "@moe/plugin";
import { rememberFiles, testConnector } from "@moe/plugin/test";
import { manualClock } from "../../tests/vendors/manual_clock.ts";
import { createSendgridVendor } from "../../tests/vendors/sendgrid.ts";
import { createSendgridWebhook } from "../../tests/vendors/sendgrid_webhook.ts";
import connector from "./connector.ts";
import { emailDaily } from "./stats.ts";

const NOW = "2026-11-05T12:00:00.000Z";
const ACCOUNT = {
  id: "9007199254740993",
  zone: "America/New_York",
  currency: "USD",
  attribution: "",
  settlesDays: 21,
};

const webhook = createSendgridWebhook();
const { config: vendorConfig } = createSendgridVendor({
  clock: manualClock(NOW),
});

testConnector(connector, {
  config: {
    ...vendorConfig,
    publicKey: webhook.publicKey,
    previousPublicKey: createSendgridWebhook().publicKey,
  },
  // The clocks go back in New York on 1 November.
  range: { from: "2026-10-26", until: "2026-11-05" },
  vendor: (clock) => createSendgridVendor({ clock }),
  delivery: webhook.deliver([{
    email: "ann@example.com",
    event: "delivered",
    timestamp: 1_793_880_000,
    sg_event_id: "WexDVCfDCkJ22oAzZDiiYw",
  }], NOW),
});

Deno.test.each([
  { note: "until the reset", reset: "1793880042", date: NOW, want: 42 },
  {
    note: "not at all when it is past",
    reset: "1793879000",
    date: NOW,
    want: 0,
  },
  { note: "no told time without a date", reset: "1793880042", want: null },
])("sendgrid: a throttled call waits $note", ({ reset, date, want }) => {
  const headers = {
    "x-ratelimit-remaining": "0",
    "x-ratelimit-reset": reset,
    ...(date !== undefined && { date: new Date(date).toUTCString() }),
  };
  const answer: HttpAnswer = {
    status: 429,
    headers,
    body: {},
    path: "/v3/stats",
  };
  const scope = "endpoint";
  assert.deepEqual(connector.judge?.(answer), {
    kind: "throttled",
    scope,
    waitSeconds: want,
  });
  assert.deepEqual(connector.quota?.(answer), [
    { scope, remaining: 0, resetSeconds: want },
  ]);
});

Deno.test("sendgrid: asks for the days of a slice, and no others", async () => {
  const rows = await readDaily({ from: "2026-11-01", until: "2026-11-03" });
  assert.deepEqual(rows.map(({ day }) => day), ["2026-11-01", "2026-11-02"]);
});

Deno.test("sendgrid: says that statistics need a key of the API", async () => {
  const { apiKey: _, ...receiving } = vendorConfig;
  const range = { from: "2026-11-01", until: "2026-11-03" };
  await assert.rejects(() => readDaily(range, receiving), {
    code: "configuration_invalid",
  });
});

/** Rows of all mail on the vendor. */
async function readDaily(
  range: DayRange,
  given: unknown = vendorConfig,
): Promise<ReportRow[]> {
  const vendor = createSendgridVendor({ clock: manualClock(NOW) });
  async function text(url: string, call: HttpCall = {}): Promise<string> {
    const headers = { authorization: `Bearer ${call.bearer}` };
    return await (await vendor.answer(new Request(url, { headers }))).text();
  }
  const json = async (url: string, call?: HttpCall) =>
    JSON.parse(await text(url, call));
  const pages = await Array.fromAsync(emailDaily.read({
    config: connector.config.parse(given),
    http: { json, text },
    files: rememberFiles(),
    now: NOW,
    account: ACCOUNT,
    range,
    shard: null,
    report: () => {},
  }));
  return pages.flatMap(({ records }) => records)
    .flatMap((record) => emailDaily.toRows(record, ACCOUNT));
}
