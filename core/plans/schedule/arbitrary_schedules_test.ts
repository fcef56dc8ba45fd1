/**
 * Arbitrary schedules for tests, and what they bring counted day by day.
 *
 * @module
 */
import fc from "fast-check";
import { addDays, countDays } from "../../domain/day.ts";
import { respond } from "../../domain/response.ts";
import type { ResponseCurve } from "../../domain/score.ts";
import type { Schedule, ScheduleEntity, ScheduleRequest } from "./schedule.ts";

const MICROS = 1_000_000;
const START = "2026-03-02";

const micros = (most: number) =>
  fc.integer({ min: 0, max: most * MICROS }).map(BigInt);

function arbitraryCurve(most: number): fc.Arbitrary<ResponseCurve> {
  const ceiling = fc.integer({ min: 1, max: 500 });
  const half = fc.integer({ min: 1, max: 60 }).map((x) => x * MICROS);
  return fc.oneof(
    fc.record({
      type: fc.constant("michaelis_menten" as const),
      ceiling,
      half,
    }),
    fc.record({
      type: fc.constant("hill" as const),
      ceiling,
      half,
      slope: fc.integer({ min: 60, max: 100 * most }).map((x) => x / 100),
    }),
  );
}

interface Asked {
  readonly days: number;
  readonly over: number;
  readonly most: number;
}

function arbitraryEntity({ days, over, most }: Asked) {
  const factor = fc.integer({ min: 0, max: 20 }).map((x) => x / 10);
  return fc.record({
    curve: arbitraryCurve(most),
    decay: fc.integer({ min: 0, max: 80 }).map((x) => x / 100),
    carryOver: fc.option(fc.constantFrom([1], [0.5, 0.3, 0.2], [0, 1]), {
      nil: undefined,
    }),
    history: fc.array(fc.integer({ min: 0, max: 40 * MICROS }), {
      maxLength: 9,
    }),
    spent: fc.array(micros(30), { maxLength: over }),
    season: fc.array(factor, { maxLength: days }),
    capped: fc.boolean(),
    ramp: fc.option(micros(30).map((x) => x + 2_000_000n), { nil: undefined }),
  });
}

/** A request that admits a schedule, with slopes up to `most`. */
export function arbitrarySchedule(
  { most = 1 }: { most?: number } = {},
): fc.Arbitrary<ScheduleRequest> {
  return fc.record({
    days: fc.integer({ min: 1, max: 24 }),
    over: fc.nat(23),
    granularity: fc.constantFrom("day" as const, "week" as const),
    spend: fc.constantFrom("all" as const, "up_to" as const),
    percent: fc.integer({ min: 5, max: 100 }),
    shared: fc.boolean(),
    count: fc.integer({ min: 1, max: 3 }),
  }).chain(({ days, over: drawn, percent, shared, count, ...rest }) => {
    const over = Math.min(drawn, days - 1);
    return fc.array(arbitraryEntity({ days, over, most }), {
      minLength: count,
      maxLength: count,
    }).map((drafts): ScheduleRequest => {
      const left = BigInt(days - over);
      const spent = drafts.map((draft) =>
        draft.spent.reduce((a, b) => a + b, 0n)
      );
      const daily = 40n * BigInt(MICROS);
      const each = daily * left * BigInt(percent) / 100n;
      const entities = drafts.map((draft, at): ScheduleEntity => ({
        fitted: {
          entity: `campaign:${at}`,
          curve: draft.curve,
          decay: draft.decay,
          ...(draft.carryOver ? { carryOver: draft.carryOver } : {}),
        },
        historyMicros: draft.ramp === undefined ? draft.history : [],
        spentMicros: draft.spent,
        boundsMicros: [0n, (spent[at] ?? 0n) + daily * left],
        ...(draft.capped ? { dailyMicros: [0n, daily] as const } : {}),
        season: draft.season,
        ...(draft.ramp === undefined || over > 0
          ? {}
          : { rampMicros: draft.ramp }),
      }));
      return {
        ...rest,
        period: { from: START, until: addDays(START, days) },
        from: addDays(START, over),
        entities,
        totalMicros: spent.reduce((a, b) => a + b, 0n) + each * BigInt(count),
        ...(shared && count > 1
          ? {
            groups: [{
              id: "brand",
              entities: entities.slice(1).map(({ fitted }) => fitted.entity),
              dailyMicros: [0n, daily * BigInt(count - 1)] as const,
            }],
          }
          : {}),
      };
    });
  });
}

/** Geometric carry-over until a millionth is left. */
function truncate(decay: number): number[] {
  const powers = [1];
  while (decay ** powers.length > 1.0001e-6) {
    powers.push(decay ** powers.length);
  }
  const sum = powers.reduce((all, power) => all + power, 0);
  return powers.map((power) => power / sum);
}

/** What a schedule brings, each day felt through all days before it. */
export function countOutcome(
  { period, from, entities }: ScheduleRequest,
  { slots, entities: scheduled }: Pick<Schedule, "slots" | "entities">,
): number {
  const days = countDays(period);
  const over = countDays({ from: period.from, until: from });
  let outcome = 0;
  entities.forEach((entity, row) => {
    const { fitted: { curve, decay, carryOver }, season = [] } = entity;
    const spent = Array.from(
      { length: over },
      (_, day) => Number(entity.spentMicros[day] ?? 0n),
    );
    const path = [...entity.historyMicros, ...spent];
    slots.forEach((slot, at) => {
      const first = countDays({ from: period.from, until: slot.from });
      const length = countDays(slot);
      const gone = Math.min(Math.max(over - first, 0), length);
      const paid = spent.slice(first, first + gone).reduce((a, b) => a + b, 0);
      const rest = Number(scheduled[row]?.micros[at] ?? NaN) - paid;
      for (let day = gone; day < length; day++) {
        path.push(rest / (length - gone));
      }
    });
    const past = entity.historyMicros.length;
    const shares = carryOver ?? truncate(decay);
    const after = shares.length - 1;
    for (let day = 0; day < days + after; day++) {
      let felt = 0;
      for (let lag = 0; lag <= past + day; lag++) {
        felt += (shares[lag] ?? 0) * (path[past + day - lag] ?? 0);
      }
      outcome += (season[day] ?? 1) * respond(curve, felt);
    }
  });
  return outcome;
}
