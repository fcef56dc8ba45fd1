/**
 * Declared limits, against a count of every call in every window.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { LimitUse } from "../../ports/quota.ts";
import { countCall, windowReadyAt, windowUse } from "./window.ts";

/** Moments at which calls go when they are wished for at these. */
function goAt(
  limit: { readonly calls: number; readonly perSeconds: number },
  gaps: readonly number[],
): number[] {
  const allowed = limit.calls;
  let use: LimitUse | undefined;
  let now = 0;
  return gaps.map((gap) => {
    now = windowReadyAt(use, limit, { now: now + gap, allowed });
    use = countCall(use, limit, now);
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

Deno.test("windowReadyAt() never lets go a call too many", () => {
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
])(
  "windowReadyAt() reaches 95 percent: $note",
  ({ calls, perSeconds, gap }) => {
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
  },
);

Deno.test("countCall() keeps no entry for each call of a large limit", () => {
  const limit = { calls: 1_000_000, perSeconds: 86_400 };
  let use: LimitUse | undefined;
  let most = 0;
  for (let now = 0; now < 2 * 86_400_000; now += 108) {
    use = countCall(use, limit, now);
    most = Math.max(most, use.went.length);
  }
  assert(most > 100 && most <= 130, `${most} entries`);
  const used = windowUse(use, limit, 2 * 86_400_000);
  assert(used > 0.8 && used < 0.82, `${used}`);
});
