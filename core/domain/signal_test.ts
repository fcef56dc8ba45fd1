/**
 * Keys come from the question, so they can be neither forgotten nor confused.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  deriveContentHash,
  derivePartitionKey,
  deriveRowKey,
  type PerformanceSignal,
} from "./signal.ts";

const ROW: PerformanceSignal = {
  grain: "performance",
  report: "campaign_daily",
  level: "campaign",
  entities: { account: "a-1", campaign: "c-1" },
  day: "2026-01-31",
  periodDays: 1,
  zone: "Europe/Berlin",
  currency: "EUR",
  breakdowns: { device: "mobile" },
  attribution: "click_7d",
  metrics: { clicks: 3n, spend_micros: 1_500_000n },
};

Deno.test.each<{ note: string; change: Partial<PerformanceSignal> }>([
  { note: "report", change: { report: "campaign_hourly" } },
  { note: "entity", change: { entities: { account: "a-1", campaign: "c-2" } } },
  { note: "day", change: { day: "2026-02-01" } },
  { note: "period", change: { periodDays: 7 } },
  { note: "breakdown", change: { breakdowns: { device: "tv" } } },
  { note: "attribution", change: { attribution: "" } },
])("deriveRowKey() tells rows of another $note apart", ({ change }) => {
  assert.notEqual(
    deriveRowKey("ads", { ...ROW, ...change }),
    deriveRowKey("ads", ROW),
  );
});

Deno.test("deriveRowKey() does not change when a row is restated", () => {
  const restated = { ...ROW, metrics: { clicks: 4n } };
  assert.equal(deriveRowKey("ads", restated), deriveRowKey("ads", ROW));
  assert.notEqual(deriveContentHash(restated), deriveContentHash(ROW));
});

Deno.test("derivePartitionKey() is one for all rows of an account's day", () => {
  const sibling = { ...ROW, entities: { account: "a-1", campaign: "c-9" } };
  assert.equal(
    derivePartitionKey("ads", sibling),
    derivePartitionKey("ads", ROW),
  );
  assert.notEqual(
    derivePartitionKey("other", ROW),
    derivePartitionKey("ads", ROW),
  );
});
