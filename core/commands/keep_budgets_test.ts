/**
 * Budgets are renewed in rounds, failures are told once, and a stop gives back.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type BudgetEntry, keepBudgets } from "./keep_budgets.ts";

const AT = "2026-03-01T00:00:00.000Z";

Deno.test("budgets are renewed until the stop, which gives them back; a failure that lasts is told once", async () => {
  const calls: string[] = [];
  const logged: BudgetEntry[] = [];
  const failure = { tenant: "acme", budget: "b", error: new Error("store") };
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  const work = keepBudgets({
    budgets: {
      sync: () => {
        if (calls.push("sync") === 4) resolve();
        return Promise.resolve([failure]);
      },
      release: () => {
        calls.push("release");
        return Promise.resolve([{ ...failure, budget: "c" }]);
      },
    },
    clock: { now: () => AT },
    log: (entry) => void logged.push(entry),
    roundMs: 1,
  });
  await enough;
  work.stop();
  await work.ended;
  assert.equal(calls.filter((call) => call === "release").length, 1);
  assert.equal(calls.at(-1), "release");
  assert.deepEqual(logged.map(({ budget }) => budget), ["b", "c"]);
});
