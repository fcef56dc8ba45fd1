/**
 * What a moment tells, against the platform's own calendar.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { momentValue } from "./calendar.ts";
import { addDays, DAY_MS } from "./day.ts";
import type { CalendarPart, MomentAggregation } from "./feature.ts";

const SUNDAY_NOON = "2026-03-01T12:00:00.000Z";

function part(part: CalendarPart, at: string, zone?: string): number | null {
  return momentValue({ how: "calendar", part, ...(zone && { zone }) }, at);
}

Deno.test("momentValue() reads the parts of the calendar in UTC", () => {
  assert.equal(part("hour_of_day", SUNDAY_NOON), 12);
  assert.equal(part("day_of_week", SUNDAY_NOON), 0);
  assert.equal(part("is_weekend", SUNDAY_NOON), 1);
  assert.equal(part("is_weekend", "2026-03-02T00:00:00.000Z"), 0);
  assert.equal(part("day_of_month", SUNDAY_NOON), 1);
  assert.equal(part("month_of_year", SUNDAY_NOON), 3);
  assert.throws(
    () => part("hour_of_day", SUNDAY_NOON, "Mars/Base"),
    RangeError,
  );
});

Deno.test.each([
  { note: "before the clock skips", at: "2026-03-29T00:59:59.999Z", want: 1 },
  { note: "after it skipped", at: "2026-03-29T01:00:00.000Z", want: 3 },
  { note: "before it repeats", at: "2026-10-25T00:59:59.999Z", want: 2 },
  { note: "while it repeats", at: "2026-10-25T01:00:00.000Z", want: 2 },
  { note: "after it repeated", at: "2026-10-25T02:00:00.000Z", want: 3 },
])("the hour in Berlin $note is $want", ({ at, want }) => {
  assert.equal(part("hour_of_day", at, "Europe/Berlin"), want);
});

const zones = fc.constantFrom(
  "UTC",
  "Europe/Berlin",
  "America/St_Johns",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Pacific/Apia",
  "Pacific/Kiritimati",
);
const moments = fc.date({
  noInvalidDate: true,
  min: new Date("1973-01-01"),
  max: new Date("2199-12-31"),
});

/** Moments around those at which the clock of a zone is turned. */
const turning = fc.tuple(zones, moments, fc.constantFrom(-1, 0, 1)).map(
  ([zone, date, offsetMs]) => {
    const zoned = zonedAt(date.getTime(), zone);
    const turn = zoned.getTimeZoneTransition("next")?.epochMilliseconds;
    return { zone, ms: (turn ?? date.getTime()) + offsetMs };
  },
);

function zonedAt(ms: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
}

Deno.test("momentValue() agrees with the platform's calendar in every zone", () => {
  const anywhere = fc.record({
    zone: zones,
    ms: moments.map((date) => date.getTime()),
  });
  fc.assert(
    fc.property(fc.oneof(anywhere, turning), ({ zone, ms }) => {
      const at = new Date(ms).toISOString();
      const zoned = zonedAt(ms, zone);
      const said = (
        ["hour_of_day", "day_of_week", "day_of_month", "month_of_year"] as const
      ).map((name) => part(name, at, zone));
      const { hour, dayOfWeek, day, month } = zoned;
      assert.deepEqual(said, [hour, dayOfWeek % 7, day, month]);
      const midnight = zoned.toPlainDateTime().with({ hour: 0, minute: 0 })
        .with({ second: 0, millisecond: 0 });
      const clock = midnight.until(zoned.toPlainDateTime()).total(
        "milliseconds",
      );
      const cos = momentValue(waveOf("day", "cos", { zone }), at) ?? NaN;
      assert.ok(Math.abs(cos - Math.cos(2 * Math.PI * clock / DAY_MS)) < 1e-12);
    }),
    { numRuns: 500 },
  );
});

function waveOf(
  period: "day" | "week" | "year",
  wave: "sin" | "cos",
  also: { harmonic?: number; zone?: string } = {},
): MomentAggregation {
  return { how: "fourier", period, wave, harmonic: 1, ...also };
}

Deno.test.each(
  [
    ["day sin", "2026-03-02T00:00:00.000Z", 0],
    ["day cos", "2026-03-02T12:00:00.000Z", -1],
    ["week sin", "2026-03-02T00:00:00.000Z", 0],
    ["week cos", "2026-03-02T00:00:00.000Z", 1],
    ["week cos", "2026-03-05T12:00:00.000Z", -1],
    ["year sin", "2026-01-01T00:00:00.000Z", 0],
    ["year cos", "2026-07-02T12:00:00.000Z", -1],
    ["year cos", "2028-07-02T00:00:00.000Z", -1],
  ] as const,
)("wave %s at %s is %d", (turn, at, want) => {
  const [period, wave] = turn.split(" ") as ["day", "sin"];
  const value = momentValue(waveOf(period, wave), at) ?? NaN;
  assert.ok(Math.abs(value - want) < 1e-12, `${value}`);
});

Deno.test("waves stay on one circle, and harmonics turn as often as they say", () => {
  const periods = fc.constantFrom("day" as const, "week", "year");
  const harmonics = fc.integer({ min: 1, max: 20 });
  fc.assert(fc.property(moments, periods, harmonics, (date, period, times) => {
    const at = date.toISOString();
    const read = (wave: "sin" | "cos", harmonic: number) =>
      momentValue(waveOf(period, wave, { harmonic }), at) ?? NaN;
    const [sin, cos] = [read("sin", times), read("cos", times)];
    assert.ok(Math.abs(sin * sin + cos * cos - 1) < 1e-12);
    const angle = times * Math.atan2(read("sin", 1), read("cos", 1));
    assert.ok(Math.abs(Math.cos(angle) - cos) < 1e-12);
    assert.ok(Math.abs(Math.sin(angle) - sin) < 1e-12);
  }));
});

const DAYS = ["2026-12-25", "2026-01-01", "2026-12-26"];

Deno.test.each([
  { at: "2025-12-31T23:59:59.999Z", is: 0, until: 1, since: null },
  { at: "2026-01-01T00:00:00.000Z", is: 1, until: 0, since: 0 },
  { at: "2026-01-02T00:00:00.000Z", is: 0, until: 357, since: 1 },
  { at: "2026-12-26T23:59:59.999Z", is: 1, until: 0, since: 0 },
  { at: "2026-12-27T00:00:00.000Z", is: 0, until: null, since: 1 },
])("holidays around $at", ({ at, is, until, since }) => {
  const read = (say: "is" | "days_until" | "days_since") =>
    momentValue({ how: "holiday", say, days: DAYS }, at);
  assert.deepEqual(
    [read("is"), read("days_until"), read("days_since")],
    [is, until, since],
  );
});

Deno.test("a holiday is one of the zone's own days", () => {
  const at = "2026-12-24T12:00:00.000Z";
  const read = (zone: string) =>
    momentValue({ how: "holiday", say: "is", days: DAYS, zone }, at);
  assert.equal(read("Pacific/Kiritimati"), 1);
  assert.equal(read("America/St_Johns"), 0);
});

Deno.test("days to and since holidays equal a walk through the calendar", () => {
  const offsets = fc.array(fc.integer({ min: -60, max: 60 }), { maxLength: 9 });
  fc.assert(fc.property(offsets, fc.boolean(), (offsets, back) => {
    const today = "2026-06-15";
    const days = offsets.map((offset) => addDays(today, offset));
    let walked: number | null = 0;
    while (!days.includes(addDays(today, back ? -walked : walked))) {
      if (++walked > 60) break;
    }
    if (walked > 60) walked = null;
    const say = back ? "days_since" : "days_until";
    const said = momentValue({ how: "holiday", say, days }, `${today}T09:00Z`);
    assert.equal(said, walked);
  }));
});
