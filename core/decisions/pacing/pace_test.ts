/**
 * The multiplier of a budget.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { PacingState } from "../../ports/budgets.ts";
import { DAY_MS } from "../../domain/day.ts";
import type { Flight } from "./flight.ts";
import { openPacing, type PaceRules, participation, stepPace } from "./pace.ts";
import { FLIGHT, RULES } from "./pacing_cases_test.ts";
import { HOUR_MS } from "./season.ts";

const STEP_MS = 60_000;
const OPPORTUNITIES = 100;

/** A market in which an opportunity costs `at multiplier 1` over the multiplier, to a power. */
interface Market {
  readonly cost: number;
  readonly elasticity: number;
  readonly flight: Flight;
  readonly rules: PaceRules;
}

/** Paces a market from one moment to another. */
function run(
  { cost, elasticity, flight, rules }: Market,
  until: number,
  start: { pacing: PacingState; spent: number; from: number } = {
    pacing: openPacing(rules, 0),
    spent: 0,
    from: 0,
  },
) {
  let { pacing, spent } = start;
  let day = flight.dayOf(start.from).from;
  let daySpent = spent;
  let [most, steepest] = [0, 1];
  for (let now = start.from + STEP_MS; now <= until; now += STEP_MS) {
    const today = flight.dayOf(now - 1).from;
    if (today !== day) [day, daySpent] = [today, 0];
    const bought = OPPORTUNITIES * participation(pacing, rules) * cost *
      pacing.applied ** -elasticity;
    spent += bought;
    daySpent += bought;
    const before = pacing.multiplier;
    const counted = { ...pacing, opportunities: OPPORTUNITIES };
    const expected = { totalMicros: spent, dayMicros: daySpent };
    pacing = stepPace(counted, { now, flight, expected }, rules);
    most = Math.max(most, daySpent);
    if (now % DAY_MS !== 0) {
      steepest = Math.max(
        steepest,
        pacing.multiplier / before,
        before / pacing.multiplier,
      );
    }
  }
  return { pacing, spent, from: until, daySpent, most, steepest };
}

const flight: Flight = { ...FLIGHT, until: 2 * DAY_MS, capMicros: 1e9 };

Deno.test.each([
  { note: "the elasticity is known", elasticity: 2 },
  { note: "spend yields less than thought", elasticity: 1 },
  { note: "spend yields more than thought", elasticity: 3 },
])("a budget lasts to its end and no longer: $note", ({ elasticity }) => {
  const market = { cost: 40_000, elasticity, flight, rules: RULES };
  const { spent, steepest } = run(market, flight.until - STEP_MS);
  assert.ok(spent > 0.99e9 && spent < 1.01e9, `${spent}`);
  assert.ok(steepest <= RULES.maxStep * (1 + 1e-12), `${steepest}`);
});

Deno.test("throttling leaves opportunities out, and the bids as they are", () => {
  const rules: PaceRules = { ...RULES, mode: "throttle", startMultiplier: 1 };
  const market = { cost: 40_000, elasticity: 2, flight, rules };
  const { spent, pacing } = run(market, flight.until - STEP_MS);
  assert.equal(pacing.applied, 1);
  assert.ok(spent > 0.99e9 && spent < 1.01e9, `${spent}`);
  assert.ok(run(market, DAY_MS).pacing.multiplier > 10);
});

Deno.test("an outage is caught up over the hours that remain", () => {
  const market = { cost: 40_000, elasticity: 2, flight, rules: RULES };
  const before = run(market, 12 * HOUR_MS);
  const later = { ...before, from: 24 * HOUR_MS };
  const { spent } = run(market, flight.until - STEP_MS, later);
  const after = run(market, 36 * HOUR_MS, later).pacing.multiplier;
  const ratio = before.pacing.multiplier / after;
  assert.ok(Math.abs(ratio - Math.sqrt(1.5)) < 0.02, `${ratio}`);
  assert.ok(spent > 0.98e9 && spent < 1.01e9, `${spent}`);
});

Deno.test("days keep their caps, and a total below them is divided among them", () => {
  const loose = { ...flight, dayCapMicros: 4e8 };
  const market = { cost: 40_000, elasticity: 2, flight: loose, rules: RULES };
  const whole = run(market, loose.until - STEP_MS);
  assert.ok(Math.abs(whole.spent - 8e8) < 1.2e7, `${whole.spent}`);
  const tight = { ...market, flight: { ...flight, dayCapMicros: 8e8 } };
  const divided = run(tight, loose.until - STEP_MS);
  assert.ok(Math.abs(divided.spent - 1e9) < 1e7, `${divided.spent}`);
  assert.ok(divided.most < 6e8, "half of the total each day");
});

Deno.test("a budget that cannot be spent bids at the floor, and not below", () => {
  const market = { cost: 10, elasticity: 2, flight, rules: RULES };
  const { pacing } = run(market, 12 * HOUR_MS);
  assert.equal(pacing.multiplier, RULES.floorMultiplier);
});

Deno.test("with nothing left, or nothing seen yet, the multiplier holds", () => {
  const pacing = { ...openPacing(RULES, 0), opportunities: 10 };
  const expected = { totalMicros: 0, dayMicros: 0 };
  const few = stepPace(pacing, { now: STEP_MS, flight, expected }, RULES);
  assert.equal(few.multiplier, RULES.startMultiplier);
  const market = { cost: 40_000, elasticity: 2, flight, rules: RULES };
  const { pacing: paced } = run(market, HOUR_MS);
  const none = stepPace(paced, {
    now: HOUR_MS + STEP_MS,
    flight,
    expected: { totalMicros: flight.capMicros, dayMicros: 0 },
  }, RULES);
  assert.equal(none.multiplier, paced.multiplier);
});

Deno.test("a target binds where it wants more than the budget, unless the pace is too slow", () => {
  const target = {
    leastReturn: 50,
    maturity: [[HOUR_MS, 1]] as const,
    windowMs: DAY_MS,
    outcomeValue: 1,
    priorOutcomes: 10,
    leastWins: 10,
    maxStep: 1.05,
  };
  const strict = { ...RULES, target };
  const market = { cost: 40_000, elasticity: 2, flight, rules: strict };
  const held = run(market, 12 * HOUR_MS);
  assert.equal(held.pacing.applied, 50);
  const hasty = { ...strict, leastPacePermille: 500 };
  const forced = run({ ...market, rules: hasty }, flight.until - STEP_MS);
  assert.ok(forced.spent > 0.49e9, `${forced.spent}`);
  assert.ok(held.spent < 0.1 * flight.capMicros);
});

Deno.test("whatever it is told, the multiplier is a number within its bounds", () => {
  const anyTold = fc.record({
    later: fc.constantFrom(0, 1, STEP_MS, HOUR_MS, DAY_MS, -STEP_MS),
    more: fc.double({ min: -1e8, max: 1e9, noNaN: true }),
    opportunities: fc.nat(1e5),
  });
  fc.assert(
    fc.property(
      fc.array(anyTold, { maxLength: 60 }),
      fc.constantFrom("scale", "throttle"),
      fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: null }),
      (told, mode, dayCapMicros) => {
        const rules = { ...RULES, mode: mode as "scale" };
        let pacing = openPacing(rules, 0);
        let [now, totalMicros] = [0, 0];
        for (const { later, more, opportunities } of told) {
          now += later;
          totalMicros += more;
          const expected = { totalMicros, dayMicros: totalMicros };
          pacing = stepPace({ ...pacing, opportunities }, {
            now,
            flight: { ...flight, dayCapMicros },
            expected,
          }, rules);
          assert.ok(pacing.multiplier >= rules.floorMultiplier);
          assert.ok(pacing.multiplier <= rules.ceilingMultiplier);
          const share = participation(pacing, rules);
          assert.ok(share > 0 && share <= 1);
        }
      },
    ),
    { numRuns: 200 },
  );
});
