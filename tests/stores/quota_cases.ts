/**
 * Budgets of quotas: changed whole, one change after the other, forgotten when idle.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { BudgetState, QuotaStore } from "../../core/ports/quota.ts";
import type { Case } from "./cases.ts";

const AT = Date.UTC(2020, 7, 1);
const FAR = Date.UTC(2100, 0, 1);
/** Changes within which idle budgets are removed. */
const MANY = 500;

/** A budget about which something of everything is known. */
function budget(sent: number, idleAt = FAR): BudgetState {
  return {
    limits: { "10/1": { went: [[AT, 2], [AT + 0.5, 1]], endsAt: AT + 1020 } },
    sent,
    out: [{ order: sent, sentAt: AT }],
    left: {
      ...{ remaining: 7, until: AT, sentBefore: 2, most: 9 },
      told: [[2, 7, AT]],
    },
    share: { used: 0.25, holdsUntil: AT, backfillFrom: 0 },
    pause: { until: AT + 1, guessedMs: 1000 },
    idleAt,
  };
}

type Budgets = Readonly<Record<string, BudgetState>>;

/** What is kept under these names, before it becomes something else. */
async function change(
  store: QuotaStore,
  connector: string,
  { names, to }: { readonly names: string[]; readonly to?: Budgets },
): Promise<Budgets> {
  const { was } = await store.change(connector, names, (was) => ({
    was,
    kept: to ? new Map(Object.entries(to)) : was,
  }));
  return Object.fromEntries(was);
}

/** Cases about budgets. */
export const quotaCases: readonly Case[] = [
  {
    name: "budgets are kept as they were left, and forgotten where left out",
    run: async ({ quota }, connector) => {
      const names = ["account a", 'endpoint "{\\', "developer"];
      const [a, b] = [budget(1), budget(2)];
      const first = { "account a": a, 'endpoint "{\\': b };
      assert.deepEqual(
        await change(quota, connector, { names, to: first }),
        {},
      );
      assert.deepEqual(await change(quota, connector, { names }), first);
      assert.deepEqual(await change(quota, `${connector}/2`, { names }), {});
      const [account = ""] = names;
      assert.deepEqual(
        await change(quota, connector, { names: [account], to: {} }),
        { [account]: a },
      );
      const next = { 'endpoint "{\\': budget(3), developer: b };
      await change(quota, connector, { names, to: next });
      assert.deepEqual(await change(quota, connector, { names }), next);
    },
  },
  {
    name: "changes of budgets come one after the other, on the store's clock",
    run: async ({ quota }, connector) => {
      const name = "developer";
      const made = await Promise.all(
        Array.from(
          { length: 40 },
          () =>
            quota.change(connector, [name], (kept, now) => {
              const sent = (kept.get(name)?.sent ?? 0) + 1;
              return { sent, now, kept: new Map([[name, budget(sent)]]) };
            }),
        ),
      );
      const order = made.toSorted((a, b) => a.sent - b.sent);
      assert.deepEqual(
        order.map(({ sent }) => sent),
        [...made.keys()].map((place) => place + 1),
      );
      const moments = order.map(({ now }) => now);
      assert.deepEqual(moments, moments.toSorted((a, b) => a - b));
      assert.ok(moments.every(Number.isInteger));
    },
  },
  {
    name: "a change of budgets that fails changes nothing",
    run: async ({ quota }, connector) => {
      const names = ["developer"];
      const to = { developer: budget(1) };
      await change(quota, connector, { names, to });
      await assert.rejects(
        quota.change(connector, names, () => {
          throw new RangeError("as told");
        }),
        RangeError,
      );
      assert.deepEqual(await change(quota, connector, { names }), to);
    },
  },
  {
    name: "idle budgets are removed by changes of others, and no others are",
    run: async ({ quota }, connector) => {
      const names = ["idle", "known"];
      const known = { known: budget(1) };
      const to = { idle: budget(1, AT), ...known };
      await change(quota, connector, { names, to });
      for (let time = 0; time < MANY; time++) {
        await change(quota, `${connector}/other`, { names: ["developer"] });
      }
      assert.deepEqual(await change(quota, connector, { names }), known);
    },
  },
];
