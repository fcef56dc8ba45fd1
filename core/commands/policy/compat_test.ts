/**
 * `moe policy compat` counts, names every difference, and fails when there is one.
 *
 * @module
 */
import assert from "node:assert/strict";
import { policyCompat } from "./compat.ts";
import { runOnFiles } from "./captured_test.ts";

const SUITE = [
  "# sums",
  [{ "+": [1, 1] }, {}, 2],
  [{ "/": [0, 0] }, null, 0],
  { description: "a text", rule: { cat: ["a", { var: "b" }] }, result: "ab" },
  { rule: { "-": [0] }, data: {}, result: 0 },
  { rule: { throw: "x" }, error: { type: "y" } },
  { rule: { and: [] }, result: null },
];

Deno.test("policy compat prints each difference and the totals", async () => {
  const { code, lines } = await runOnFiles(policyCompat, ["@s.json"], {
    "s.json": SUITE,
  });
  assert.equal(code, 1);
  assert.equal(lines.at(-1), "1 passed, 5 failed");
  assert.deepEqual(lines.slice(0, 10), [
    "[2] # sums",
    '  rule    {"/":[0,0]}',
    "  data    null",
    "  wanted  0",
    "  got     NaN",
    "[3] a text",
    '  rule    {"cat":["a",{"var":"b"}]}',
    "  data    {}",
    '  wanted  "ab"',
    '  got     "a"',
  ]);
  const text = lines.join("\n");
  assert.match(text, /wanted {2}0\n {2}got {5}-0\n/);
  assert.match(text, /wanted {2}error \{"type":"y"\}\n.*error \{"type":"x"\}/);
  assert.match(text, /wanted {2}null\n {2}got {5}undefined\n/);
});

Deno.test("policy compat --json tells the same to machines", async () => {
  const { code, lines } = await runOnFiles(
    policyCompat,
    ["@s.json", "--json", "--strict-report"],
    { "s.json": SUITE.slice(0, 3) },
  );
  assert.equal(code, 1);
  const { strict, ...report } = JSON.parse(lines.join("\n"));
  assert.deepEqual(report, {
    passed: 1,
    failed: 1,
    differences: [{
      place: "[2]",
      description: "# sums",
      rule: { "/": [0, 0] },
      data: null,
      wanted: { result: 0 },
      got: { result: "NaN" },
    }],
  });
  assert.equal(strict.length, 2);
  assert.equal(strict[0].place, "[1]");
  assert.match(strict[0].reason, /^at rule: expected a boolean/);
});

Deno.test("policy compat succeeds when all passes, strict report or not", async () => {
  const suite = [[{ "<": [{ var: "a" }, 2] }, { a: 1 }, true]];
  const { code, lines } = await runOnFiles(
    policyCompat,
    ["@s.json", "--strict-report"],
    { "s.json": suite },
  );
  assert.equal(code, 0);
  assert.deepEqual(lines, [
    "0 of 1 rules refused by the strict dialect",
    "1 passed, 0 failed",
  ]);
});

function nest(depth: number): string {
  return '{"!":['.repeat(depth) + "true" + "]}".repeat(depth);
}

Deno.test("policy compat prints a rule that is nested without end", async () => {
  const { code, lines } = await runOnFiles(
    policyCompat,
    ["@s.json", "--json"],
    {
      "s.json": `[[${nest(20_000)}, {}, true]]`,
    },
  );
  assert.equal(code, 1);
  const [difference] = JSON.parse(lines.join("\n")).differences;
  assert.deepEqual(difference.got, { error: { type: "Nested Too Deep" } });
});

Deno.test.each([
  { text: "{", says: /Cannot read file .*it is not JSON/ },
  { text: "[7]", says: /Cannot read suite .*at \[0\]: a case is/ },
])("policy compat refuses $text", async ({ text, says }) => {
  await assert.rejects(
    runOnFiles(policyCompat, ["@s.json"], { "s.json": text }),
    { message: says },
  );
});
