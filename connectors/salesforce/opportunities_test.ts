/**
 * What opportunities are worth.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { PerformanceSignal, Receipt } from "@moe/plugin";
import connector from "./connector.ts";
import { Config } from "./config.ts";
import { readOpportunities } from "./opportunities.ts";

const NOW = "2026-11-20T12:00:00.000Z";
const ORGANIZATION = { id: "00D5g000004XyzAEAS", zone: "America/Los_Angeles" };
const ID = "0065g000001QwErtAA";
const CONFIG = {
  instanceHost: "acme.my.salesforce.com",
  clientId: "app",
  clientSecret: "app-secret",
  refreshToken: "refresh",
};

function read(members: Record<string, unknown>, currency?: string): Receipt {
  const record = {
    Id: ID,
    Amount: 100,
    CampaignId: null,
    CloseDate: "2026-11-01",
    IsDeleted: false,
    IsWon: true,
    SystemModstamp: "2026-11-01T08:00:00.000+0000",
    ...members,
  };
  const config = Config.parse({ ...CONFIG, currency });
  return readOpportunities([record], ORGANIZATION, config);
}

Deno.test.each([
  { amount: 1.25e7, micros: 12_500_000_000_000n },
  { amount: 1e-2, micros: 10_000n },
  { amount: -5.5, micros: -5_500_000n },
  { amount: null, micros: undefined },
])(
  "salesforce: an amount of $amount is $micros micros",
  ({ amount, micros }) => {
    const { signals } = read({ Amount: amount }, "EUR");
    const [row] = signals as PerformanceSignal[];
    assert.equal(row?.metrics.conversion_value_micros, micros);
    assert.equal(row?.metrics.conversions_millionths, 1_000_000n);
  },
);

Deno.test.each([
  { note: "open", members: { IsWon: false } },
  { note: "deleted", members: { IsDeleted: true } },
])(
  "salesforce: an opportunity that is $note is one row of zeros",
  ({ members }) => {
    const { signals } = read({ ...members, CurrencyIsoCode: "USD" });
    assert.deepEqual(signals, [{
      grain: "performance",
      report: "opportunities_won",
      level: "account",
      entities: { account: ORGANIZATION.id },
      day: "2026-11-01",
      periodDays: 1,
      zone: ORGANIZATION.zone,
      currency: "USD",
      breakdowns: {},
      attribution: "",
      metrics: { conversions_millionths: 0n, conversion_value_micros: 0n },
      record: `opportunity:${ID}`,
    }]);
  },
);

Deno.test("salesforce: what cannot be read is kept aside, and read again", () => {
  const [reject] = read({}).rejects;
  assert.equal(reject?.reason, "currency_missing");
  const again = connector.reread?.({
    config: Config.parse({ ...CONFIG, currency: "EUR" }),
    original: reject?.original ?? "",
    context: reject?.context ?? "",
    receivedAt: NOW,
  });
  assert.equal(again?.signals.length, 1);
  assert.equal(
    read({ CloseDate: "soon" }, "EUR").rejects[0]?.reason,
    "record_malformed",
  );
});
