/**
 * Declared limits, against a count of every call in every window.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { createWindow } from "./window.ts";

/** Moments at which calls go when they are wished for at these. */
function goAt(
  limit: { readonly calls: number; readonly perSeconds: number },
  gaps: readonly number[],
): number[] {
  const window = createWindow(limit);
  let now = 0;
  return gaps.map((gap) => {
    now = window.readyAt(now + gap, limit.calls);
    window.add(now);
    return now;
  });
}

/** One call, all others a little later, and as many as soon as may be. */
const LATE = [0, 20, ...Array(598).fill(0)];

/** Most calls in any half-open stretch of so many milliseconds. */
function mostWithin(moments: readonly number[], spanMs: number): number {
  let first = 0;
  let most = 0;
  for (const [last, moment] of moments.entries()) {
    while ((moments[first] ?? moment) <= moment - spanMs) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

Deno.test("createWindow() never lets go a call too many", () => {
  const limits = fc.record({
    calls: fc.oneof(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 250, max: 600 }),
    ),
    perSeconds: fc.constantFrom(1, 10, 3600, 86_400),
  });
  /** In tenths of the pace that the limit allows on average. */
  const paces = fc.array(
    fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 0, max: 20 }) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 5000 }) },
    ),
    { minLength: 1, maxLength: 1500, size: "max" },
  );
  fc.assert(
    fc.property(limits, paces, (limit, wished) => {
      const { calls, perSeconds } = limit;
      const unitMs = 100 * perSeconds / calls;
      const moments = goAt(limit, wished.map((pace) => pace * unitMs));
      const most = mostWithin(moments, perSeconds * 1000);
      assert(most <= calls, `${most} of ${calls}`);
    }),
    { numRuns: 200, examples: [[{ calls: 300, perSeconds: 3600 }, LATE]] },
  );
});

Deno.test.each([
  { note: "one a second, hurried", calls: 1, perSeconds: 1, gap: 0 },
  { note: "a few a minute, in bursts", calls: 7, perSeconds: 60, gap: 0 },
  { note: "a few a minute, evenly", calls: 7, perSeconds: 60, gap: 6000 },
  { note: "600 a minute, evenly", calls: 600, perSeconds: 60, gap: 80 },
  {
    note: "15,000 a day, evenly",
    calls: 15_000,
    perSeconds: 86_400,
    gap: 4800,
  },
  {
    note: "15,000 a day, in bursts",
    calls: 15_000,
    perSeconds: 86_400,
    gap: 1,
  },
  { note: "100,000 a day", calls: 100_000, perSeconds: 86_400, gap: 700 },
])("createWindow() reaches 95 percent: $note", ({ calls, perSeconds, gap }) => {
  const spanMs = perSeconds * 1000;
  const moments = goAt({ calls, perSeconds }, Array(10 * calls).fill(gap));
  assert(mostWithin(moments, spanMs) <= calls);
  const best: number[] = [];
  for (const at of moments.keys()) {
    const free = (best[at - calls] ?? -spanMs) + spanMs;
    best.push(Math.max(free, (best[at - 1] ?? 0) + gap));
  }
  const reached = (best.at(-1) ?? 0) / (moments.at(-1) ?? 0);
  assert(reached >= 0.95, `only ${reached}`);
});

Deno.test("createWindow() takes no memory for each call of a large limit", () => {
  const window = createWindow({ calls: 5_000_000, perSeconds: 86_400 });
  const before = Deno.memoryUsage().heapUsed;
  for (let now = 0; now < 4_000_000; now++) window.add(now);
  assert.equal(window.usedShare(4_000_000), 0.8);
  const grown = Deno.memoryUsage().heapUsed - before;
  assert(grown < 30_000_000, `${grown} bytes`);
});
