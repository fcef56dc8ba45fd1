/**
 * What daily looks come to over many simulated months: false alarms, power, and
 * intervals that hold the truth.
 *
 * @module
 */
import assert from "node:assert/strict";
import { addDays } from "../../domain/day.ts";
import { type Random, seededRandom } from "../../domain/random.ts";
import { compareAnytime, type DayLevel } from "./anytime_ratio.ts";

const ALPHA = 0.05;
const BEFORE = 28;
const AFTER = 28;
const MONTHS = 100;
const WEEK = [1, 1.1, 1.05, 1, 0.9, 0.7, 0.75];

interface World {
  readonly note: string;
  /** Of one day with the next. */
  readonly correlation: number;
  /** Deviation of a day, share of its level. */
  readonly noise: number;
  /** Mean count of a day; null for amounts. */
  readonly count: number | null;
}

const WORLDS: readonly World[] = [
  { note: "independent days", correlation: 0, noise: 0.12, count: null },
  { note: "days alike", correlation: 0.3, noise: 0.12, count: null },
  { note: "days much alike", correlation: 0.5, noise: 0.12, count: null },
  { note: "ten conversions a day", correlation: 0, noise: 0, count: 10 },
  { note: "three conversions a day", correlation: 0, noise: 0, count: 3 },
];

/** Days before and after, whose level is `ratio` times that before. */
function simulate(
  { correlation, noise, count }: World,
  { ratio, seed }: { readonly ratio: number; readonly seed: number },
): DayLevel[] {
  const random = seededRandom(seed);
  const fresh = Math.sqrt(1 - correlation ** 2);
  let rest = random.normal();
  return Array.from({ length: BEFORE + AFTER }, (_, at) => {
    rest = correlation * rest + fresh * random.normal();
    const level = (WEEK[at % 7] ?? 1) * (at < BEFORE ? 1 : ratio);
    return {
      day: addDays("2026-01-01", at),
      level: count === null
        ? 100 * level * (1 + noise * rest)
        : countEvents(random, count * level),
    };
  });
}

/** Events of a Poisson process in one day. */
function countEvents(random: Random, mean: number) {
  const limit = Math.exp(-mean);
  let events = 0;
  for (let left = random.next(); left > limit; left *= random.next()) events++;
  return events;
}

/** The first day on which the interval is all below the bound; null if it never is. */
function alarm(days: readonly DayLevel[], bound: number): number | null {
  for (let seen = 1; seen <= AFTER; seen++) {
    const compared = compareAnytime({
      before: days.slice(0, BEFORE),
      after: days.slice(BEFORE, BEFORE + seen),
    }, ALPHA);
    if (compared !== null && compared.interval[1] < bound) return seen;
  }
  return null;
}

/** Share of months in which daily looks raised an alarm. */
function alarms(world: World, ratio: number): number {
  const raised = Array.from(
    { length: MONTHS },
    (_, seed) => alarm(simulate(world, { ratio, seed: seed + 1 }), 1),
  ).filter((day) => day !== null);
  return raised.length / MONTHS;
}

Deno.test.each(WORLDS)(
  "with $note, daily looks at what did not change raise fewer alarms than allowed",
  (world) => assert.ok(alarms(world, 1) <= ALPHA, `${alarms(world, 1)}`),
);

Deno.test.each([
  { world: WORLDS[0], ratio: 0.8, least: 0.95 },
  { world: WORLDS[1], ratio: 0.8, least: 0.8 },
  { world: WORLDS[1], ratio: 0.7, least: 0.97 },
  { world: WORLDS[3], ratio: 0.5, least: 0.95 },
])(
  "a drop to $ratio is found within four weeks: at least $least",
  ({ world = WORLDS[0], ratio, least }) => {
    if (world === undefined) throw new Error("no world");
    assert.ok(alarms(world, ratio) >= least, `${alarms(world, ratio)}`);
  },
);

Deno.test("an interval holds the true ratio on every day of nearly every month, and narrows", () => {
  const [world] = WORLDS;
  if (world === undefined) throw new Error("no world");
  let missed = 0;
  for (let seed = 1; seed <= MONTHS; seed++) {
    const days = simulate(world, { ratio: 0.85, seed });
    const before = days.slice(0, BEFORE);
    const looks = Array.from(
      { length: AFTER },
      (_, at) =>
        compareAnytime(
          { before, after: days.slice(BEFORE, BEFORE + at + 1) },
          ALPHA,
        ),
    );
    const misses = looks.some((look) =>
      look === null || look.interval[0] > 0.85 || look.interval[1] < 0.85
    );
    missed += misses ? 1 : 0;
    const widths = looks.map((look) =>
      (look?.interval[1] ?? 0) - (look?.interval[0] ?? 0)
    );
    assert.ok((widths[AFTER - 1] ?? 1) < 0.4);
    assert.ok((widths[0] ?? 0) > (widths[AFTER - 1] ?? 1));
  }
  assert.ok(missed / MONTHS <= ALPHA, `${missed}`);
});

Deno.test("a ratio does not depend on the unit, and weekdays are compared with their like", () => {
  const week = (scale: number, from: number, days: number): DayLevel[] =>
    Array.from({ length: days }, (_, at) => ({
      day: addDays("2026-03-02", from + at),
      level: scale * (WEEK[(from + at) % 7] ?? 1) * (1 + 0.05 * (-1) ** at),
    }));
  const before = week(1, 0, 28);
  const small = compareAnytime({ before, after: week(0.5, 28, 9) }, ALPHA);
  const large = compareAnytime({
    before: before.map(({ day, level }) => ({ day, level: level * 1e9 })),
    after: week(0.5e9, 28, 9),
  }, ALPHA);
  assert.ok(Math.abs((small?.ratio ?? 0) - 0.5) < 0.02);
  assert.ok(Math.abs((large?.ratio ?? 0) / (small?.ratio ?? 1) - 1) < 1e-9);
  for (const side of [0, 1] as const) {
    const share = (large?.interval[side] ?? 0) / (small?.interval[side] ?? 1);
    assert.ok(Math.abs(share - 1) < 1e-6);
  }
});

Deno.test("days without any noise are compared too", () => {
  const days = Array.from({ length: 40 }, (_, at) => ({
    day: addDays("2026-03-02", at),
    level: at < BEFORE ? 100 : 80,
  }));
  const look = compareAnytime({
    before: days.slice(0, BEFORE),
    after: days.slice(BEFORE),
  }, ALPHA);
  assert.equal(look?.ratio, 0.8);
  assert.ok((look?.interval[1] ?? 1) < 0.81 && (look?.interval[0] ?? 0) > 0.79);
});

Deno.test("nothing before, nothing after, or too few days come to nothing", () => {
  const days = simulate(WORLDS[0] as World, { ratio: 1, seed: 1 });
  const before = days.slice(0, BEFORE);
  const after = days.slice(BEFORE);
  const silent = before.map(({ day }) => ({ day, level: 0 }));
  assert.equal(compareAnytime({ before: silent, after }, ALPHA), null);
  assert.equal(compareAnytime({ before, after: [] }, ALPHA), null);
  assert.equal(
    compareAnytime(
      { before: before.slice(0, 1), after: after.slice(0, 1) },
      ALPHA,
    ),
    null,
  );
  const stopped = after.map(({ day }) => ({ day, level: 0 }));
  const { ratio, interval } = compareAnytime(
    { before, after: stopped },
    ALPHA,
  ) ??
    { ratio: 1, interval: [1, 1] };
  assert.equal(ratio, 0);
  assert.deepEqual(interval, [0, 0]);
});
