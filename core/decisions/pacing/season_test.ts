/**
 * Rates that repeat with the hour.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { SeasonState } from "../../ports/budgets.ts";
import { HOUR_MS, levelOf, openSeason, seasonal, watch } from "./season.ts";

const STEP_MS = 60_000;

/** Watches a rate per hour, minute by minute. */
function watchHours(
  season: SeasonState,
  [from, until]: readonly [number, number],
  rate: (hour: number) => number,
): SeasonState {
  let watched = season;
  for (let at = from * HOUR_MS; at < until * HOUR_MS; at += STEP_MS) {
    const exposure = STEP_MS / HOUR_MS;
    const seen = exposure * rate(Math.floor(at / HOUR_MS));
    const sighting = { at, watchedMs: STEP_MS, seen, exposure, count: seen };
    watched = watch(watched, sighting);
  }
  return watched;
}

const usual = (hour: number) => 6000 + 250 * (hour % 24);

function near(actual: number, wanted: number, within: number): void {
  assert.ok(
    Math.abs(actual / wanted - 1) < within,
    `${actual} is not within ${within} of ${wanted}`,
  );
}

Deno.test("a day's rates are known after a day", () => {
  const season = watchHours(openSeason(24), [0, 25], usual);
  for (let hour = 0; hour < 24; hour++) {
    near(seasonal(season, 48 + hour), usual(hour), 1e-9);
  }
});

Deno.test("without a history the rate is what is seen", () => {
  const season = watchHours(openSeason(24), [0, 0.5], () => 7000);
  near(seasonal(season, 5) * levelOf(season)(0), 7000, 1e-9);
  const after = watchHours(season, [0.5, 1.5], () => 7000);
  near(seasonal(after, 9) * levelOf(after)(0), 7000, 1e-9);
});

Deno.test("a surge moves the present at once, the rest of the day little, the season hardly", () => {
  const calm = watchHours(openSeason(24), [0, 72], usual);
  const surged = watchHours(calm, [72, 74], (hour) => 5 * usual(hour));
  const level = levelOf(surged);
  near(level(0), 5, 0.15);
  assert.ok(level(12 * HOUR_MS) < 2, `${level(12 * HOUR_MS)}`);
  const next = watchHours(surged, [74, 76], usual);
  near(levelOf(next)(0), 1, 0.35);
  assert.ok(seasonal(next, 96) < 1.5 * usual(0), "a surge is believed by half");
});

Deno.test("time without bidding tells nothing", () => {
  const calm = watchHours(openSeason(24), [0, 48], usual);
  const away = watchHours(calm, [53, 53.5], usual);
  near(levelOf(away)(0), 1, 0.01);
  near(seasonal(away, 50), usual(2), 1e-9);
});

Deno.test("whatever is seen, rates stay finite and not negative", () => {
  const anySighting = fc.record({
    at: fc.integer({ min: 0, max: 200 }),
    watchedMs: fc.constantFrom(1, STEP_MS, HOUR_MS),
    seen: fc.double({ min: -1e9, max: 1e12, noNaN: true }),
    exposure: fc.oneof(
      fc.constant(0),
      fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
    ),
    count: fc.nat(1e6),
  });
  fc.assert(
    fc.property(fc.array(anySighting, { maxLength: 60 }), (sightings) => {
      const sorted = sightings.sort((a, b) => a.at - b.at);
      const season = sorted.reduce(
        (season, one) => watch(season, { ...one, at: one.at * HOUR_MS / 4 }),
        openSeason(24),
      );
      for (let place = 0; place < 24; place++) {
        const rate = seasonal(season, place);
        assert.ok(rate >= 0 && rate < Infinity, `${rate}`);
      }
    }),
  );
});
