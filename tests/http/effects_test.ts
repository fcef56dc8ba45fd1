/**
 * Each effect of a policy from the request over HTTP to the record in the log, and back by
 * replay.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createDecisions } from "../../core/decisions/decisions.ts";
import { createLimits } from "../../core/decisions/limits/limits.ts";
import {
  ACTION,
  BID,
  policyOf,
  scorerOf,
  scoresOf,
  worldOf,
} from "../../core/decisions/memory_ports_test.ts";
import type { PolicyRule, Switch } from "../../core/domain/verdict.ts";
import { createApp } from "../../core/http/app.ts";
import { createDecisionLog } from "../../core/store/log/decision_log.ts";
import { createIdempotencyStore } from "../../core/store/idempotency.ts";
import { createLimitCounts } from "../../core/store/limit_counts.ts";
import { createPolicyArchive } from "../../core/store/policy_archive.ts";
import { migrate } from "../../core/store/migrate.ts";
import { openPglite } from "../../core/store/pglite.ts";
import type { Sql } from "../../core/store/sql.ts";
import { compilePolicySet } from "../../core/verdicts/judge/policy_set.ts";
import { createStub } from "./stub_engine.ts";

const worths: Record<string, number> = { mens: 0.3, womens: 0.2, none: 0.1 };
/** Bids 1000 micros, or sends mens before womens. */
const scores = scoresOf(
  scorerOf(ACTION, {
    name: "mailer",
    score: ({ action }) => worths[action ?? ""] ?? 0,
  }),
  scorerOf(BID, { name: "bidder", score: () => 0.0002 }),
);

/** What was answered, and what is said of it. */
interface Told {
  readonly action: string;
  readonly micros: string | null;
  readonly rules: readonly string[];
  readonly reviews: readonly string[];
}

/** An app over real decisions that keep their log in a database. */
function openApp(
  sql: Sql,
  { rules, switches = [] }: {
    readonly rules: readonly PolicyRule[];
    readonly switches?: readonly Switch[];
  },
) {
  const documents = rules.map((rule) =>
    policyOf(rule, [rule.effect === "prioritise" ? "action" : "bid"])
  );
  const both = rules.map((rule) => rule.of === "micros");
  const policies = compilePolicySet(
    documents.map((one, place) =>
      both[place] || one.on[0] === "action"
        ? one
        : { ...one, on: ["bid", "action"] }
    ),
    { switches },
  );
  const decisions = createDecisions({
    ...worldOf({ scores, policies: () => policies }),
    log: createDecisionLog(sql),
    archive: createPolicyArchive(sql),
    idempotency: createIdempotencyStore(sql),
    limits: createLimits(createLimitCounts(sql)),
    ids: { next: (prefix) => `${prefix}_${crypto.randomUUID()}` },
  });
  const stub = createStub();
  const app = createApp({ ...stub.engine, decisions }, {
    ...{ version: "1", deadlineMs: 20_000 },
  });
  const headers = {
    "authorization": `Bearer ${stub.grant()}`,
    "content-type": "application/json",
  };
  return async (context: Record<string, string>): Promise<Told> => {
    const asked = { context: { channel: "email", subject: "u-1", ...context } };
    const response = await app.request("/optimization/score", {
      ...{ method: "POST", headers, body: JSON.stringify(asked) },
    });
    const body = await response.json();
    assert.equal(response.status, 200, JSON.stringify(body));
    const logged = await decisions.find("acme", body.decision_id);
    const { reviews = [], applied } = logged?.record.decision ?? {};
    const { same } = await decisions.replay("acme", body.decision_id);
    assert.ok(same);
    assert.deepEqual(body.reviews, reviews);
    assert.deepEqual(
      body.policy_applied.map(({ rule }: { rule: string }) => rule),
      applied?.map(({ rule }) => rule),
    );
    return {
      action: body.recommended_action,
      micros: body.recommended_bid?.micros ?? null,
      rules: body.policy_applied.map(({ effect }: { effect: string }) =>
        effect
      ),
      reviews: reviews.map(({ action }) => action),
    };
  };
}

const REASON = { reason: "Tested" };

Deno.test("each effect goes from the request to the log", async (t) => {
  const sql = await openPglite({ folder: null });
  await migrate(sql);
  const bid = { model: "bidder" };
  const mail = { model: "mailer" };
  const one = (rule: Omit<PolicyRule, "reason">) =>
    openApp(sql, { rules: [{ ...rule, ...REASON }] });
  try {
    await t.step("deny", async () => {
      const ask = one({ id: "no", effect: "deny" });
      assert.deepEqual(await ask(bid), {
        ...{ action: "no_bid", micros: "0", rules: ["deny"], reviews: [] },
      });
    });
    await t.step("cap, floor and adjust", async () => {
      const amountOf = async (rule: Omit<PolicyRule, "reason">) =>
        (await one(rule)(bid)).micros;
      assert.equal(await amountOf({ id: "c", effect: "cap", to: 700 }), "700");
      assert.equal(
        await amountOf({ id: "f", effect: "floor", to: 1700 }),
        "1700",
      );
      assert.equal(
        await amountOf({ id: "a", effect: "adjust", byPermille: 500 }),
        "500",
      );
    });
    await t.step("prioritise", async () => {
      const ask = one({
        ...{ id: "womens_first", effect: "prioritise", by: 5 },
        when: { "==": [{ var: "context.action" }, "womens"] },
      });
      const { action, rules } = await ask(mail);
      assert.deepEqual([action, rules], ["womens", ["prioritise"]]);
    });
    await t.step("review", async () => {
      const ask = one({
        ...{ id: "agreed", effect: "review" },
        when: { "!=": [{ var: ["context.action", ""] }, "womens"] },
      });
      const mailed = await ask(mail);
      assert.deepEqual([mailed.action, mailed.reviews], ["womens", ["mens"]]);
      const bidden = await ask(bid);
      assert.deepEqual([bidden.action, bidden.reviews], ["no_bid", ["bid"]]);
    });
    await t.step("limit of decisions", async () => {
      const ask = one({
        ...{ id: "often", effect: "limit", most: 1, within: "7d" },
        per: ["subject", "campaign"],
      });
      const first = { ...mail, campaign: "c-1" };
      assert.equal((await ask(first)).action, "mens");
      const again = await ask(first);
      assert.deepEqual([again.action, again.rules], ["none", ["limit"]]);
      assert.equal((await ask({ ...mail, campaign: "c-2" })).action, "mens");
      const other = { ...first, subject: "u-2" };
      assert.equal((await ask(other)).action, "mens");
    });
    await t.step("limit of micros", async () => {
      const ask = one({
        ...{ id: "spend", effect: "limit", of: "micros", most: 1600 },
        ...{ within: "24h", per: ["tenant"] },
      });
      const spent = [await ask(bid), await ask(bid), await ask(bid)];
      assert.deepEqual(spent.map(({ micros }) => micros), ["1000", "600", "0"]);
    });
    await t.step("schedule", async () => {
      const ask = one({
        ...{ id: "night", effect: "deny" },
        during: { from: "21:00", to: "09:30" },
      });
      const tokyo = await ask({ ...mail, zone: "Asia/Tokyo" });
      assert.equal(tokyo.action, "mens");
      assert.equal((await ask(mail)).action, "none");
    });
    await t.step("switch", async () => {
      const ask = openApp(sql, {
        rules: [{ id: "idle", effect: "deny", when: false, ...REASON }],
        switches: [{
          ...{ id: "halt", stops: { campaign: "c-1" } },
          ...REASON,
        }],
      });
      assert.equal((await ask({ ...mail, campaign: "c-2" })).action, "mens");
      assert.equal((await ask({ ...mail, campaign: "c-1" })).action, "none");
      assert.equal((await ask(bid)).action, "no_bid");
    });
  } finally {
    await sql.close();
  }
});
