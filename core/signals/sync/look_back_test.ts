/**
 * Final days that could not be read whole: asked for again, ever more rarely, never
 * many at a time, and no more once they are whole.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { addDays, countDays, type Day } from "../../domain/day.ts";
import type { LatestClaim } from "../../ports/signals.ts";
import { pickDays } from "./look_back.ts";

const FIRST: Day = "2026-01-01";
const SETTLES_DAYS = 3;
const MOST = 7;
const SYNCS_A_DAY = 3;

/** Claims of the first days, final, and none of them whole. */
function partial(days: number): Map<Day, LatestClaim> {
  return new Map(
    Array.from({ length: days }, (_, place) => {
      const day = addDays(FIRST, place);
      return [day, claimAt(day, addDays(day, SETTLES_DAYS + 1), 1)];
    }),
  );
}

function claimAt(day: Day, today: Day, partialReads: number): LatestClaim {
  const ageDays = ageOf(day, today);
  const maturity = ageDays < SETTLES_DAYS ? "settling" : "final";
  return {
    day,
    ageDays,
    maturity,
    claimedAt: `${today}T00:00:00.000Z`,
    partialReads,
  };
}

function ageOf(day: Day, today: Day): number {
  return countDays({ from: addDays(day, 1), until: today });
}

/** Ages at which each of the days is asked for, and how many of them each sync asks for. */
function live(
  claims: Map<Day, LatestClaim>,
  { days, mendedAt }: { readonly days: number; readonly mendedAt: number },
) {
  const old = new Set(claims.keys());
  const ages = new Map<Day, number[]>([...old].map((day) => [day, []]));
  const asked: number[] = [];
  const start = addDays(FIRST, old.size + SETTLES_DAYS + 1);
  for (let at = 0; at < days * SYNCS_A_DAY; at++) {
    const today = addDays(start, Math.floor(at / SYNCS_A_DAY));
    const wanted = pickDays({
      today,
      firstDay: start,
      oldest: null,
      settlesDays: SETTLES_DAYS,
      claims: [...claims.values()].sort((a, b) => a.day < b.day ? -1 : 1),
      lag: { known: () => 1 },
    }).filter(({ pressing }) => pressing);
    for (const { day } of wanted) {
      const times = ages.get(day);
      times?.push(ageOf(day, today));
      const whole = times === undefined || times.length >= mendedAt;
      claims.set(day, claimAt(day, today, whole ? 0 : 1 + times.length));
    }
    asked.push(wanted.filter(({ day }) => old.has(day)).length);
  }
  return { ages, asked };
}

Deno.test("a final day that never becomes whole is asked for after 1, 2, 4, 8 … days", () => {
  const { ages } = live(partial(2), { days: 120, mendedAt: Infinity });
  for (const times of ages.values()) {
    const [first = 0] = times;
    assert.deepEqual(
      times.map((age) => age - first),
      [0, 2, 6, 14, 30, 62].filter((after) => after + first < 120),
    );
  }
});

Deno.test("a day that is asked for again and is whole is asked for no more", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 3 }),
      (days, mendedAt) => {
        const { ages, asked } = live(partial(days), { days: 60, mendedAt });
        for (const times of ages.values()) {
          assert.equal(times.length, mendedAt);
        }
        for (const count of asked) assert.ok(count <= MOST);
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("days are mended by the first sync of a day, whatever comes of it", () => {
  const claims = partial(3);
  const today = addDays(FIRST, 20);
  const lookBack = {
    today,
    firstDay: today,
    oldest: null,
    settlesDays: SETTLES_DAYS,
    lag: null,
  };
  const old = [...claims.keys()];
  const pick = (extra: readonly LatestClaim[], oldest: Day | null = null) =>
    pickDays({ ...lookBack, oldest, claims: [...claims.values(), ...extra] })
      .map(({ day }) => day);
  assert.deepEqual(pick([]), [...old, today]);
  assert.deepEqual(pick([claimAt(today, today, 0)]), [today]);
  assert.deepEqual(pick([], old[1]), [...old.slice(1), today]);
});
