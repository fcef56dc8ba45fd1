/**
 * A schedule speaks at the minutes that a clock on the wall would say.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Schedule, WEEKDAYS } from "../../domain/verdict.ts";
import { CATALOGUE } from "../language/catalogue.ts";
import { interpret } from "../language/interpret.ts";
import { parseLogic } from "../language/parse_logic.ts";
import { findConstant } from "../language/constants.ts";
import { scheduleLogic } from "./schedule_logic.ts";

const DAY = 1440;

function parse(schedule: Schedule) {
  return parseLogic(scheduleLogic(schedule), {
    type: "boolean",
    path: "during",
    place: { file: "test.json", rule: "test" },
    catalogue: CATALOGUE,
  });
}

function print(minute: number): string {
  const hours = Math.floor(minute / 60).toString().padStart(2, "0");
  return `${hours}:${(minute % 60).toString().padStart(2, "0")}`;
}

/** Walks from one time to the other, minute by minute, over midnight if need be. */
function minutesOf(from: number, to: number): ReadonlySet<number> {
  const minutes = new Set<number>();
  for (let at = from; at !== to; at = (at + 1) % DAY) minutes.add(at);
  return minutes;
}

const minutes = fc.oneof(
  fc.integer({ min: 0, max: DAY - 1 }),
  fc.constantFrom(0, 1, DAY - 1),
);

Deno.test("a schedule speaks from a minute up to another, over midnight too", () => {
  fc.assert(
    fc.property(minutes, minutes, (from, to) => {
      fc.pre(from !== to);
      const during = parse({ from: print(from), to: print(to) });
      assert.equal(findConstant(during, CATALOGUE), null);
      const want = minutesOf(from, to);
      const near = [from, to, 0, 720].flatMap((at) => [at - 1, at, at + 1]);
      for (const at of near) {
        const localMinute = (at + DAY) % DAY;
        const speaks = interpret(during, { time: { localMinute } });
        assert.equal(speaks, want.has(localMinute), print(localMinute));
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test.each<{ note: string; during: Schedule; time: object; want: boolean }>(
  [
    {
      note: "open at its end",
      during: { from: "21:00" },
      time: { localMinute: 1439 },
      want: true,
    },
    {
      note: "open at its start",
      during: { to: "08:00" },
      time: { localMinute: 0 },
      want: true,
    },
    {
      note: "on a weekday",
      during: { weekdays: ["mon", "sat"] },
      time: { weekday: WEEKDAYS.indexOf("sat") },
      want: true,
    },
    {
      note: "on another weekday",
      during: { weekdays: ["mon", "sat"] },
      time: { weekday: WEEKDAYS.indexOf("sun") },
      want: false,
    },
    {
      note: "on a day",
      during: { dates: ["2026-12-24"] },
      time: { localDate: "2026-12-24" },
      want: true,
    },
    {
      note: "all at once",
      during: { from: "10:00", to: "11:00", dates: ["2026-12-24"] },
      time: { localMinute: 600, localDate: "2026-12-25" },
      want: false,
    },
  ],
)("a schedule speaks, or not: $note", ({ during, time, want }) => {
  assert.equal(interpret(parse(during), { time: { ...time } }), want);
});
