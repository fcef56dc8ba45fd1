/**
 * Days and instants, with the days that clocks change.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  addDays,
  countDays,
  createInstantPrinter,
  isDay,
  isZone,
  localTime,
  parseInstant,
} from "./day.ts";

Deno.test.each([
  { text: "2026-02-28", want: true },
  { text: "2026-02-30", want: false },
  { text: "2026-2-3", want: false },
  { text: "2024-02-29", want: true },
])("isDay('$text') is $want", ({ text, want }) => {
  assert.equal(isDay(text), want);
});

Deno.test("addDays() and countDays() are inverses", () => {
  const day = fc.integer({ min: 0, max: 40_000 })
    .map((days) => addDays("1970-01-01", days));
  fc.assert(
    fc.property(day, fc.integer({ min: -5000, max: 5000 }), (from, days) => {
      assert.equal(countDays({ from, until: addDays(from, days) }), days);
    }),
  );
});

Deno.test.each([
  { at: "2026-03-29T00:30:00.000Z", minute: 90, note: "before spring forward" },
  { at: "2026-03-29T01:30:00.000Z", minute: 210, note: "after spring forward" },
  {
    at: "2026-10-25T01:30:00.000Z",
    minute: 150,
    note: "second 02:30 in autumn",
  },
])("localTime() reads Berlin's clock $note", ({ at, minute }) => {
  assert.deepEqual(localTime(at, "Europe/Berlin"), {
    day: at.slice(0, 10),
    minute,
    weekday: 0,
  });
});

Deno.test("localTime() starts the day at minute 0", () => {
  assert.equal(
    localTime("2026-07-31T22:00:00.000Z", "Europe/Berlin").minute,
    0,
  );
  assert.equal(
    localTime("2026-07-31T22:00:00.000Z", "Europe/Berlin").day,
    "2026-08-01",
  );
});

Deno.test("parseInstant() normalises to UTC and refuses a moment without zone", () => {
  assert.equal(
    parseInstant("2026-01-31T09:00:00+02:00"),
    "2026-01-31T07:00:00.000Z",
  );
  assert.equal(parseInstant(0), "1970-01-01T00:00:00.000Z");
  assert.throws(() => parseInstant("2026-01-31T09:00:00"), SyntaxError);
  assert.throws(() => parseInstant("yesterday"), SyntaxError);
});

Deno.test("isZone() knows IANA names", () => {
  assert.equal(isZone("America/New_York"), true);
  assert.equal(isZone("Mars/Olympus"), false);
});

Deno.test("createInstantPrinter() prints every moment, the same again or another", () => {
  const moments = fc.array(
    fc.integer({ min: 0, max: 3 }).map((step) => 1_800_000_000_000 + step),
  );
  fc.assert(fc.property(moments, (moments) => {
    const print = createInstantPrinter();
    for (const ms of moments) {
      assert.equal(print(ms), new Date(ms).toISOString());
    }
  }));
});
