/**
 * A condition in words says what the condition says, and can be read in one way only.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Facts, Logic, PolicyList } from "../../domain/verdict.ts";
import { parseSmall } from "../language/arbitraries_test.ts";
import { CATALOGUE } from "../language/catalogue.ts";
import { interpret } from "../language/interpret.ts";
import { OPERATORS } from "../language/operators.ts";
import { parseLogic } from "../language/parse_logic.ts";
import { sayCondition } from "./phrase.ts";
import { sayFact } from "./spoken.ts";

const DAYS: PolicyList = {
  list: "holidays",
  version: 1,
  owner: "test",
  about: "test",
  items: ["2026-12-25"],
};

function say(logic: Logic): string {
  return sayCondition(parseLogic(logic, {
    type: "boolean",
    path: "when",
    place: { file: "test.json", rule: "test" },
    catalogue: CATALOGUE,
    lists: new Map([["holidays", DAYS]]),
  }));
}

const MICROS: Logic = { var: "amount.micros" };
const CHANNEL: Logic = { var: "context.channel" };
const SET: Logic = { var: "compliance.ok" };
const MINUTE: Logic = { var: "time.localMinute" };

/** What is said of each operator; a new one must be added here. */
const SAID: Readonly<Record<string, readonly [Logic, string]>> = {
  var: [
    { var: ["compliance.ok", false] },
    "the flag ok is set (no if unknown)",
  ],
  missing: [
    { missing: ["amount.micros", "context.channel"] },
    "the amount is unknown or the channel is unknown",
  ],
  "missing_some": [
    { "missing_some": [1, ["amount.micros", "score.ppm"]] },
    "the amount is unknown and the score is unknown",
  ],
  "!": [{ "!": SET }, "the flag ok is not set"],
  "!!": [{ "!!": SET }, "the flag ok is set"],
  and: [
    { and: [SET, { or: [SET, { "==": [CHANNEL, "sms"] }] }] },
    "the flag ok is set and (the flag ok is set or the channel is sms)",
  ],
  or: [
    { or: [{ "!": { and: [SET, SET] } }, { in: [CHANNEL, ["a", "b"]] }] },
    "the flag ok is not set or the flag ok is not set or the channel is a or b",
  ],
  if: [
    { if: [SET, { "==": [CHANNEL, "sms"] }, SET] },
    "the channel is sms if the flag ok is set, else the flag ok is set",
  ],
  "?:": [
    { ">": [{ "?:": [SET, 2_000_000, MICROS] }, 3_000_000] },
    "(2.00 if the flag ok is set, else the amount) is more than 3.00",
  ],
  "==": [{ "==": [CHANNEL, "or"] }, 'the channel is "or"'],
  "===": [{ "===": ["sms", CHANNEL] }, "the channel is sms"],
  "!=": [{ "!=": [CHANNEL, "sms"] }, "the channel is not sms"],
  "!==": [{ "!==": [SET, true] }, "the flag ok is not set"],
  "<": [{ "<": [MINUTE, 480] }, "the local time is before 08:00"],
  "<=": [
    { "!": { "<=": [MICROS, 1_500_000] } },
    "the amount is more than 1.50",
  ],
  ">": [{ ">": [5_000_000, MICROS] }, "the amount is less than 5.00"],
  ">=": [
    { ">=": [9, { var: "constraints.contactsDay" }, 2] },
    "the number of contacts in the last day is at most 9 and at least 2",
  ],
  "+": [
    { ">": [{ "+": [MICROS, 500_000] }, 1] },
    "the amount plus 0.50 is more than 0.000001",
  ],
  "-": [
    { ">": [{ "-": [{ "-": [MICROS, 1_000_000] }] }, 0] },
    "minus (the amount minus 1.00) is more than 0.00",
  ],
  "*": [
    { ">": [{ "*": [{ var: "constraints.contactsDay" }, 2] }, 7] },
    "the number of contacts in the last day times 2 is more than 7",
  ],
  "/": [
    { ">": [{ "/": [{ "*": [MICROS, 6] }, 5] }, 1_000_000] },
    "120% of the amount is more than 1.00",
  ],
  "%": [
    { "==": [{ "%": [{ var: "time.dayOfMonth" }, 2] }, 0] },
    "the remainder of the local day of the month divided by 2 is 0",
  ],
  min: [
    { "<": [{ min: [MICROS, { var: "amount.currentMicros" }] }, 1] },
    "the smallest of the amount and the amount in force is less than 0.000001",
  ],
  max: [
    { ">": [{ max: [MICROS] }, 0] },
    "the amount is more than 0.00",
  ],
  in: [
    { "!": { in: [{ var: "time.weekday" }, [0, 6]] } },
    "the local weekday is neither Sunday nor Saturday",
  ],
  list: [
    { in: [{ var: "time.localDate" }, { list: "holidays" }] },
    "the local date is on the list holidays",
  ],
  some: [
    { some: [["a", "b"], { "==": [{ var: "" }, CHANNEL] }] },
    "for some item of a and b: the item is the channel",
  ],
  all: [
    { all: [["a", "b"], { "==": [{ var: "" }, CHANNEL] }] },
    "for each item of a and b, which has at least one: the item is the channel",
  ],
  none: [
    { none: [{ list: "holidays" }, { "==": [{ var: "" }, CHANNEL] }] },
    "for no item of the list holidays: the item is the channel",
  ],
};

Deno.test("every operator is said", () => {
  assert.deepEqual(Object.keys(SAID).sort(), [...OPERATORS.keys()].sort());
});

Deno.test.each(Object.entries(SAID))("$0 is said", (_, [logic, words]) => {
  assert.equal(say(logic), words);
});

Deno.test.each<{ note: string; logic: Logic; want: string }>([
  {
    note: "a window past midnight",
    logic: { or: [{ ">=": [MINUTE, 1260] }, { "<": [MINUTE, 480] }] },
    want: "the local time is from 21:00 to 08:00",
  },
  {
    note: "a window of one day, denied",
    logic: { "!": { and: [{ "<=": [540, MINUTE] }, { "<": [MINUTE, 1020] }] } },
    want: "the local time is from 17:00 to 09:00",
  },
  {
    note: "bounds that are no window",
    logic: { and: [{ ">=": [MINUTE, 1260] }, { "<": [MINUTE, 480] }] },
    want:
      "the local time is at or after 21:00 and the local time is before 08:00",
  },
  {
    note: "an alternative within",
    logic: { and: [{ in: [CHANNEL, ["a", "b"]] }, SET] },
    want: "(the channel is a or b) and the flag ok is set",
  },
  {
    note: "percent and millionths",
    logic: {
      and: [
        { ">": [{ var: "amount.stepPermille" }, 125] },
        { "<": [{ var: "score.ppm" }, 50_000] },
      ],
    },
    want:
      "the step from the amount in force is more than 12.5% and the score is less than 0.05",
  },
])("a condition with $note is said", ({ logic, want }) => {
  assert.equal(say(logic), want);
});

Deno.test("every fact of the catalogue has a name of its own", () => {
  const paths = CATALOGUE.fields.map(({ path }) =>
    path.replaceAll(/<(\w+)>/g, "$1")
  );
  const names = paths.map(sayFact);
  assert.equal(new Set(names).size, paths.length);
  assert.deepEqual(names.filter((name, place) => name === paths[place]), []);
});

const leaf = fc.constantFrom<Logic>(
  { var: "b.p" },
  { var: ["b.p", true] },
  { "<": [{ var: "a.i" }, 1] },
  { "<=": [{ var: "a.i" }, { var: "a.j" }] },
  { "<": [0, { var: "a.i" }, 2] },
  { in: [{ var: "b.s" }, ["x", "y"]] },
  { missing: ["a.i", "b.s"] },
  { some: [{ var: "l.n" }, { "<": [{ var: "" }, 1] }] },
);
const { tree } = fc.letrec<{ tree: Logic }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    leaf,
    fc.tuple(
      fc.constantFrom("and", "or"),
      fc.array(tie("tree"), { minLength: 2, maxLength: 2 }),
    ).map(([op, of]): Logic => ({ [op]: of })),
    tie("tree").map((of): Logic => ({ "!": of })),
    fc.tuple(tie("tree"), leaf, leaf).map((of): Logic => ({ if: of })),
    fc.tuple(tie("tree"), leaf).map((of): Logic => ({ "==": of })),
  ),
}));

const WORLDS: readonly Facts[] = [null, 0, 1, 2].flatMap((i) =>
  [true, false, null].flatMap((p) =>
    ["x", "z", null].flatMap((s) =>
      [[0], [], null].map((n): Facts => ({
        a: { i, j: 1 },
        b: { p, s },
        l: { n },
      }))
    )
  )
);

Deno.test("conditions that read the same mean the same", () => {
  const known = new Map<string, string>();
  let again = 0;
  for (const logic of fc.sample(tree, { numRuns: 4000, seed: 7 })) {
    const condition = parseSmall(logic, "boolean");
    const words = sayCondition(condition);
    const means = WORLDS.map((facts) => String(interpret(condition, facts)))
      .join();
    const before = known.get(words);
    if (before !== undefined) again++;
    assert.equal(before ?? means, means, words);
    known.set(words, means);
  }
  assert.ok(known.size > 500 && again > 500, `${known.size}, ${again}`);
});
