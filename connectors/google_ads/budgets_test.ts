/**
 * Google's budgets beyond what the kit checks: units, requests that are too long, and
 * what is held when a reply is lost or somebody else was there.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Setting } from "@moe/plugin";
import {
  changeOver,
  openVendor,
  recordHttp,
  targetsOf,
  toWrites,
} from "@moe/plugin/test";
import { createGoogleAdsVendor } from "../../tests/vendors/google_ads.ts";
import { budgets } from "./budgets.ts";
import connector from "./connector.ts";

const FIELD = "budget_micros_per_day";

function open(plan: { readonly currency?: string } = {}) {
  const run = openVendor(connector, {
    now: "2026-10-28T09:00:00.000Z",
    vendor: (clock) => createGoogleAdsVendor({ clock, ...plan }),
  });
  const [first, second] = run.vendor.truth.campaigns.map(({ id }, at) => ({
    target: `campaign:${id}` as const,
    field: FIELD,
    value: `6${at}000000`,
  }));
  assert.ok(first && second);
  const change = (...settings: Setting[]) =>
    changeOver(budgets, run.lent, { id: "c-1", settings });
  return { ...run, first, second, change };
}

Deno.test.each([
  { currency: "EUR", unit: 10_000n },
  { currency: "JPY", unit: 1_000_000n },
])(
  "google_ads: unit() of $currency is what Google bills in",
  async ({ currency, unit }) => {
    assert.equal(await budgets.unit?.(open({ currency }).lent), unit);
  },
);

Deno.test("google_ads: a lost reply is not sent again, and is found out by reading", async () => {
  const { vendor, lent, calls, first, second, change } = open();
  const both = await change(first, second);
  vendor.mishaps.loseReply();
  await assert.rejects(budgets.write(lent, both), {
    code: "source_unavailable",
  });
  const sent = calls.filter((call) => call.endsWith("campaignBudgets:mutate"));
  assert.equal(sent.length, 1);
  assert.deepEqual(await budgets.read(lent, targetsOf([first, second])), [
    first,
    second,
  ]);
  await budgets.write(lent, both);
  assert.equal(vendor.budgets.changes(), 2);
});

Deno.test("google_ads: a request that never came changed nothing", async () => {
  const { vendor, lent, first, change } = open();
  const one = await change(first);
  vendor.mishaps.loseRequest();
  await assert.rejects(budgets.write(lent, one), {
    code: "source_unavailable",
  });
  assert.equal(vendor.budgets.changes(), 0);
});

Deno.test("google_ads: one refusal keeps the whole request back, and is named", async () => {
  const { vendor, lent, first, second, change } = open();
  vendor.mishaps.refuse(second.target);
  await assert.rejects(budgets.write(lent, await change(first, second)), {
    code: "source_refused",
    message:
      /contextError\.OPERATION_NOT_PERMITTED_FOR_CONTEXT at operations\.1/,
  });
  assert.equal(vendor.budgets.changes(), 0);
});

Deno.test("google_ads: what somebody else set is read", async () => {
  const { vendor, lent, first } = open();
  vendor.mishaps.drift(first.target, "77000000");
  const [read] = await budgets.read(lent, targetsOf([first]));
  assert.equal(read?.value, "77000000");
});

Deno.test("google_ads: more than a request may hold goes out in several", async () => {
  const settings = Array.from({ length: 10_001 }, (_, at): Setting => ({
    target: `campaign:${at}`,
    field: FIELD,
    value: "5000000",
  }));
  const held = settings.map((one) => ({ ...one, value: "1000000" }));
  const requests: number[] = [];
  let questions = 0;
  const http = recordHttp((_url, { body }) => {
    const { operations, query } = body as {
      operations?: readonly unknown[];
      query?: string;
    };
    if (operations) return requests.push(operations.length), {};
    const [, ids = ""] = /IN \((.+)\)/.exec(query ?? "") ?? [];
    questions++;
    return { results: ids.split(", ").map(tellBudget) };
  });
  const { lent } = open();
  const change = { id: "c-1", settings: toWrites(settings, held) };
  await budgets.write({ ...lent, http }, change);
  assert.deepEqual(requests, [10_000, 1]);
  assert.equal(questions, 11);
});

function tellBudget(id: string) {
  const resourceName = `customers/1/campaignBudgets/${id}`;
  return {
    campaign: { id },
    campaignBudget: { resourceName, amountMicros: "1000000" },
  };
}
