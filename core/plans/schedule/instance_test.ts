/**
 * The certified flighting instance as a schedule, its weeks taken for days.
 *
 * @module
 */
import assert from "node:assert/strict";
import { addDays } from "../../domain/day.ts";
import { FOLDER } from "../../../tests/plans/certified_instances.ts";
import { readFlight } from "../../../tests/plans/flighting_instance.ts";
import { scheduleBudgets } from "./schedule_budgets.ts";

const found = readFlight();
const MICROS = 1e6;
const START = "2026-01-01";

if (found === null && Deno.env.get("REQUIRE_ALL") === "1") {
  throw new Error(`Cannot find the flighting instance in ${FOLDER.pathname}`);
}

Deno.test({
  name:
    "scheduleBudgets() reaches the certified optimum of flighting_mm_n6_t26",
  ignore: found === null,
  fn() {
    if (found === null) return;
    const { problem, certified } = found;
    const whole = (amount: number) => BigInt(Math.round(amount * MICROS));
    const schedule = scheduleBudgets({
      period: { from: START, until: addDays(START, problem.periods) },
      from: START,
      granularity: "day",
      totalMicros: whole(problem.budget),
      spend: "all",
      entities: problem.entities.map((entity) => {
        if (entity.curve.type !== "michaelis_menten") throw new TypeError();
        return {
          fitted: {
            entity: `channel:${entity.id}`,
            curve: { ...entity.curve, half: entity.curve.half * MICROS },
            decay: 0,
            carryOver: entity.kernel,
          },
          historyMicros: (found.history[Number(entity.id.slice(1))] ?? [])
            .map((spend) => spend * MICROS),
          spentMicros: [],
          boundsMicros: [
            whole(entity.total?.lo ?? 0),
            whole(entity.total?.hi ?? 0),
          ],
          dailyMicros: [0n, whole(entity.hi[0] ?? 0)],
          rampMicros: whole(entity.ramp ?? 0),
          freeStart: true,
          season: entity.season ?? [],
        };
      }),
    });
    const near = (one: number, other: number, tolerance: number) =>
      assert.ok(Math.abs(one / other - 1) <= tolerance, `${one} ${other}`);
    near(schedule.outcome, certified.best_known, 1e-7);
    near(schedule.upperBound, certified.upper_bound, 1e-7);
    assert.ok(schedule.gap <= 1e-7);
    const uniform = certified.value_uniform_flighting_optimised_totals;
    near(schedule.uniformOutcome ?? NaN, uniform, 1e-7);
  },
});
