/**
 * Daily budgets: what is written, what is refused, and what is left alone.
 *
 * @module
 */
import { EngineError } from "@moe/plugin";
import { toWrites } from "@moe/plugin/test";
import assert from "node:assert/strict";
import connector from "./connector.ts";
import { BY_AD_SETS, BY_LIFETIME, FIRST, open } from "./fixtures/open.ts";

const budget = (target: string, value: string | null) => ({
  target: target as `campaign:${string}`,
  field: "budget_micros_per_day",
  value,
});
const write = (
  { lent }: Pick<ReturnType<typeof open>, "lent">,
  setting: ReturnType<typeof budget>,
  held = "50000000",
) =>
  connector.destination?.write(lent, {
    id: "change-1",
    settings: toWrites([setting], [{ value: held }]),
  });

Deno.test.each([
  { currency: "EUR", micros: "75500000", minor: 7550n },
  { currency: "JPY", micros: "7500000000", minor: 7500n },
])(
  "meta_ads: write() sends $minor for $micros micros of $currency",
  async ({ currency, micros, minor }) => {
    const { lent, vendor } = open({ currency });
    const sent: string[] = [];
    const json: typeof lent.http.json = (url, call) => {
      sent.push(...Object.values(call?.form ?? {}));
      return lent.http.json(url, call);
    };
    const http = { ...lent.http, json };
    await write(
      { lent: { ...lent, http } },
      budget(`campaign:${FIRST}`, micros),
    );
    assert.deepEqual(sent, [String(minor)]);
    assert.equal(vendor.truth.budget(FIRST), BigInt(micros));
  },
);

Deno.test("meta_ads: write() changes nothing that is right already", async () => {
  const run = open();
  await write(run, budget(`campaign:${FIRST}`, "50000000"));
  assert.ok(run.calls.every((call) => call.startsWith("GET ")));
});

Deno.test.each([
  {
    note: "a part of a cent",
    target: `campaign:${FIRST}`,
    value: "75001",
    reason: /multiple of 10000 micros/,
  },
  {
    note: "nothing",
    target: `campaign:${FIRST}`,
    value: null,
    reason: /cannot unset/,
  },
  {
    note: "to ad sets' campaign",
    target: `campaign:${BY_AD_SETS}`,
    value: "75000000",
    reason: /ad sets have theirs/,
  },
  {
    note: "over a lifetime's budget",
    target: `campaign:${BY_LIFETIME}`,
    value: "75000000",
    reason: /for its lifetime/,
  },
  {
    note: "to an ad",
    target: "ad:17",
    value: "75000000",
    reason: /only campaigns/,
  },
  {
    note: "to another path",
    target: "campaign:1/../2",
    value: "75000000",
    reason: /only campaigns/,
  },
])("meta_ads: write() refuses $note", async ({ target, value, reason }) => {
  const run = open();
  await assert.rejects(
    async () => await write(run, budget(target, value)),
    (error) =>
      error instanceof EngineError && error.code === "request_invalid" &&
      reason.test(error.message),
  );
  assert.ok(run.calls.every((call) => call.startsWith("GET ")));
});

Deno.test("meta_ads: write() is told to wait by the fifth change in an hour", async () => {
  const run = open();
  let held = "50000000";
  for (const value of ["60000000", "61000000", "62000000", "63000000"]) {
    await write(run, budget(`campaign:${FIRST}`, value), held);
    held = value;
  }
  const fifth = budget(`campaign:${FIRST}`, "64000000");
  await assert.rejects(
    async () => await write(run, fifth, held),
    { code: "source_throttled", facts: { retryAfterSeconds: 3600 } },
  );
  run.advance(3_600_000);
  await write(run, fifth, held);
});

Deno.test("meta_ads: read() of budgets knows those that are not the campaign's", async () => {
  const ids = [BY_AD_SETS, FIRST];
  const { lent } = open();
  assert.deepEqual(
    await connector.destination?.read(
      lent,
      ids.map((id) => budget(`campaign:${id}`, null)),
    ),
    [
      budget(`campaign:${BY_AD_SETS}`, null),
      budget(`campaign:${FIRST}`, "50000000"),
    ],
  );
});

Deno.test.each([
  { currency: "EUR", unit: 10_000n },
  { currency: "JPY", unit: 1_000_000n },
])("meta_ads: unit() of $currency is $unit micros", async (row) => {
  const { lent } = open({ currency: row.currency });
  assert.equal(await connector.destination?.unit?.(lent), row.unit);
});

Deno.test("meta_ads: write() stops where Meta refuses, and what is before it is held", async () => {
  const { lent, vendor } = open({ campaigns: 5 });
  const [, second] = vendor.truth.campaigns;
  assert.ok(second);
  vendor.mishaps.refuse(`campaign:${second.id}`);
  const settings = vendor.truth.campaigns.slice(0, 3)
    .map(({ id }) => budget(`campaign:${id}`, "75000000"));
  const held = settings.map(({ target }) => ({
    value: vendor.mishaps.held(target),
  }));
  await assert.rejects(
    async () =>
      await connector.destination?.write(lent, {
        id: "change-1",
        settings: toWrites(settings, held),
      }),
    { code: "source_refused", message: /error 200/ },
  );
  assert.deepEqual(
    settings.map(({ target }) => vendor.mishaps.held(target)),
    ["75000000", "100000000", "150000000"],
  );
});

Deno.test("meta_ads: write() does not repeat a change whose reply was lost", async () => {
  const run = open();
  const one = budget(`campaign:${FIRST}`, "75000000");
  run.vendor.mishaps.loseReply();
  await assert.rejects(async () => await write(run, one), {
    code: "source_unavailable",
  });
  assert.equal(run.calls.filter((call) => call.startsWith("POST ")).length, 1);
  assert.deepEqual(await connector.destination?.read(run.lent, [one]), [one]);
});
