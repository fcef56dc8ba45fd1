/** Which traces are kept. @module */
import assert from "node:assert/strict";
import { createKeeping, type Ended } from "./keeping.ts";
import { createTraceIds } from "./trace_ids.ts";

const PLAIN: Ended = {
  chance: "0".repeat(32),
  sampled: false,
  status: 200,
  isWrong: false,
  durationMs: 1,
  rung: "champion",
};

function keeping(share = 0.01) {
  const clock = { ms: 0 };
  const rules = { share, slowMs: 50, nowMs: () => clock.ms };
  return { clock, reasonFor: createKeeping(rules) };
}

Deno.test.each([
  { note: "an error", ended: { isWrong: true, status: 500 }, want: "error" },
  { note: "what is slow", ended: { durationMs: 51 }, want: "slow" },
  {
    note: "a slow error",
    ended: { isWrong: true, durationMs: 51 },
    want: "error",
  },
  { note: "a problem", ended: { status: 422 }, want: "problem" },
  { note: "a lower rung", ended: { rung: "static_rule" }, want: "fallen" },
  { note: "the caller's own", ended: { sampled: true }, want: "caller" },
  { note: "by chance", ended: { chance: "f".repeat(32) }, want: "share" },
  { note: "a canary's", ended: { rung: "challenger" }, want: null },
  { note: "no decision's", ended: { rung: null }, want: null },
  { note: "a plain one", ended: {}, want: null },
])("$note is kept as it should", ({ ended, want }) => {
  assert.equal(keeping().reasonFor({ ...PLAIN, ...ended }), want);
});

Deno.test.each([
  { note: "problems", ended: { status: 404 }, most: 10 },
  { note: "lower rungs", ended: { rung: "previous" }, most: 10 },
  { note: "what callers ask for", ended: { sampled: true }, most: 10 },
  { note: "chosen ids", ended: { chance: "f".repeat(32) }, most: 100 },
])("so many a second of $note are kept, and all errors", ({ ended, most }) => {
  const { clock, reasonFor } = keeping();
  const count = (given: Partial<Ended>) =>
    Array.from({ length: 5000 }, () => reasonFor({ ...PLAIN, ...given }))
      .filter((reason) => reason !== null).length;
  assert.equal(count(ended), most);
  assert.equal(count(ended), 0);
  assert.equal(count({ ...ended, isWrong: true }), 5000);
  clock.ms = 1000;
  assert.equal(count(ended), most);
});

Deno.test("the share that is kept by chance is the share that was asked for", () => {
  const { clock, reasonFor } = keeping(0.1);
  const ids = createTraceIds();
  let kept = 0;
  for (let turn = 0; turn < 20_000; turn++) {
    clock.ms += 20;
    if (reasonFor({ ...PLAIN, chance: ids.trace() }) !== null) kept++;
  }
  assert.ok(Math.abs(kept - 2000) < 6 * Math.sqrt(1800), `${kept}`);
});

Deno.test("none and all are none and all", () => {
  for (const chance of ["0".repeat(32), "f".repeat(32)]) {
    assert.equal(keeping(0).reasonFor({ ...PLAIN, chance }), null);
    assert.equal(keeping(1).reasonFor({ ...PLAIN, chance }), "share");
  }
});
