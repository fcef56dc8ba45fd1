/**
 * The company is the same for the same seed, and its truth makes its data.
 *
 * @module
 */
import assert from "node:assert/strict";
import { simulateClicks } from "./clicks.ts";
import { simulateCompany } from "./company.ts";
import { printCampaigns, printPlacements } from "./delivery.ts";
import { ARMS, simulateEmail } from "./email.ts";
import { printBatches } from "./messages.ts";
import { bestArm, curveError, visitsPerThousand } from "./truth.ts";

const OPTIONS = { seed: 7, until: "2026-11-01", days: 200 };
const company = simulateCompany(OPTIONS);

Deno.test("simulateCompany() gives the same company for the same seed", () => {
  assert.deepEqual(simulateCompany(OPTIONS), company);
  assert.notDeepEqual(
    simulateCompany({ ...OPTIONS, seed: 8 }).campaigns[0]?.spend,
    company.campaigns[0]?.spend,
  );
});

Deno.test("simulateCompany() has at least five channels, pauses and a past until the end", () => {
  assert.ok(new Set(company.campaigns.map(({ channel }) => channel)).size >= 5);
  assert.equal(company.days.length, 200);
  assert.equal(company.days.at(-1), "2026-10-31");
  assert.ok(company.campaigns.some(({ spend }) => spend.includes(0)));
});

Deno.test("revenue follows its truth but for the noise", () => {
  for (const { revenue, expected, curve } of company.campaigns) {
    const mean = revenue.reduce((sum, micros, day) =>
      sum + micros - (expected[day] ?? 0), 0) / revenue.length;
    assert.ok(Math.abs(mean) < 0.02 * curve.ceiling);
  }
});

Deno.test("printCampaigns() reports what was spent, to the micro", () => {
  const [head, ...rows] = printCampaigns(company).text.trim().split("\n");
  const spend = head?.split(",").indexOf("spend") ?? -1;
  const printed = rows.reduce(
    (sum, row) => sum + Math.round(Number(row.split(",")[spend]) * 1e6),
    0,
  );
  const spent = company.campaigns.flatMap(({ spend }) => [...spend]);
  assert.equal(rows.length, 200 * company.campaigns.length);
  assert.equal(printed, spent.reduce((sum, micros) => sum + micros, 0));
});

Deno.test("printPlacements() covers the last days only", () => {
  const rows = printPlacements(company, 10).text.trim().split("\n").slice(1);
  assert.equal(rows.length, 10 * 3 * company.campaigns.length);
  assert.ok(rows[0]?.startsWith("2026-10-22"));
});

Deno.test("simulateEmail() draws its arms with equal chance and visits by their truth", () => {
  const { subjects, messages } = simulateEmail({ ...OPTIONS, subjects: 6000 });
  for (const arm of ARMS) {
    const drawn = subjects.filter((subject) => subject.arm === arm);
    assert.ok(Math.abs(drawn.length - 2000) < 150);
    const ids = new Set(drawn.map(({ id }) => id));
    const visits = messages.filter(({ event, userId }) =>
      event === "Page Viewed" && ids.has(userId)
    ).length;
    const expected = drawn.reduce((sum, one) =>
      sum + one.visitChance[arm], 0);
    assert.ok(Math.abs(visits - expected) < 4 * Math.sqrt(expected));
  }
});

Deno.test("nobody chooses better than bestArm()", () => {
  const { subjects } = simulateEmail({ ...OPTIONS, subjects: 500 });
  const best = visitsPerThousand(subjects, bestArm);
  for (const arm of ARMS) {
    assert.ok(visitsPerThousand(subjects, () => arm) < best);
  }
});

Deno.test("simulateClicks() ends a week before the end, orders after their clicks", () => {
  const messages = simulateClicks(company, { clicks: 2000, days: 30 });
  const clicks = messages.filter(({ event }) => event === "Ad Clicked");
  assert.equal(clicks.length, 2000);
  assert.ok(clicks.every(({ timestamp }) => timestamp < "2026-10-25"));
  const orders = messages.length - clicks.length;
  assert.ok(orders > 40 && orders < 160, `${orders} orders`);
});

Deno.test("printBatches() keeps every message and the receiver's bounds", () => {
  const messages = simulateClicks(company, { clicks: 6000, days: 30 });
  const bodies = printBatches(messages);
  assert.ok(bodies.every((body) => body.length < 500_000));
  assert.deepEqual(
    bodies.flatMap((body) => JSON.parse(body).batch),
    JSON.parse(JSON.stringify(messages)),
  );
});

Deno.test("curveError() is nothing for the truth and a tenth for a tenth more", () => {
  const [campaign] = company.campaigns;
  assert.ok(campaign?.curve.type === "hill");
  const fitted = {
    entity: "campaign:x" as const,
    parent: null,
    curve: campaign.curve,
    decay: 0,
    seenMicros: [0, 1] as const,
  };
  assert.equal(curveError(campaign, fitted).worst, 0);
  const more = { ...campaign.curve, ceiling: 1.1 * campaign.curve.ceiling };
  const error = curveError(campaign, { ...fitted, curve: more });
  assert.ok(Math.abs(error.median - 0.1) < 1e-9);
});
