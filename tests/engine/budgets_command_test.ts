/**
 * `moe budgets` as a person runs it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { environmentOf, openCompany, TENANT } from "../company.ts";
import { termsOf } from "../stores/budget_cases.ts";
import { runMoe } from "./moe.ts";

const BODY = {
  currency: "EUR",
  ["cap_micros"]: 7_000_000,
  from: "2119-01-01T00:00:00Z",
  until: "2120-01-01T00:00:00Z",
  ["pays_for"]: ["campaign:c-3"],
  bids: { ["most_micros"]: 1000 },
};

/** Midnight, UTC, some days from now. */
function dayFromNow(days: number): string {
  const day = new Date(Date.now() + days * 86_400_000);
  return `${day.toISOString().slice(0, 10)}T00:00:00.000Z`;
}

Deno.test("moe budgets lists what bids may spend, and closes it; a plan that is not there makes none", async () => {
  const folder = await Deno.makeTempDir({ prefix: "budgets_" });
  const place = { databaseUrl: null, folder };
  const env = environmentOf(place);
  const moe = (...words: string[]) =>
    runMoe(env, ["budgets", ...words, "--tenant", TENANT]);
  try {
    const opened = await openCompany(place);
    await opened.engine.budgets.put(TENANT, {
      ...termsOf("spring"),
      ...{ bidsOf: {}, paysFor: ["campaign:c-1", "campaign:c-2"] },
      ...{ from: dayFromNow(-1), until: dayFromNow(300) },
    });
    await opened.close();
    const listed = await moe();
    assert.equal(listed.code, 0, listed.errors);
    assert.match(listed.text, /budget +state +cap +spent +lent +expected/);
    assert.match(
      listed.text,
      /spring +pacing +10\.00 EUR +0\.00 +0\.00 +0\.00 +0\.3333 +\d{4}-\d\d-\d\dT00:00 +campaign:c-1 and 1 more/,
    );
    const file = `${folder}/budget.json`;
    await Deno.writeTextFile(file, JSON.stringify(BODY));
    const set = await moe("set", "summer", "--file", file);
    assert.match(set.text, /summer +waiting +7\.00 EUR/, set.errors);
    await Deno.writeTextFile(file, JSON.stringify({ ...BODY, bids: {} }));
    const wrong = await moe("set", "autumn", "--file", file);
    assert.equal(wrong.code, 1);
    assert.match(wrong.errors, /bids\.most_micros/);
    const closed = await moe("close", "spring", "--as", "ada");
    assert.match(closed.text, /spring +ended/);
    assert.match(closed.errors, /close of spring by ada/);
    const none = await moe("close", "winter");
    assert.equal(none.code, 1);
    assert.match(none.errors, /not_found/);
    const planned = await moe("from-plan", "plan_9", "--max-bid", "2");
    assert.equal(planned.code, 1);
    assert.match(planned.errors, /there is no plan plan_9/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
