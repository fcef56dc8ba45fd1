/**
 * What deals are worth, and on which day.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { PerformanceSignal } from "@moe/plugin";
import connector from "./connector.ts";
import { dealRows } from "./deal_rows.ts";

const CLOSED = "2026-11-20T12:00:00.000Z";
const ACCOUNT = { id: "62515", zone: "US/Eastern", currency: "USD" };

function rowsOf(
  properties: Record<string, string | null>,
  more: Record<string, unknown> = {},
): PerformanceSignal[] {
  const deal = {
    id: "17",
    createdAt: "2026-10-01T08:00:00Z",
    properties: {
      hs_is_closed_won: "true",
      closedate: "2026-11-02T04:30:00Z",
      amount: "10",
      ...properties,
    },
    ...more,
  };
  return dealRows(deal, ACCOUNT, ["hs_campaign", "utm_campaign"]);
}

Deno.test.each([
  { note: "ISO 8601", closedate: "2026-11-02T04:30:00Z", day: "2026-11-01" },
  { note: "milliseconds", closedate: "1793593800000", day: "2026-11-01" },
  { note: "a bare day", closedate: "2026-11-02", day: "2026-11-02" },
  {
    note: "the hour that comes twice",
    closedate: "2026-11-01T05:30:00Z",
    day: "2026-11-01",
  },
])("hubspot: a close date in $note falls on $day", ({ closedate, day }) => {
  assert.equal(rowsOf({ closedate })[0]?.day, day);
});

Deno.test("hubspot: a deal that is won counts once, with its amount", () => {
  const [row] = rowsOf({
    amount: "1.25E+4",
    deal_currency_code: "EUR",
    utm_campaign: "spring",
    hs_campaign: "",
  });
  assert.deepEqual(row?.metrics, {
    conversions_millionths: 1_000_000n,
    conversion_value_micros: 12_500_000_000n,
  });
  assert.equal(row?.currency, "EUR");
  assert.deepEqual(row?.entities, { account: "62515", campaign: "spring" });
});

Deno.test.each([
  { note: "not won", properties: { hs_is_closed_won: "false" }, more: {} },
  { note: "archived", properties: {}, more: { archived: true } },
  {
    note: "without a close date",
    properties: { hs_is_closed_won: null, closedate: null },
    more: {},
  },
])("hubspot: a deal that is $note is one row of zeros", (deal) => {
  const rows = rowsOf(deal.properties, deal.more);
  assert.deepEqual(
    rows.map(({ record, metrics }) => [record, metrics]),
    [["deal:17", {
      conversions_millionths: 0n,
      conversion_value_micros: 0n,
    }]],
  );
});

Deno.test("hubspot: a won deal without an amount has no value rather than none", () => {
  assert.deepEqual(rowsOf({ amount: null })[0]?.metrics, {
    conversions_millionths: 1_000_000n,
  });
});

Deno.test("hubspot: deals that were merged into one are worth nothing of their own", () => {
  const rows = rowsOf({ hs_merged_object_ids: "15;16;17" });
  assert.deepEqual(
    rows.map(({ record, metrics }) => [record, metrics.conversions_millionths]),
    [["deal:17", 1_000_000n], ["deal:15", 0n], ["deal:16", 0n]],
  );
});

Deno.test.each([
  { amount: "much", reason: "number_invalid" },
  { closedate: null, reason: "close_date_missing" },
  { closedate: "soon", reason: "number_invalid" },
])("hubspot: a deal that makes no sense is kept aside: $reason", (deal) => {
  const { reason, ...properties } = deal;
  const config = connector.config.parse({ portalId: "62515" });
  const read = (original: string) =>
    connector.reread?.({
      config,
      original,
      context: JSON.stringify(ACCOUNT),
      receivedAt: CLOSED,
    });
  const record = {
    id: "17",
    properties: {
      hs_is_closed_won: "true",
      closedate: CLOSED,
      ...properties,
    },
  };
  const receipt = read(JSON.stringify(record));
  assert.equal(receipt?.rejects[0]?.reason, reason);
  const repaired = { id: "17", properties: { closedate: CLOSED, amount: "1" } };
  assert.equal(read(JSON.stringify(repaired))?.signals.length, 1);
});
