/**
 * Policies about several budgets together, one case at a time: what is told where they
 * cannot be kept, and the days of a plan that is laid out.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { PolicyRule } from "../../core/domain/verdict.ts";
import { makePlan } from "./plan_companies.ts";
import { plainRequest } from "./plan_requests.ts";
import { budgets, COMPANY, plan, refuse } from "./plan_rooms.ts";

const BLIND: PolicyRule = {
  id: "share",
  when: { "==": [{ var: "context.model" }, "mix"] },
  effect: "cap",
  over: { channel: "b" },
  toPermille: 100,
  reason: "B gets a tenth",
};

Deno.test("a rule that lacks a fact leaves no plan, and names the fact", async () => {
  const error = await refuse({}, { ...COMPANY, rules: [BLIND] });
  assert.equal(error.code, "plan_infeasible");
  assert.equal(error.facts.conflict_1, "rule:limits@1/share");
  assert.match(error.message, /"B gets a tenth \(missing context.model\)"/);
});

Deno.test("a rule that lacks a fact applies or not, as it says, and binds nobody where nobody is", async () => {
  const share = async (change: Partial<PolicyRule>) => {
    const rules = [{ ...BLIND, ...change }];
    const made = await plan({}, { ...COMPANY, rules });
    const [, , third = 0n] = budgets(made);
    return Number(third) / Number(made.totalMicros);
  };
  const free = await share({ onMissing: "skip" });
  assert.ok(free > 0.2);
  assert.ok(await share({ onMissing: "apply" }) <= 0.1);
  assert.equal(await share({ over: { channel: "radio" } }), free);
});

Deno.test("what a policy says is told as the policy's, and moves last", async () => {
  const rules: PolicyRule[] = [{
    ...{ id: "least", effect: "floor", over: { channel: "a" } },
    ...{ to: 90_000_000, reason: "A is kept visible" },
  }];
  const company = { ...COMPANY, rules };
  const total = await refuse({ totalMicros: 600_000_000n }, company);
  assert.match(total.message, /works: total 630.00 EUR instead of 600.00 EUR/);
  const capped = await refuse({}, {
    ...company,
    rules: [...rules, {
      ...{ id: "most", effect: "cap", over: { channel: "a" } },
      ...{ to: 80_000_000, reason: "A is kept small" },
    }],
  });
  assert.match(capped.message, /EUR where policy says \d+\.00 EUR/);
});

Deno.test("a denial that grows with the amount costs what the same change limit costs", async () => {
  const leap: PolicyRule = {
    id: "leap",
    when: { ">": [{ var: "amount.stepPermille" }, 200] },
    effect: "deny",
    reason: "Budgets do not leap",
  };
  const group: PolicyRule = { ...BLIND, when: true, toPermille: 190 };
  for (const rules of [[], [group]]) {
    for (const spend of ["all", "up_to"] as const) {
      const denied = await plan({ spend }, {
        ...COMPANY,
        rules: [...rules, leap],
      });
      const limited = await plan(
        { spend, changeLimit: { mostPermille: 200 } },
        { ...COMPANY, rules },
      );
      assert.deepEqual(budgets(denied), budgets(limited));
      assert.ok(denied.objective.gap < 1e-9);
    }
  }
});

Deno.test("where no whole steps keep what policies say, there is no plan", async () => {
  const bound = { over: { channel: "b" }, reason: "B is most of it" } as const;
  const rules: PolicyRule[] = [
    { ...bound, id: "least", effect: "floor", toPermille: 730 },
    { ...bound, id: "most", effect: "cap", toPermille: 770 },
  ];
  const asked = {
    totalMicros: 490_000_000n,
    bounds: { "campaign:2": { hi: 490_000_000n } },
  };
  const made = await plan(asked, { ...COMPANY, rules });
  const [, , third = 0n] = budgets(made);
  assert.ok(third * 1000n >= 730n * made.totalMicros);
  const error = await refuse({ ...asked, stepMicros: 5_000_000n }, {
    ...COMPANY,
    rules,
  });
  assert.equal(error.code, "plan_infeasible");
  assert.match(error.message, /limits@1\/least .*limits@1\/most .*step_micros/);
});

Deno.test("days keep what policies say of several budgets together", async () => {
  const most: PolicyRule = {
    ...{ id: "most", effect: "cap", over: { channel: "a" } },
    ...{ to: 30_000_000, reason: "A gets at most 30 a day" },
  };
  const other: PolicyRule = {
    ...{ id: "one", effect: "cap", over: { campaigns: { list: "one" } } },
    ...{ to: 10_000_000, reason: "One gets at most 10 a day" },
  };
  for (
    const { now, from, rules } of [
      { now: "2026-03-02T09:00:00.000Z", from: 0, rules: [most] },
      { now: "2026-03-12T09:00:00.000Z", from: 3, rules: [most] },
      { now: "2026-03-02T09:00:00.000Z", from: 0, rules: [most, other] },
    ]
  ) {
    const free = await sumDays([], now);
    assert.ok(free.slice(from).some((sum) => sum > 30_000_000n), `${free}`);
    const kept = await sumDays(rules, now);
    assert.ok(kept.slice(from).every((sum) => sum <= 30_000_000n), `${kept}`);
    assert.deepEqual(kept.slice(0, from), free.slice(0, from));
  }
});

/** What channel a gets on each day of a week that is laid out. */
async function sumDays(
  rules: readonly PolicyRule[],
  now: string,
): Promise<bigint[]> {
  const curves = COMPANY.curves.map((one) => ({ ...one, decay: 0.6 }));
  const lists = [{
    ...{ list: "one", version: 1, owner: "growth", about: "Test." },
    items: ["1"],
  }];
  const { schedule } = await makePlan({ ...COMPANY, curves, rules, lists }, {
    ...{ ...plainRequest(7), schedule: "day", totalMicros: 1_400_000_000n },
  }, now);
  const [first, second] = schedule?.entities ?? [];
  return (schedule?.slots ?? []).map((_, at) =>
    (first?.micros[at] ?? 0n) + (second?.micros[at] ?? 0n)
  );
}
