/**
 * Plans laid out over days and weeks: budgets to the micro, what is spent stays, and
 * days keep the change limit and the policies.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { printPlan } from "../../core/commands/print_plan.ts";
import { addDays, countDays } from "../../core/domain/day.ts";
import { EngineError } from "../../core/domain/error.ts";
import type { Plan } from "../../core/domain/plan.ts";
import type { PlanRequest } from "../../core/domain/plan_request.ts";
import { companies, type Company, makePlan } from "./plan_companies.ts";
import { plainRequest } from "./plan_requests.ts";
import { COMPANY } from "./plan_rooms.ts";

const FROM = "2026-03-09";

/** A company whose spend is felt for some days. */
const LASTING: Company = {
  ...COMPANY,
  curves: COMPANY.curves.map((one) => ({ ...one, decay: 0.6 })),
};

function planAt(
  change: Partial<PlanRequest>,
  { day = 0, days = 7, company = LASTING } = {},
): Promise<Plan> {
  return makePlan(
    company,
    { ...plainRequest(days), schedule: "day", ...change },
    `${addDays(FROM, day)}T09:00:00.000Z`,
  );
}

/** Micros a day that are still open, of each entity and slot. */
function* listOpen({ schedule }: Plan, spends: readonly bigint[], day: number) {
  const today = addDays(FROM, Math.max(day, 0));
  for (const [at, { micros }] of schedule?.entities.entries() ?? []) {
    for (const [slot, range] of schedule?.slots.entries() ?? []) {
      if (range.until <= today) continue;
      const over = range.from < today
        ? countDays({ from: range.from, until: today })
        : 0;
      const spent = BigInt(over) * (spends[at] ?? 0n);
      const left = BigInt(countDays(range) - over);
      yield { at, micros: (micros[slot] ?? 0n) - spent, days: left };
    }
  }
}

Deno.test("a schedule sums to the plan, keeps what is spent, and its days keep the rules", async () => {
  let made = 0;
  const asked = fc.record({
    company: companies({ doubt: false, ruled: true }),
    decay: fc.constantFrom(0, 0.5, 0.8),
    days: fc.integer({ min: 1, max: 16 }),
    day: fc.integer({ min: -5, max: 12 }),
    by: fc.constantFrom("day" as const, "week" as const),
    limit: fc.constantFrom(undefined, 300, 1500),
  });
  await fc.assert(
    fc.asyncProperty(asked, async ({ decay, days, day, ...rest }) => {
      fc.pre(day < days);
      const { by, limit } = rest;
      const company = {
        ...rest.company,
        curves: rest.company.curves.map((one) => ({ ...one, decay })),
      };
      const terms = {
        schedule: by,
        ...limit === undefined ? {} : { changeLimit: { mostPermille: limit } },
      };
      const plan = await planAt(terms, { day, days, company }).catch(
        (error) => {
          assert.ok(error instanceof EngineError, String(error));
          assert.equal(error.code, "plan_infeasible");
          return null;
        },
      );
      if (plan === null) return;
      made++;
      const { schedule, recommendations } = plan;
      assert.ok(schedule);
      assert.equal(
        schedule.slots.length,
        by === "day" ? days : Math.ceil(days / 7),
      );
      recommendations.forEach(({ entity, budgetMicros }, at) => {
        const row = schedule.entities[at];
        assert.equal(row?.entity, entity);
        const sum = row?.micros.reduce((all, one) => all + one, 0n);
        assert.equal(sum, budgetMicros);
      });
      for (const open of listOpen(plan, company.spends, day)) {
        assert.ok(open.micros >= 0n, "what is spent is taken back");
        assert.deepEqual([...listDayBreaches(company, open, limit)], []);
      }
      const over = Math.max(day, 0);
      plan.changeSet.operations.forEach(({ target, set }) => {
        const at = recommendations.findIndex((one) => one.entity === target);
        const gone = BigInt(over) * (company.spends[at] ?? 0n);
        const left = (recommendations[at]?.budgetMicros ?? 0n) - gone;
        assert.equal(set, `${left / BigInt(days - over)}`);
      });
      const { outcome, upperBound, uniformOutcome } = schedule;
      assert.ok(outcome <= upperBound);
      assert.ok(outcome >= (uniformOutcome ?? 0) * (1 - 1e-6));
    }),
    { numRuns: 60 },
  );
  assert.ok(made > 20, `${made}`);
});

/** What a day's amount breaks of the change limit and of the rules of companies. */
function* listDayBreaches(
  { rules, curves, spends }: Company,
  { at, micros, days }: {
    readonly at: number;
    readonly micros: bigint;
    readonly days: bigint;
  },
  limit = Infinity,
): Generator<string> {
  const on = new Set(rules.map(({ id }) => id));
  const today = (spends[at] ?? 0n) * days;
  const moved = Math.abs(Number(micros - today));
  if (moved * 1000 > Number(today) * limit + 1000) {
    yield `${micros} is too far from ${today}`;
  }
  if (
    on.has("leap") && today > 0n &&
    moved * 1000 > Number(today) * 700 + 1e3 * Number(days)
  ) {
    yield `${micros} leaps from ${today}`;
  }
  const capped = on.has("cap_b") && curves[at]?.parent === "channel:b";
  if (capped && micros >= (61_234_567n + 1n) * days) {
    yield `${micros} is above the cap`;
  }
  const floored = on.has("floor_zero") && at === 0;
  if (floored && micros < 1_000_001n * days) {
    yield `${micros} is below the floor`;
  }
}

Deno.test("timing is worth something where spend lasts, and is told", async () => {
  const plan = await planAt({ totalMicros: 1_400_000_000n }, { days: 14 });
  const { outcome = 0, uniformOutcome } = plan.schedule ?? {};
  assert.ok(outcome > (uniformOutcome ?? Infinity));
  const lines = printPlan(plan);
  assert.ok(lines.some((line) => /^2026-03-09 +\d/.test(line)));
  assert.ok(
    lines.some((line) => /^laid out by the day; timing is worth/.test(line)),
  );
});

Deno.test("a policy's cap holds every day", async () => {
  const bounds = { "campaign:2": { lo: 210_000_000n, hi: 210_000_000n } };
  const most = async (company: Company) => {
    const { schedule } = await planAt({ bounds }, { company });
    return schedule?.entities[2]?.micros.reduce((a, b) => a > b ? a : b) ?? 0n;
  };
  const cap = {
    id: "cap",
    when: { "==": [{ var: "context.campaign" }, "2"] },
    effect: "cap" as const,
    to: 40_000_000,
    reason: "It is small",
  };
  assert.ok(await most(LASTING) > 40_000_000n);
  assert.equal(await most({ ...LASTING, rules: [cap] }), 40_000_000n);
});

Deno.test("a period under way keeps its days, and spends no less than they did", async () => {
  const plan = await planAt({ totalMicros: 800_000_000n }, { day: 3 });
  plan.schedule?.entities.forEach(({ micros }, at) => {
    const spend = COMPANY.spends[at];
    assert.deepEqual(micros.slice(0, 3), [spend, spend, spend]);
  });
  await assert.rejects(
    planAt({ totalMicros: 200_000_000n }, { day: 3 }),
    /no budgets satisfy all of these \(total .*schedule/,
  );
});

Deno.test("a parent's change limit holds every day", async () => {
  const plan = await planAt({
    totalMicros: 750_000_000n,
    changeLimit: { of: { "channel:a": 100 } },
  });
  const rows = plan.schedule?.entities ?? [];
  plan.schedule?.slots.forEach((_, slot) => {
    const sum = (rows[0]?.micros[slot] ?? 0n) + (rows[1]?.micros[slot] ?? 0n);
    assert.ok(sum >= 63_000_000n && sum <= 77_000_000n, `${sum}`);
  });
});

Deno.test.each([
  {
    note: "steps",
    change: { stepMicros: 10_000n },
    want: /schedule and step_micros/,
  },
  {
    note: "a target",
    change: { targetOutcome: 10 },
    want: /schedule and target_outcome/,
  },
])("a schedule is refused with $note", async ({ change, want }) => {
  await assert.rejects(planAt(change), (error) => {
    assert.ok(error instanceof EngineError);
    assert.equal(error.code, "request_invalid");
    assert.match(error.message, want);
    return true;
  });
});
