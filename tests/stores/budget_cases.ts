/**
 * Budgets that bids spend: terms and account changed together, one change after the other.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { BudgetTerms } from "../../core/domain/budget.ts";
import type { BudgetAccount, BudgetBook } from "../../core/ports/budgets.ts";
import { openAccount } from "../../core/decisions/pacing/account.ts";
import { openPacing } from "../../core/decisions/pacing/pace.ts";
import { paceTerms } from "../../core/decisions/budgets/pace_terms.ts";
import type { Case } from "./cases.ts";

/** Terms of a budget of ten units for a century. */
export function termsOf(id: string): BudgetTerms {
  return {
    id,
    currency: "EUR",
    capMicros: 10_000_000,
    dayCapMicros: null,
    from: "2020-01-01T00:00:00.000Z",
    until: "2120-01-01T00:00:00.000Z",
    zone: "Europe/Berlin",
    paysFor: ["campaign:c-1"],
    objective: "value",
    target: null,
    bids: { leastMicros: 0, mostMicros: 1000 },
    bidsOf: { 'campaign:c "1"': { leastMicros: 1, mostMicros: 2 } },
    startMultiplier: 1 / 3,
    mode: "pace",
    notices: { lostAfterSeconds: null, lifeSeconds: 60 },
    plan: null,
    closedAt: null,
  };
}

const ACCOUNT: BudgetAccount = {
  ...openAccount(openPacing(paceTerms(termsOf("b")).rules, 1)),
  slices: [{
    id: "node_1-0",
    day: 7,
    grantedMicros: 3,
    chargedMicros: 2,
    expectedMicros: 2.5,
    bidsUntil: 9,
    mail: { taken: 1, waiting: [{ bid: 4, chargedMicros: null }] },
  }],
};

/** Spends one micro, as one change. */
function spend(book: BudgetBook, tenant: string) {
  return book.change(tenant, "b", ({ account }, now) => {
    const before = account ?? ACCOUNT;
    const closedMicros = before.closedMicros + 1;
    return {
      kept: { ...before, closedMicros },
      answer: { closedMicros, now },
    };
  });
}

/** Cases about budgets that bids spend. */
export const budgetCases: readonly Case[] = [
  {
    name: "budgets are kept as they were put, by tenant",
    run: async ({ budgets }, tenant) => {
      const terms = termsOf("b");
      assert.equal(await budgets.find(tenant, "b"), null);
      assert.equal(await budgets.create(tenant, terms), true);
      const other = { ...terms, capMicros: 1 };
      assert.equal(await budgets.create(tenant, other), false);
      assert.equal(await budgets.create(`${tenant}-2`, other), true);
      const kept = await budgets.find(tenant, "b");
      assert.deepEqual(kept?.terms, terms);
      assert.equal(kept?.account, null);
      await budgets.create(tenant, termsOf("c"));
      const listed = await budgets.list(tenant);
      assert.deepEqual(listed.map(({ terms: { id } }) => id), ["b", "c"]);
      const all = await budgets.terms();
      assert.deepEqual(
        all.filter((one) => one.tenant.startsWith(tenant))
          .map(({ tenant: whose, terms: { id, capMicros } }) =>
            `${whose === tenant ? "own" : "other"} ${id} ${capMicros}`
          ).sort(),
        ["other b 1", "own b 10000000", "own c 10000000"],
      );
    },
  },
  {
    name: "terms and account of a budget change together, bit for bit",
    run: async ({ budgets }, tenant) => {
      await budgets.create(tenant, termsOf("b"));
      const terms = { ...termsOf("b"), capMicros: 7 };
      await budgets.change(tenant, "b", () => ({
        ...{ terms, kept: ACCOUNT, answer: null },
      }));
      const kept = await budgets.find(tenant, "b");
      assert.deepEqual(kept?.terms, terms);
      assert.deepEqual(kept?.account, ACCOUNT);
      const seen = await budgets.change(tenant, "b", (budget) => ({
        ...{ kept: budget.account, answer: budget },
      }));
      assert.deepEqual(seen, kept);
    },
  },
  {
    name: "changes of a budget come one after the other, on the store's clock",
    run: async ({ budgets }, tenant) => {
      await budgets.create(tenant, termsOf("b"));
      const made = await Promise.all(
        Array.from({ length: 30 }, () => spend(budgets, tenant)),
      );
      const order = made.toSorted((a, b) => a.closedMicros - b.closedMicros);
      assert.deepEqual(
        order.map(({ closedMicros }) => closedMicros),
        [...made.keys()].map((place) => place + 1),
      );
      const moments = order.map(({ now }) => now);
      assert.deepEqual(moments, moments.toSorted((a, b) => a - b));
      assert.ok(moments.every(Number.isInteger));
    },
  },
  {
    name: "a change of a budget that fails, or of none, changes nothing",
    run: async ({ budgets }, tenant) => {
      await budgets.create(tenant, termsOf("b"));
      await spend(budgets, tenant);
      const before = await budgets.find(tenant, "b");
      const fails = budgets.change(tenant, "b", () => {
        throw new RangeError("as told");
      });
      await assert.rejects(fails, RangeError);
      assert.deepEqual(await budgets.find(tenant, "b"), before);
      await assert.rejects(spend(budgets, `${tenant}-2`), {
        code: "not_found",
      });
    },
  },
];
