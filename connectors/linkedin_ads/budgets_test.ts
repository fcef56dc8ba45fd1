/**
 * LinkedIn's budgets by the day: what is written, and what must not be moved.
 *
 * @module
 */
import { openVendor, toWrites } from "@moe/plugin/test";
import assert from "node:assert/strict";
import { createLinkedinAdsVendor } from "../../tests/vendors/linkedin_ads.ts";
import { destination } from "./budgets.ts";
import connector from "./connector.ts";

const FIELD = "budget_micros_per_day";
const FIRST = "ad_group:9007199254741993";
const SECOND = "ad_group:9007199254741994";
/** What the first two hold at first. */
const HELD = [{ value: "50000000" }, { value: "100000000" }];
const FOR_LIFE = "ad_group:9007199254741995";

function open() {
  return openVendor(connector, {
    now: "2026-11-05T12:00:00.000Z",
    vendor: (clock) => createLinkedinAdsVendor({ clock }),
  });
}

Deno.test("linkedin_ads: a budget that is the same already is not written", async () => {
  const { lent: scope, calls } = open();
  const settings = [
    { target: FIRST, field: FIELD, value: "50000000" },
    { target: SECOND, field: FIELD, value: "99990000" },
  ] as const;
  await destination.write(scope, {
    id: "change-1",
    settings: toWrites(settings, HELD),
  });
  const posts = calls.filter((call) =>
    call.startsWith("POST /rest/adAccounts/")
  );
  assert.deepEqual(posts.map((call) => call.split("/").at(-1)), [
    "9007199254741994",
  ]);
  assert.deepEqual(await destination.read(scope, settings), settings);
});

Deno.test("linkedin_ads: a budget for life reads as none by the day", async () => {
  const { lent: scope } = open();
  const target = { target: FOR_LIFE, field: FIELD } as const;
  assert.deepEqual(await destination.read(scope, [target]), [
    { ...target, value: null },
  ]);
});

Deno.test.each(
  [
    {
      note: "no value",
      setting: { target: SECOND, value: null },
      message: /cannot be unset/,
    },
    {
      note: "a budget for life",
      setting: { target: FOR_LIFE, value: "60000000" },
      message: /no budget by the day/,
    },
    {
      note: "a campaign, LinkedIn's campaign group,",
      setting: { target: "campaign:9007199254740993", value: "60000000" },
      message: /only ad groups, LinkedIn's campaigns/,
    },
    {
      note: "another field",
      setting: { target: SECOND, field: "bid_micros", value: "1" },
      message: /"bid_micros": only budget_micros_per_day/,
    },
  ] as const,
)(
  "linkedin_ads: $note is refused, and nothing is written",
  async ({ setting, message }) => {
    const { lent: scope } = open();
    const good = { target: FIRST, field: FIELD, value: "61000000" } as const;
    const settings = [good, { field: FIELD, ...setting }];
    await assert.rejects(
      destination.write(scope, {
        id: "change-1",
        settings: toWrites(settings, HELD),
      }),
      { code: "request_invalid", message },
    );
    assert.deepEqual(await destination.read(scope, [good]), [
      { ...good, value: "50000000" },
    ]);
  },
);

Deno.test("linkedin_ads: a budget below the vendor's least is refused by the vendor", async () => {
  const { lent: scope } = open();
  const settings = [{ target: FIRST, field: FIELD, value: "1000000" }] as const;
  await assert.rejects(
    destination.write(scope, {
      id: "change-1",
      settings: toWrites(settings, HELD),
    }),
    { code: "source_refused", message: /BUDGET_TOO_LOW/ },
  );
});

Deno.test("linkedin_ads: a change whose answer was lost is not sent again", async () => {
  const { lent: scope, calls, intercept } = open();
  const settings = [{
    target: FIRST,
    field: FIELD,
    value: "61000000",
  }] as const;
  await destination.read(scope, settings);
  const read = calls.length;
  intercept((call) => call === read + 1 ? "unanswered" : null);
  const change = { id: "change-1", settings: toWrites(settings, HELD) };
  await assert.rejects(destination.write(scope, change), {
    code: "source_unavailable",
  });
  assert.equal(calls.length, read + 2);
  assert.deepEqual(await destination.read(scope, settings), settings);
});
