/**
 * A return held with outcomes that come late.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { TargetState } from "../../ports/budgets.ts";
import { seededRandom } from "../../domain/random.ts";
import {
  assess,
  maturedShare,
  observeOutcome,
  openTarget,
  stepTarget,
  type TargetRules,
} from "./target.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const RULES: TargetRules = {
  leastReturn: 4,
  maturity: [[DAY_MS, 0.5], [3 * DAY_MS, 1]],
  windowMs: 7 * DAY_MS,
  outcomeValue: 1000,
  priorOutcomes: 20,
  leastWins: 200,
  maxStep: 1.05,
};

Deno.test.each([
  { ageMs: -1, want: 0 },
  { ageMs: 0, want: 0 },
  { ageMs: DAY_MS / 2, want: 0.25 },
  { ageMs: DAY_MS, want: 0.5 },
  { ageMs: 2 * DAY_MS, want: 0.75 },
  { ageMs: 9 * DAY_MS, want: 1 },
])(
  "at an age of $ageMs ms, $want of the outcomes have come",
  ({ ageMs, want }) => {
    assert.equal(maturedShare(RULES.maturity, ageMs), want);
  },
);

function won(state: TargetState, now: number, expectedValue: number) {
  const wins = { count: 100, chargedMicros: 1000, expectedValue };
  return stepTarget(state, { now, sinceMs: HOUR_MS, applied: 4, wins }, RULES);
}

Deno.test("expectation counts at once, and outcomes correct it as they mature", () => {
  const fresh = won(openTarget(RULES), 0, 100_000);
  assert.equal(assess(fresh, HOUR_MS / 2, RULES).calibration, 1);
  assert.equal(assess(fresh, HOUR_MS / 2, RULES).returned, 100);
  const late = 4 * DAY_MS;
  const none = assess(fresh, late, RULES);
  assert.equal(none.calibration, 20_000 / 120_000, "they should have come");
  const half = assess(observeOutcome(fresh, 5, 50_000), late, RULES);
  assert.equal(half.calibration, 70_000 / 120_000);
});

Deno.test("few outcomes correct little, and an outcome of no known win nothing", () => {
  const fresh = won(openTarget(RULES), 0, 1000);
  const { calibration } = assess(fresh, 4 * DAY_MS, RULES);
  assert.ok(calibration > 0.95);
  assert.deepEqual(observeOutcome(fresh, 9 * DAY_MS, 500), fresh);
});

/**
 * A market in which the return rises with the multiplier, and the model is wrong by a
 * factor; conversions come as the rules say. Applied is what another constraint wants,
 * if it wants more.
 */
function run(
  days: number,
  given: {
    truth: number;
    elasticity: number;
    budget?: (day: number) => number;
  },
) {
  const random = seededRandom(5);
  let state = openTarget(RULES);
  const due: { at: number; wonAt: number; value: number }[] = [];
  const lately = { value: 0, cost: 0 };
  let steepest = 1;
  for (let hour = 0; hour < days * 24; hour++) {
    const now = hour * HOUR_MS;
    const budget = given.budget?.(hour / 24) ?? 0;
    const applied = Math.max(state.multiplier, budget);
    const charged = 20_000 / applied;
    const expected = charged * 6 * (applied / 4) ** given.elasticity;
    const outcomes = given.truth * expected / RULES.outcomeValue;
    for (let draw = 0; draw < 100; draw++) {
      if (random.next() >= outcomes / 100) continue;
      const early = random.next() < 0.5;
      const age = early ? random.next() : 1 + 2 * random.next();
      const at = now + DAY_MS * age;
      due.push({ at, wonAt: now, value: RULES.outcomeValue });
    }
    if (hour >= (days - 14) * 24) {
      lately.value += given.truth * expected;
      lately.cost += charged;
    }
    for (const { at, wonAt, value } of due) {
      if (at >= now && at < now + HOUR_MS) {
        state = observeOutcome(state, wonAt, value);
      }
    }
    const before = state.multiplier;
    state = stepTarget(state, {
      now,
      sinceMs: HOUR_MS,
      applied,
      wins: { count: 50, chargedMicros: charged, expectedValue: expected },
    }, RULES);
    steepest = Math.max(
      steepest,
      state.multiplier / before,
      before / state.multiplier,
    );
  }
  return { returned: lately.value / lately.cost, state, steepest };
}

Deno.test.each([
  { note: "the model is right", truth: 1, elasticity: 0.6 },
  { note: "the model promises too much", truth: 0.7, elasticity: 0.6 },
  { note: "the model promises too little", truth: 1.4, elasticity: 0.6 },
  { note: "the return moves as the bid does", truth: 0.7, elasticity: 1 },
])(
  "the return is held although outcomes come late: $note",
  ({ truth, elasticity }) => {
    const { returned, steepest } = run(60, { truth, elasticity });
    assert.ok(Math.abs(returned / RULES.leastReturn - 1) < 0.05, `${returned}`);
    assert.ok(steepest <= RULES.maxStep * (1 + 1e-12));
  },
);

Deno.test("a target that the budget overrules does not wind up", () => {
  const ruled = run(30, {
    truth: 1,
    elasticity: 0.6,
    budget: () => 12,
  });
  const free = run(30, { truth: 1, elasticity: 0.6 });
  const ratio = ruled.state.multiplier / free.state.multiplier;
  assert.ok(ratio > 0.5 && ratio < 2, `${ratio}`);
  const freed = run(60, {
    truth: 1,
    elasticity: 0.6,
    budget: (day) => day < 30 ? 12 : 0,
  });
  assert.ok(Math.abs(freed.returned / RULES.leastReturn - 1) < 0.05);
});

Deno.test("whatever comes, the multiplier stays within a factor of five of the return", () => {
  const anyHour = fc.record({
    count: fc.nat(1000),
    chargedMicros: fc.nat(1e6),
    expectedValue: fc.double({ min: 0, max: 1e9, noNaN: true }),
    observed: fc.double({ min: -1e6, max: 1e9, noNaN: true }),
    applied: fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(anyHour, { maxLength: 50 }), (hours) => {
      let state = openTarget(RULES);
      for (const [hour, { observed, applied, ...wins }] of hours.entries()) {
        const now = hour * HOUR_MS;
        state = observeOutcome(state, now - HOUR_MS, observed);
        const told = { now, sinceMs: HOUR_MS, applied, wins };
        state = stepTarget(state, told, RULES);
        const reach = state.multiplier / RULES.leastReturn;
        assert.ok(reach >= 1 / 5 && reach <= 5, `${reach}`);
      }
    }),
  );
});
