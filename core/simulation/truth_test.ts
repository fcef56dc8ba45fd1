/**
 * What the company says of itself is what makes its data.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { ResponseCurve } from "../domain/score.ts";
import { type Device, DEVICES, orderChance, simulateClicks } from "./clicks.ts";
import { type Campaign, simulateCompany } from "./company.ts";
import { placementsOf, printCampaigns, printPlacements } from "./delivery.ts";
import { simulateEmail } from "./email.ts";
import { printBatches } from "./messages.ts";

const OPTIONS = { seed: 7, until: "2026-11-01", days: 730 };
const company = simulateCompany(OPTIONS);

/** The curve, written out once more. */
function hill(curve: ResponseCurve, spend: number): number {
  assert.ok(curve.type === "hill");
  const { ceiling, half, slope } = curve;
  return spend === 0
    ? 0
    : ceiling * spend ** slope / (half ** slope + spend ** slope);
}

/** The campaign's revenue less its curve over carried-over spend: what is left is season. */
function seasonOf({ spend, decay, curve, expected, baseMicros }: Campaign) {
  let adstock = 0;
  return expected.map((micros, day) => {
    adstock = (1 - decay) * (spend[day] ?? 0) + decay * adstock;
    return (micros - hill(curve, adstock)) / baseMicros;
  });
}

Deno.test("decay and curve reproduce the series without noise: what remains is one season for all", () => {
  const [first, ...others] = company.campaigns.map(seasonOf);
  assert.ok(first && others.length >= 9);
  for (const season of others) {
    season.forEach((share, day) =>
      assert.ok(Math.abs(share - (first[day] ?? NaN)) < 1e-6)
    );
  }
  const mean = first.reduce((sum, share) => sum + share) / first.length;
  assert.ok(Math.abs(mean - 1) < 0.01, `the season's mean is ${mean}`);
  assert.ok(first.every((share) => share > 0.6 && share < 1.4));
});

Deno.test("some curves are S-shaped, some are not, and spend goes past each half and stops at times", () => {
  const slopes = company.campaigns.map(({ curve }) =>
    curve.type === "hill" ? curve.slope : 0
  );
  assert.ok(slopes.some((slope) => slope > 1.5));
  assert.ok(slopes.some((slope) => slope < 1));
  for (const { curve, spend } of company.campaigns) {
    assert.ok(curve.type === "hill" && Math.max(...spend) > curve.half);
    assert.ok(spend.filter((micros) => micros === 0).length >= 7);
  }
});

Deno.test("every reported row is consistent in itself", () => {
  for (const file of [printCampaigns(company), printPlacements(company, 60)]) {
    const [head = "", ...rows] = file.text.trim().split("\n");
    const columns = head.split(",");
    for (const row of rows) {
      const fields = row.split(",");
      const read = (name: string) => Number(fields[columns.indexOf(name)]);
      const [impressions, clicks] = [read("impressions"), read("clicks")];
      assert.ok(clicks <= impressions);
      assert.ok(read("spend") > 0 || clicks === 0);
      assert.ok(read("revenue") > 0 === read("conversions") > 0);
    }
  }
});

Deno.test("conversions are worth the campaign's value of one", () => {
  const valueOf = new Map(
    company.campaigns.map(({ id, valueMicros }) => [id, valueMicros]),
  );
  const [, ...rows] = printCampaigns(company).text.trim().split("\n");
  for (const row of rows) {
    const [, , campaign = "", , , , conversions, revenue] = row.split(",");
    const worth = Number(conversions) * (valueOf.get(campaign) ?? 0) / 1e6;
    assert.ok(Math.abs(worth - Number(revenue)) < 1e-3);
  }
});

Deno.test("orders follow clicks as often as orderChance() says, on each device and placement", () => {
  const messages = simulateClicks(company, { clicks: 40_000, days: 30 });
  const placements = new Map(
    placementsOf(company).map((placement) => [placement.id, placement]),
  );
  const ordered = new Set(
    messages.filter(({ event }) => event === "Order Completed")
      .map(({ userId }) => userId),
  );
  const groups = new Map<string, { orders: number; expected: number }>();
  for (const { event, userId, timestamp, properties } of messages) {
    if (event !== "Ad Clicked") continue;
    const placement = placements.get(String(properties.placement_id));
    const device = properties.device as Device;
    assert.ok(placement && device in DEVICES);
    const hour = new Date(timestamp).getUTCHours();
    const chance = orderChance(placement, { hour, device });
    for (const name of [device, placement.id.split("/")[1] ?? ""]) {
      const group = groups.get(name) ?? { orders: 0, expected: 0 };
      group.orders += ordered.has(userId) ? 1 : 0;
      group.expected += chance;
      groups.set(name, group);
    }
  }
  assert.equal(groups.size, 5);
  for (const [name, { orders, expected }] of groups) {
    const off = Math.abs(orders - expected) / Math.sqrt(expected);
    assert.ok(off < 4, `${name}: ${orders} orders, ${expected} expected`);
  }
});

Deno.test("the same seed gives the same files and messages, in less than two seconds", () => {
  function make(seed: number) {
    const options = { ...OPTIONS, seed };
    const made = simulateCompany(options);
    const { messages } = simulateEmail({ ...options, subjects: 12_000 });
    const clicks = simulateClicks(made, { clicks: 8000, days: 21 });
    return [
      printCampaigns(made).text,
      printPlacements(made, 60).text,
      ...printBatches([...messages, ...clicks]),
    ];
  }
  const started = performance.now();
  const first = make(7);
  const tookMs = performance.now() - started;
  assert.ok(tookMs < 2000, `${tookMs} ms`);
  assert.deepEqual(make(7), first);
  assert.notDeepEqual(make(8), first);
});

Deno.test("no message names a person", () => {
  const { messages } = simulateEmail({ ...OPTIONS, subjects: 200 });
  const clicks = simulateClicks(company, { clicks: 200, days: 3 });
  for (const { userId } of [...messages, ...clicks]) {
    assert.match(userId, /^[sv]-\d+$/);
  }
});
