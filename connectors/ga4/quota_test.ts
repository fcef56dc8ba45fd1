/**
 * What Google Analytics says of its quota, as calls and seconds.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { HttpAnswer } from "@moe/plugin";
import { judge, readQuota } from "./quota.ts";

const DATE = { date: "Thu, 05 Nov 2026 12:00:00 GMT" };

Deno.test.each([
  {
    note: "an hour for an hour's tokens",
    message:
      "Exhausted property tokens for a project per hour. These quota tokens will return in under an hour.",
    want: 3600,
  },
  // Los Angeles is eight hours behind, so 04:00 there.
  {
    note: "until midnight in Los Angeles for a day's",
    message:
      "Exhausted property tokens per day. These quota tokens will return in under 24 hours.",
    want: 20 * 3600,
  },
  {
    note: "no told time for concurrent requests",
    message: "Exhausted concurrent requests quota.",
    want: null,
  },
])("ga4: waits $note", ({ message, want }) => {
  const outcome = judge(answerOf({
    error: { code: 429, message, status: "RESOURCE_EXHAUSTED" },
  }, 429));
  assert.deepEqual(outcome, {
    kind: "throttled",
    scope: "account",
    waitSeconds: want,
  });
});

Deno.test.each([
  {
    note: "the hour",
    day: 199_990,
    hour: 39_990,
    project: 13_990,
    want: [1399, 3600],
  },
  {
    note: "the day",
    day: 100,
    hour: 39_990,
    project: 13_990,
    want: [10, 20 * 3600],
  },
])(
  "ga4: turns tokens into calls that are left of $note",
  ({ day, hour, project, want }) => {
    const tokens = (remaining: number) => ({ consumed: 10, remaining });
    const hints = readQuota(answerOf({
      propertyQuota: {
        tokensPerDay: tokens(day),
        tokensPerHour: tokens(hour),
        tokensPerProjectPerHour: tokens(project),
        concurrentRequests: { consumed: 0, remaining: 1 },
      },
    }));
    assert.deepEqual(hints, [
      { scope: "account", remaining: want[0], resetSeconds: want[1] },
    ]);
  },
);

function answerOf(body: unknown, status = 200): HttpAnswer {
  return {
    status,
    headers: DATE,
    body,
    path: "/v1beta/properties/1:runReport",
  };
}
