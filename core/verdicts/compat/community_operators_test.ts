/**
 * Operators of the community: their meaning, and that none changes an old answer.
 *
 * @module
 */
import assert from "node:assert/strict";
import jsonLogic from "json-logic-js";
import { applyLogic } from "./apply_logic.ts";

const DATA = {
  a: { b: [10, 20], n: null },
  "x.y": 1,
  list: [1, 2],
  e: { type: "Broken", at: 3 },
};

Deno.test.each<{ rule: Record<string, unknown>; want: unknown }>([
  { rule: { val: "a" }, want: DATA.a },
  { rule: { val: ["a", "b", 1] }, want: 20 },
  { rule: { val: "x.y" }, want: 1 },
  { rule: { val: ["a", "absent", "c"] }, want: null },
  { rule: { val: [] }, want: DATA },
  { rule: { val: "toString" }, want: null },
  { rule: { val: { val: "list" } }, want: null },
  { rule: { exists: ["a", "n"] }, want: true },
  { rule: { exists: ["a", "absent"] }, want: false },
  { rule: { exists: "constructor" }, want: false },
  { rule: { "??": [{ val: "absent" }, { var: "a.n" }, 0, 1] }, want: 0 },
  { rule: { "??": [null] }, want: null },
  { rule: { "??": [1, { throw: "late" }] }, want: 1 },
  { rule: { length: [[1, 2, 3]] }, want: 3 },
  { rule: { length: "four" }, want: 4 },
  { rule: { length: { val: "a" } }, want: 2 },
  { rule: { try: [{ throw: "x" }, { val: "type" }] }, want: "x" },
  { rule: { try: [{ throw: { val: "e" } }, { val: "at" }] }, want: 3 },
  {
    rule: { try: [{ unheard: [] }, { val: "type" }] },
    want: "Unknown Operator",
  },
  { rule: { try: [{ throw: 1 }, { val: [[2], "x.y"] }] }, want: 1 },
  { rule: { try: [{ throw: 1 }, { throw: 2 }, "last"] }, want: "last" },
  {
    rule: {
      map: [{ val: "list" }, { "+": [{ val: [] }, { val: [[2], "x.y"] }] }],
    },
    want: [2, 3],
  },
  { rule: { map: [["p", "q"], { val: [[1], "index"] }] }, want: [0, 1] },
  {
    rule: { map: [[0], { map: [[0], { val: [[4], "x.y"] }] }] },
    want: [[1]],
  },
  { rule: { val: [[8], "x.y"] }, want: null },
  { rule: { map: [[0], { val: [[-2], "x.y"] }] }, want: [1] },
  { rule: { val: ["a", null, "n"] }, want: null },
  { rule: { exists: [null, "a"] }, want: true },
])("community operators: $rule is $want", ({ rule, want }) => {
  assert.deepEqual(applyLogic(rule, DATA), { value: want });
});

Deno.test.each<{ rule: unknown; type: unknown }>([
  { rule: { throw: "Some error" }, type: "Some error" },
  { rule: { throw: { val: "e" } }, type: "Broken" },
  { rule: { "+": [1, { throw: "inside" }] }, type: "inside" },
  { rule: { try: [{ throw: "a" }, { throw: "b" }] }, type: "b" },
  { rule: { try: [] }, type: "Invalid Arguments" },
  { rule: { length: 5 }, type: "Invalid Arguments" },
  { rule: { val: true }, type: "Invalid Arguments" },
  { rule: { unheard: 1 }, type: "Unknown Operator" },
  { rule: { method: ["a", "at"] }, type: "Unknown Operator" },
  { rule: { "*": [] }, type: "Invalid Arguments" },
])("community operators: $rule fails as $type", ({ rule, type }) => {
  const answer = applyLogic(rule, DATA);
  assert.ok("error" in answer);
  assert.equal((answer.error as { type: unknown }).type, type);
});

Deno.test.each(["val", "exists", "??", "try", "throw", "length"])(
  "json-logic-js has no operator %s",
  (name) => {
    assert.throws(() => jsonLogic.apply({ [name]: [1] }, {}), /Unrecognized/);
  },
);
