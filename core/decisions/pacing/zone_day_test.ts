/**
 * Days of zones, also those on which clocks change.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { localTime } from "../../domain/day.ts";
import { zoneDays } from "./zone_day.ts";

const HOUR_MS = 3_600_000;

Deno.test.each([
  { at: "2026-03-29T10:00:00Z", zone: "Europe/Berlin", hours: 23 },
  { at: "2026-10-25T00:30:00Z", zone: "Europe/Berlin", hours: 25 },
  { at: "2026-06-01T00:00:00Z", zone: "Asia/Kolkata", hours: 24 },
  { at: "2026-06-01T23:59:59Z", zone: "UTC", hours: 24 },
])("the day of $at in $zone has $hours hours", ({ at, zone, hours }) => {
  const { from, until } = zoneDays(zone)(Date.parse(at));
  assert.equal((until - from) / HOUR_MS, hours);
});

Deno.test("a day holds exactly the moments that the wall clock says are its own", () => {
  const zones = ["Europe/Berlin", "America/New_York", "Pacific/Apia", "UTC"];
  const calendars = new Map(zones.map((zone) => [zone, zoneDays(zone)]));
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2028, 0) }),
      (zone, at) => {
        const day = (moment: number) =>
          localTime(new Date(moment).toISOString(), zone).day;
        const { from, until } = calendars.get(zone)?.(at) ?? {
          from: 0,
          until: 0,
        };
        assert.ok(from <= at && at < until);
        assert.equal(day(from), day(at));
        assert.equal(day(until - 1), day(at));
        assert.ok(day(from - 1) < day(at));
        assert.ok(day(until) > day(at));
      },
    ),
    { numRuns: 100 },
  );
});
