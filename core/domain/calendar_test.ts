/**
 * Parts of a moment.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { calendarPart } from "./calendar.ts";

const SUNDAY_NOON = "2026-03-01T12:00:00.000Z";

Deno.test("calendarPart() reads hours, weekdays and months in UTC", () => {
  assert.equal(calendarPart("hour_of_day", SUNDAY_NOON), 12);
  assert.equal(calendarPart("day_of_week", SUNDAY_NOON), 0);
  assert.equal(calendarPart("is_weekend", SUNDAY_NOON), 1);
  assert.equal(calendarPart("is_weekend", "2026-03-02T00:00:00.000Z"), 0);
  assert.equal(calendarPart("month_of_year", SUNDAY_NOON), 3);
});

Deno.test("calendarPart() turns weeks from Monday and years from New Year", () => {
  const turns = [
    ["sin_week", "2026-03-02T00:00:00.000Z", 0],
    ["cos_week", "2026-03-02T00:00:00.000Z", 1],
    ["cos_week", "2026-03-05T12:00:00.000Z", -1],
    ["sin_year", "2026-01-01T00:00:00.000Z", 0],
    ["cos_year", "2026-07-02T12:00:00.000Z", -1],
    ["cos_year", "2028-07-02T00:00:00.000Z", -1],
  ] as const;
  for (const [part, at, want] of turns) {
    assert.ok(Math.abs(calendarPart(part, at) - want) < 1e-12, `${part} ${at}`);
  }
});

Deno.test("calendarPart() keeps sine and cosine on one circle", () => {
  fc.assert(fc.property(
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }),
    (date) => {
      const at = date.toISOString();
      for (const turn of ["week", "year"] as const) {
        const sin = calendarPart(`sin_${turn}`, at);
        const cos = calendarPart(`cos_${turn}`, at);
        assert.ok(Math.abs(sin * sin + cos * cos - 1) < 1e-12);
      }
    },
  ));
});
