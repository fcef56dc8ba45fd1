/**
 * Suites are read in all their forms, run strictly, and refused by place.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { isSame, parseSuite, runSuite } from "./suite.ts";

function run(content: unknown) {
  const { passed, failed, differences } = runSuite(parseSuite("s", content));
  return { passed, failed, places: differences.map(({ place }) => place) };
}

Deno.test("runSuite() counts what agrees and names what differs", () => {
  const outcome = run([
    "comment",
    [{ "+": [1, 1] }, null, 2],
    [{ "+": [1, 1] }, {}, "2"],
    { rule: { var: "a" }, data: { a: [1] }, result: [1] },
    { rule: { var: "a" }, result: null },
    { rule: { throw: "x" }, error: { type: "x" } },
    { rule: { throw: { type: "x", at: 2 } }, error: { type: "x" } },
    { rule: { throw: "x" }, error: "x" },
    { rule: { throw: "x" }, error: { type: "y" } },
    { rule: { "/": [1, 0] }, data: null, error: { type: "NaN" } },
    { rule: { throw: "x" }, result: null },
    [[{ "!": true }, {}, false]],
    { name: "group", tests: [[1, {}, 1], [1, {}, 2]] },
  ]);
  assert.deepEqual(outcome, {
    passed: 8,
    failed: 5,
    places: ["[2]", "[8]", "[9]", "[10]", "[12][1]"],
  });
});

Deno.test.each([
  { want: 0, got: { "-": [0] } },
  { want: null, got: { "/": [0, 0] } },
  { want: null, got: { and: [] } },
  { want: {}, got: { merge: [] } },
  { want: [1, 2], got: [1] },
  { want: { a: 1, b: null }, got: { var: "" } },
])("runSuite() tells $got from $want", ({ want, got }) => {
  assert.equal(
    run([{ rule: got, data: { a: 1, c: 2 }, result: want }]).failed,
    1,
  );
});

Deno.test("parseSuite() describes a case by itself or by the comment before", () => {
  const cases = parseSuite("s", [
    "# numbers",
    [1, {}, 1],
    { description: "own", rule: 1, result: 1 },
  ]);
  assert.deepEqual(cases.map(({ description }) => description), [
    "# numbers",
    "own",
  ]);
});

Deno.test.each([
  { content: { a: 1 }, says: /Cannot read suite "s": expected a list/ },
  { content: null, says: /expected a list/ },
  {
    content: ["a comment", []],
    says: /Cannot read suite "s": it holds no case/,
  },
  { content: [[1, 1, 1], 5], says: /at \[1\]: a case is \[rule/ },
  { content: [null], says: /at \[0\]: a case is/ },
  { content: [{ rule: 1 }], says: /at \[0\]: the case has no "result"/ },
  { content: [[[1, 1]]], says: /at \[0\]\[0\]\[0\]: a case is/ },
  { content: [{ tests: [{}] }], says: /at \[0\]\[0\]: a case is/ },
])("parseSuite() refuses $content", ({ content, says }) => {
  assert.throws(() => parseSuite("s", content), {
    code: "request_invalid",
    message: says,
  });
});

Deno.test("isSame() is strict deep equality of JSON values", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
    assert.equal(isSame(left, right), isDeepStrictEqual(left, right));
    assert.ok(isSame(left, structuredClone(left)));
  }));
});
