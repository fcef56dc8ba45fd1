/**
 * The compatibility mode answers what json-logic-js answers, save for what is listed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import jsonLogic from "json-logic-js";
import { type Answer, applyLogic } from "./apply_logic.ts";
import { createChance, drawRule, ILL_TYPED } from "./random_program_test.ts";

const PROGRAMS = Number(Deno.env.get("MOE_COMPAT_PROGRAMS") ?? 20_000);
const SEED = Number(Deno.env.get("MOE_TEST_SEED") ?? 20261126);

/** What json-logic-js answers; every throw is the same failure. */
function applyTheirs(rule: unknown, data: unknown): Answer {
  try {
    return { value: jsonLogic.apply(rule, data) };
  } catch {
    return { error: "thrown" };
  }
}

function isSame(ours: Answer, theirs: Answer): boolean {
  if ("error" in theirs) return "error" in ours;
  return "value" in ours && isDeepStrictEqual(ours.value, theirs.value);
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(Object.freeze(value)).forEach(freeze);
  }
  return value;
}

/** What is logged to the console meanwhile. */
function hearLog(act: () => void): unknown[] {
  const heard: unknown[] = [];
  const log = Reflect.get(console, "log");
  Reflect.set(console, "log", (text: unknown) => heard.push(text));
  try {
    act();
  } finally {
    Reflect.set(console, "log", log);
  }
  return heard;
}

Deno.test("applyLogic() answers as json-logic-js does on random rules", () => {
  const chance = createChance(SEED);
  const data = [freeze(ILL_TYPED), freeze([1, "2", null]), "text", 7, null];
  const differences: string[] = [];
  const kinds = { value: 0, error: 0 };
  hearLog(() => {
    for (let count = 0; count < PROGRAMS; count++) {
      const rule = freeze(drawRule(chance, 1 + Math.floor(chance() * 4)));
      const given = chance() < 0.8 ? data[0] : data[count % data.length];
      const ours = applyLogic(rule, given);
      const theirs = applyTheirs(rule, given);
      kinds["error" in theirs ? "error" : "value"]++;
      if (isSame(ours, theirs)) continue;
      differences.push(JSON.stringify({ rule, given, ours, theirs }));
    }
  });
  assert.deepEqual(differences, []);
  assert.ok(kinds.value > kinds.error, "most rules must come to a value");
  assert.ok(kinds.error > PROGRAMS / 50, "some rules must fail");
});

const CORNERS: readonly unknown[] = [
  { in: ["", ""] },
  { in: ["", "x"] },
  { in: ["length", { var: "odd" }] },
  { missing_some: [1, ["n", "absent"]] },
  { missing_some: [2, ["n", "absent"]] },
  { missing_some: [1, "absent"] },
  { missing_some: [1] },
  { missing: [["n", "e", "absent"], "nul"] },
  { missing: { var: "names" } },
  { substr: ["abcdef", 1, 0] },
  { substr: ["abcdef", -3, -1] },
  { substr: [{ var: "l" }, 2, [-1]] },
  { "*": [] },
  { "*": "x" },
  { "+": [] },
  { "-": [0] },
  { "<": [1, 2, null] },
  { "<": [1, 2, 2] },
  { max: [] },
  { merge: [1, [[2]], null] },
  { if: [] },
  { if: [false, 1] },
  { and: [] },
  { reduce: [{ var: "l" }, { var: "accumulator" }, null] },
  { reduce: [{ var: "n" }, 1, { var: "s" }] },
  { all: [[], true] },
  { none: [{ var: "s" }, true] },
  { cat: { var: "odd" } },
  { "==": [{ var: "odd" }, 1] },
  { var: [["o", "p"]] },
  { var: ["nul", 5] },
  { var: ["absent", { var: "n" }] },
  { "!": [[]] },
  { "": 1 },
  { a: 1, b: 2 },
  {},
];

Deno.test.each(CORNERS.map((rule) => ({ rule })))(
  "applyLogic() answers as json-logic-js does on $rule",
  ({ rule }) => {
    const theirs = applyTheirs(rule, ILL_TYPED);
    assert.ok(isSame(applyLogic(rule, ILL_TYPED), theirs));
  },
);

Deno.test.each([
  { note: "an inherited member", rule: { var: "constructor" }, want: null },
  { note: "an inherited method", rule: { var: ["s.at", 1] }, want: 1 },
  { note: "a method of a list", rule: { var: ["l.map", 0] }, want: 0 },
  {
    note: "an inherited member that is asked for",
    rule: { missing: ["toString", "s"] },
    want: ["toString"],
  },
])("applyLogic() differs on purpose: $note", ({ rule, want }) => {
  const data = { s: "x", l: [1] };
  const ours = applyLogic(rule, data);
  assert.deepEqual(ours, { value: want });
  assert.ok(!isSame(ours, applyTheirs(rule, data)));
});

Deno.test("applyLogic() knows no operator through a prototype", () => {
  const rule = { "cat.prototype.constructor": ["a", "b"] };
  assert.deepEqual(applyLogic(rule, {}), {
    error: { type: "Unknown Operator" },
  });
  assert.equal(jsonLogic.apply(rule, {}), "ab");
});

Deno.test("applyLogic() reads a member that only looks inherited", () => {
  const data = JSON.parse('{"__proto__":{"a":1},"constructor":2}');
  assert.deepEqual(applyLogic({ var: "__proto__.a" }, data), { value: 1 });
  assert.deepEqual(applyLogic({ var: "constructor" }, data), { value: 2 });
});

function nest(depth: number): unknown {
  return depth === 0 ? true : { "!": [nest(depth - 1)] };
}

/** An object of two members is no operation, however deep. */
function nestObjects(depth: number): unknown {
  return depth === 0 ? 1 : { a: nestObjects(depth - 1), b: 1 };
}

function reduceMany(step: unknown, from: unknown): unknown {
  const items = Array.from({ length: 60 }, (_, index) => index);
  return { reduce: [items, step, from] };
}

const ACCUMULATOR = { var: "accumulator" };
const LIST = Array.from({ length: 200 }, (_, index) => index);

Deno.test.each([
  {
    note: "a text that doubles",
    rule: reduceMany({ cat: [ACCUMULATOR, ACCUMULATOR] }, "x"),
    want: "Text Too Long",
  },
  {
    note: "a list that doubles",
    rule: reduceMany({ merge: [ACCUMULATOR, ACCUMULATOR] }, [1]),
    want: "Too Many Steps",
  },
  {
    note: "a list of itself, turned into text",
    rule: { cat: [reduceMany([ACCUMULATOR, ACCUMULATOR], "x")] },
    want: "Too Many Steps",
  },
  {
    note: "a list of itself, answered",
    rule: reduceMany([ACCUMULATOR, ACCUMULATOR], "x"),
    want: "Too Many Steps",
  },
  {
    note: "loops in loops in loops",
    rule: { map: [LIST, { map: [LIST, { map: [LIST, { var: "" }] }] }] },
    want: "Too Many Steps",
  },
  { note: "deep nesting", rule: nest(3_000), want: "Nested Too Deep" },
  {
    note: "what try would hide",
    rule: { try: [nest(3_000), "caught"] },
    want: "Nested Too Deep",
  },
  {
    note: "a deep value that is thrown",
    rule: { throw: [nestObjects(3_000)] },
    want: "Nested Too Deep",
  },
])("applyLogic() gives up on $note", ({ rule, want }) => {
  assert.deepEqual(applyLogic(rule, {}), { error: { type: want } });
});

Deno.test("applyLogic() takes the deepest rule allowed, of any operator", () => {
  const flags = applyLogic(nest(256), {});
  assert.deepEqual(flags, { value: true });
  let deep: unknown = { var: "" };
  for (let level = 0; level < 127; level++) deep = { map: [[1], deep] };
  assert.ok("value" in applyLogic(deep, 1));
});

Deno.test("applyLogic() prints nothing for log and answers its operand", () => {
  const rule = { log: [{ var: "a" }] };
  const data = { a: "secret" };
  const heard = hearLog(() => {
    assert.deepEqual(applyLogic(rule, data), { value: "secret" });
  });
  assert.deepEqual(heard, []);
  assert.deepEqual(hearLog(() => jsonLogic.apply(rule, data)), ["secret"]);
});
