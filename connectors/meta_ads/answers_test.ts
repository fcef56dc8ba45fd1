/**
 * What Meta's answers mean: errors, throttles, and how much is used.
 *
 * @module
 */
import type { HttpAnswer } from "@moe/plugin";
import assert from "node:assert/strict";
import connector from "./connector.ts";

const answer = (
  error: Record<string, unknown>,
  { status = 400, headers = {} }: Partial<HttpAnswer> = {},
): HttpAnswer => ({ status, headers, body: { error }, path: "/v26.0/act_1" });

const inMinutes = {
  "x-business-use-case-usage": JSON.stringify({
    "1": [{
      type: "ads_insights",
      call_count: 98,
      estimated_time_to_regain_access: 5,
    }],
  }),
};
const inSeconds = {
  "x-ad-account-usage": JSON.stringify({
    acc_id_util_pct: 100,
    reset_time_duration: 90,
  }),
};

Deno.test.each([
  {
    note: "waits minutes, where they are minutes",
    given: answer({ code: 80000 }, { headers: inMinutes }),
    want: { kind: "throttled", scope: "account", waitSeconds: 300 },
  },
  {
    note: "waits seconds, where they are seconds",
    given: answer({ code: 17 }, { headers: inSeconds }),
    want: { kind: "throttled", scope: "account", waitSeconds: 90 },
  },
  {
    note: "waits until the score has decayed, where nothing is told",
    given: answer({ code: 613, error_subcode: 1487742 }),
    want: { kind: "throttled", scope: "account", waitSeconds: 300 },
  },
  {
    note: "stops every account of the app",
    given: answer({ code: 4 }, { headers: inMinutes }),
    want: { kind: "throttled", scope: "developer", waitSeconds: null },
  },
  {
    note: "leaves one budget alone for an hour",
    given: answer({ code: 613, error_subcode: 1487632 }),
    want: { kind: "throttled", scope: "endpoint", waitSeconds: 3600 },
  },
  {
    note: "asks for less by its subcode",
    given: answer({ code: 100, error_subcode: 1487534 }),
    want: { kind: "too_large" },
  },
  {
    note: "asks for less by its message, although the code passes",
    given: answer({
      code: 1,
      message: "Please reduce the amount of data you're asking for",
    }, { status: 500 }),
    want: { kind: "too_large" },
  },
  {
    note: "tries again, also after a good status",
    given: answer({ code: 2, is_transient: true }, { status: 200 }),
    want: { kind: "again" },
  },
  {
    note: "gives up a token that does not hold",
    given: answer({ code: 190, error_subcode: 460 }, { status: 401 }),
    want: {
      kind: "refused",
      reason: "the access token does not hold (error 190/460)",
    },
  },
  {
    note: "gives up a version that has ended",
    given: answer({ code: 2635 }),
    want: {
      kind: "refused",
      reason: "this version of the API has ended (error 2635)",
    },
  },
  {
    note: "leaves other failures of the server to their status",
    given: answer({ code: 100 }, { status: 500 }),
    want: null,
  },
  {
    note: "leaves answers without an error to their status",
    given: { status: 200, headers: {}, body: { data: [] }, path: "/" },
    want: null,
  },
])("meta_ads: judge() $note", ({ given, want }) => {
  assert.deepEqual(connector.judge?.(given), want);
});

Deno.test("meta_ads: quota() tells each scope once, its tightest share", () => {
  const headers = {
    ...inMinutes,
    "x-app-usage": '{"call_count":28,"total_time":25,"total_cputime":31}',
    "x-fb-ads-insights-throttle": '{"app_id_util_pct":12,"acc_id_util_pct":40}',
    "x-ad-account-usage": "not JSON",
  };
  const known = { remaining: null };
  assert.deepEqual(connector.quota?.(answer({}, { headers })), [
    { ...known, scope: "developer", usedShare: 0.31, resetSeconds: null },
    { ...known, scope: "account", usedShare: 1, resetSeconds: 300 },
  ]);
  assert.deepEqual(connector.quota?.(answer({})), []);
});
