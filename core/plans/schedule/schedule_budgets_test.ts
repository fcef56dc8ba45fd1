/**
 * Schedules: sums to the micro, what is spent, what timing is worth, and tiny problems
 * by trying everything.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { addDays, countDays } from "../../domain/day.ts";
import type { EntityKey } from "../../domain/entity.ts";
import { arbitrarySchedule, countOutcome } from "./arbitrary_schedules_test.ts";
import type { Schedule, ScheduleEntity, ScheduleRequest } from "./schedule.ts";
import { scheduleBudgets } from "./schedule_budgets.ts";

const add = (amounts: readonly bigint[]) =>
  amounts.reduce((sum, amount) => sum + amount, 0n);

function near(one: number, other: number, tolerance: number): void {
  const off = Math.abs(one - other);
  assert.ok(off <= tolerance * Math.abs(other), `${one} is not ${other}`);
}

/** Fails where a slot, a sum or a bound does not hold to the micro. */
function assertExact(request: ScheduleRequest, schedule: Schedule): void {
  const { slots, entities, totalMicros } = schedule;
  const { period, from } = request;
  assert.equal(slots[0]?.from, period.from);
  assert.equal(slots.at(-1)?.until, period.until);
  slots.slice(1).forEach((slot, at) =>
    assert.equal(slot.from, slots[at]?.until)
  );
  assert.equal(add(entities.map((one) => one.totalMicros)), totalMicros);
  if (request.spend === "all") assert.equal(totalMicros, request.totalMicros);
  assert.ok(totalMicros <= request.totalMicros);
  entities.forEach(({ micros, totalMicros: own }, row) => {
    const asked = request.entities[row] as ScheduleEntity;
    assert.equal(add(micros), own);
    const [lo, hi] = asked.boundsMicros;
    assert.ok(own >= lo && (own <= hi || own === add(asked.spentMicros)));
    slots.forEach((slot, at) => {
      const first = countDays({ from: period.from, until: slot.from });
      const end = countDays({ from: period.from, until: slot.until });
      const over = countDays({ from: period.from, until: from });
      const paid = add(asked.spentMicros.slice(first, Math.min(end, over)));
      const open = BigInt(Math.min(end - first, Math.max(0, end - over)));
      const rest = (micros[at] ?? -1n) - paid;
      const [least, most] = asked.dailyMicros ?? [0n, hi];
      assert.ok(rest >= least * open && rest <= most * open);
    });
  });
}

for (const most of [1, 3]) {
  Deno.test(`schedules are exact, and not worse than spending alike: slopes to ${most}`, () => {
    fc.assert(
      fc.property(arbitrarySchedule({ most }), (request) => {
        const schedule = scheduleBudgets(request);
        assertExact(request, schedule);
        const { outcome, upperBound, uniformOutcome, gap } = schedule;
        near(outcome, countOutcome(request, schedule), 1e-4);
        assert.ok(outcome <= upperBound && gap >= 0);
        if (uniformOutcome !== null) {
          assert.ok(outcome >= uniformOutcome * (1 - 1e-5) - 1e-9);
          assert.ok(uniformOutcome <= upperBound * (1 + 1e-9) + 1e-9);
        }
        if (most === 1) assert.ok(gap <= 1e-5, `gap ${gap}`);
      }),
      { numRuns: 80 },
    );
  });
}

function entity(
  key: EntityKey,
  more: Partial<ScheduleEntity> = {},
): ScheduleEntity {
  return {
    fitted: {
      entity: key,
      curve: { type: "michaelis_menten", ceiling: 90, half: 20_000_000 },
      decay: 0.5,
    },
    historyMicros: [12_000_000, 9_000_000],
    spentMicros: [],
    boundsMicros: [0n, 900_000_000n],
    ...more,
  };
}

const REQUEST: ScheduleRequest = {
  period: { from: "2026-03-02", until: "2026-03-16" },
  from: "2026-03-02",
  granularity: "day",
  entities: [
    entity("campaign:1", { season: [1, 2, 1, 1, 1, 3] }),
    entity("campaign:2", { rampMicros: 6_000_000n }),
  ],
  totalMicros: 400_000_000n,
  spend: "all",
};

Deno.test("no plan in whole units is better, by trying all", () => {
  const unit = 5_000_000n;
  const request: ScheduleRequest = {
    ...REQUEST,
    period: { from: "2026-03-02", until: "2026-03-05" },
    entities: [
      entity("campaign:1", { season: [1, 2, 1, 1] }),
      entity("campaign:2", { dailyMicros: [0n, 3n * unit] }),
    ],
    totalMicros: 7n * unit,
  };
  const found = scheduleBudgets(request);
  const tried: bigint[][] = [];
  const extend = (cells: bigint[], left: bigint): void => {
    if (cells.length === 5) tried.push([...cells, left]);
    else for (let k = 0n; k <= left; k++) extend([...cells, k], left - k);
  };
  extend([], 7n);
  let best = 0;
  for (const cells of tried) {
    if (cells.slice(3).some((k) => k > 3n)) continue;
    const micros = cells.map((k) => k * unit);
    const outcome = countOutcome(request, {
      slots: found.slots,
      entities: [0, 3].map((at) => ({
        entity: "campaign:1",
        micros: micros.slice(at, at + 3),
        totalMicros: 0n,
      })),
    });
    best = Math.max(best, outcome);
  }
  assert.equal(tried.length, 792);
  assert.ok(found.outcome >= best * (1 - 1e-4), `${found.outcome} ${best}`);
  assert.ok(best <= found.upperBound * (1 + 1e-4));
});

Deno.test("weeks are laid out as days are, at a price, and cut where today is", () => {
  const day = scheduleBudgets(REQUEST);
  const week = scheduleBudgets({ ...REQUEST, granularity: "week" });
  assert.deepEqual(week.slots, [
    { from: "2026-03-02", until: "2026-03-09" },
    { from: "2026-03-09", until: "2026-03-16" },
  ]);
  assert.ok(week.outcome < day.outcome && week.gap <= 1e-8 && day.gap <= 1e-8);
  const later = scheduleBudgets({
    ...REQUEST,
    granularity: "week",
    from: "2026-03-05",
    entities: REQUEST.entities.map((one) => ({
      ...one,
      spentMicros: [30_000_000n, 1n, 2n],
    })),
  });
  assert.ok((later.entities[0]?.micros[0] ?? 0n) >= 30_000_003n);
  assert.equal(later.totalMicros, REQUEST.totalMicros);
});

Deno.test("planning on from a schedule changes nothing", () => {
  const before = scheduleBudgets(REQUEST);
  const again = scheduleBudgets({
    ...REQUEST,
    from: addDays(REQUEST.from, 4),
    entities: REQUEST.entities.map((one, row) => ({
      ...one,
      spentMicros: before.entities[row]?.micros.slice(0, 4) ?? [],
    })),
  });
  near(again.outcome, before.outcome, 1e-7);
  assert.deepEqual(
    again.entities.map(({ micros }) => micros.slice(0, 4)),
    before.entities.map(({ micros }) => micros.slice(0, 4)),
  );
});

Deno.test("what is spent stays, even beyond its most", () => {
  const { entities, totalMicros } = scheduleBudgets({
    ...REQUEST,
    from: "2026-03-03",
    entities: [
      entity("campaign:1", {
        spentMicros: [50_000_000n],
        boundsMicros: [0n, 40_000_000n],
      }),
      entity("campaign:2"),
    ],
  });
  assert.deepEqual(entities[0]?.micros.slice(0, 2), [50_000_000n, 0n]);
  assert.equal(entities[0]?.totalMicros, 50_000_000n);
  assert.equal(totalMicros, REQUEST.totalMicros);
});

Deno.test("a target is reached by the end with the least spend", () => {
  const most = scheduleBudgets(REQUEST);
  const targetOutcome = 0.8 * most.outcome;
  const found = scheduleBudgets({ ...REQUEST, targetOutcome });
  assert.ok(found.outcome >= targetOutcome * (1 - 1e-7));
  const least = found.leastMicros ?? 0n;
  assert.ok(least <= found.totalMicros && found.totalMicros < most.totalMicros);
  assert.ok(Number(found.totalMicros - least) <= 1e-6 * Number(least) + 2);
  const less = { ...REQUEST, totalMicros: least * 99n / 100n };
  assert.ok(scheduleBudgets(less).upperBound < targetOutcome);
});

Deno.test("a shared budget binds day by day, and is named", () => {
  const request: ScheduleRequest = {
    ...REQUEST,
    from: "2026-03-04",
    entities: REQUEST.entities.map(({ rampMicros: _, ...one }) => one),
    spend: "up_to",
    totalMicros: 900_000_000n,
    groups: [{
      id: "brand",
      entities: ["campaign:1", "campaign:2"],
      dailyMicros: [0n, 20_000_000n],
    }],
  };
  const { entities, binding, totalMicros } = scheduleBudgets(request);
  assert.equal(totalMicros, 12n * 20_000_000n);
  for (let slot = 2; slot < 14; slot++) {
    assert.equal(
      add(entities.map((one) => one.micros[slot] ?? 0n)),
      20_000_000n,
    );
    const price = binding.find((one) =>
      one.constraint === `group:brand:${slot}:hi`
    );
    assert.ok((price?.shadowPrice ?? 0) > 0);
  }
  assert.throws(
    () => scheduleBudgets({ ...request, spend: "all" }),
    (error: Error & { code?: string }) =>
      error.code === "plan_infeasible" && /group:brand/.test(error.message),
  );
});

Deno.test("scheduleBudgets() refuses what is overspent, and days that are none", () => {
  const spentMicros = [300_000_000n];
  const entities = REQUEST.entities.map((one) => ({ ...one, spentMicros }));
  const over = { ...REQUEST, from: "2026-03-03", entities };
  assert.throws(() => scheduleBudgets(over), /are spent already/);
  assert.throws(() => scheduleBudgets({ ...REQUEST, entities }), RangeError);
  const late = { ...REQUEST, from: "2026-03-16" };
  assert.throws(() => scheduleBudgets(late), /a day of the period/);
});

Deno.test("after the deadline a schedule is whole and bounded all the same", () => {
  let clock = 0;
  const now = () => clock++;
  const schedule = scheduleBudgets(REQUEST, { deadlineMs: 1, now });
  assertExact(REQUEST, schedule);
  assert.ok(schedule.outcome <= schedule.upperBound);
  assert.ok(schedule.gap > scheduleBudgets(REQUEST).gap);
});
