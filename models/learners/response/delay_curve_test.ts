/**
 * When outcomes come, learnt from rows that are still being watched.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Random } from "@moe/plugin";
import { seededRandom } from "@moe/plugin/test";
import { fitDelayCurve, shareCome } from "./delay_curve.ts";
import { drawWorld, exponential, WITHIN_DAYS } from "./delayed_world.ts";

const DAYS = Float64Array.of(0.5, 1, 2, 4, 7, 10);

const KINDS = [
  { kind: "constant hazard", delay: exponential(5) },
  {
    kind: "falling hazard",
    delay: (random: Random) => 4 * exponential(1)(random) ** (1 / 0.6),
  },
  {
    kind: "log-normal",
    delay: (random: Random) => Math.exp(1 + random.normal()),
  },
  {
    kind: "two kinds of people",
    delay: (random: Random) =>
      exponential(random.next() < 0.5 ? 0.1 : 8)(random),
  },
  { kind: "evenly", delay: (random: Random) => WITHIN_DAYS * random.next() },
  { kind: "after a week", delay: (random: Random) => 5.5 + 3 * random.next() },
  {
    kind: "by column",
    delay: (random: Random, column: number) =>
      exponential(column > 0 ? 1 : 8)(random),
  },
];

/** Largest error of the share that has come, on days of both kinds of rows. */
function worstError(
  delay: (random: Random, column: number) => number,
  oldestDays: number,
): number {
  const world = drawWorld({
    rows: 12_000,
    oldestDays,
    column: (random) => random.next() < 0.5 ? 1 : -1,
    chance: () => 0.2,
    delay,
  }, seededRandom(3));
  const curve = fitDelayCurve(world);
  const random = seededRandom(4);
  return Math.max(...[-1, 1].map((column) => {
    const said = shareCome(curve, [DAYS.map(() => column)], DAYS);
    const drawn = Array.from({ length: 8000 }, () => delay(random, column))
      .filter((days) => days <= WITHIN_DAYS);
    return Math.max(...said.map((share, at) => {
      const come = drawn.filter((days) => days <= (DAYS[at] as number)).length;
      return Math.abs(share - come / drawn.length);
    }));
  }));
}

Deno.test.each(KINDS)(
  "fitDelayCurve() knows within 5 points what has come: $kind",
  ({ delay }) => {
    const worst = worstError(delay, 3 * WITHIN_DAYS);
    assert.ok(worst < 0.05, `${worst}`);
  },
);

Deno.test.each(KINDS)(
  "fitDelayCurve() guesses within 15 points what no row shows yet: $kind",
  ({ delay }) => {
    const worst = worstError(delay, 0.75 * WITHIN_DAYS);
    assert.ok(worst < 0.15, `${worst}`);
  },
);

Deno.test("fitDelayCurve() without outcomes says a constant hazard", () => {
  const curve = fitDelayCurve({
    columns: [Float64Array.of(1, 2)],
    delays: {
      delay: Float64Array.of(NaN, NaN),
      watched: Float64Array.of(3, 14),
      withinDays: 14,
    },
  });
  const [half] = shareCome(curve, [Float64Array.of(1)], Float64Array.of(7));
  const want = (1 - Math.exp(-1 / 2)) / (1 - Math.exp(-1));
  assert.ok(Math.abs((half as number) - want) < 0.005, `${half}`);
});

const anySeen = fc.array(
  fc.record({
    delay: fc.double({ min: 0, max: 14, noNaN: true }),
    watched: fc.double({ min: 0.1, max: 14, noNaN: true }),
    column: fc.constantFrom(NaN, -3, 0, 1e9),
  }),
  { maxLength: 60 },
);

Deno.test("shareCome() grows from 0 to 1 over the days, whatever was seen", () => {
  fc.assert(fc.property(anySeen, (seen) => {
    const column = Float64Array.from(seen, ({ column }) => column);
    const curve = fitDelayCurve({
      columns: [column],
      delays: {
        delay: Float64Array.from(
          seen,
          ({ delay, watched }) => delay <= watched ? delay : NaN,
        ),
        watched: Float64Array.from(seen, ({ watched }) => watched),
        withinDays: 14,
      },
    });
    const days = Float64Array.from({ length: 30 }, (_, at) => at / 2);
    for (const value of [NaN, 0, 1e9]) {
      const shares = shareCome(curve, [days.map(() => value)], days);
      assert.equal(shares[0], 0);
      assert.equal(shares[28], 1);
      shares.reduce((before, share) => {
        assert.ok(share >= before - 1e-12 && share <= 1, `${shares}`);
        return share;
      });
    }
  }));
});
