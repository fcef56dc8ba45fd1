/**
 * What Salesforce's answers mean.
 *
 * @module
 */
import assert from "node:assert/strict";
import { judge, quota } from "./answers.ts";

Deno.test.each([
  {
    status: 403,
    errorCode: "REQUEST_LIMIT_EXCEEDED",
    message: "TotalRequests Limit exceeded.",
    want: { kind: "throttled", scope: "account", waitSeconds: 3600 },
  },
  {
    status: 403,
    errorCode: "REQUEST_LIMIT_EXCEEDED",
    message: "ConcurrentPerOrgLongTxn Limit exceeded.",
    want: { kind: "throttled", scope: "account", waitSeconds: null },
  },
  { status: 401, errorCode: "INVALID_SESSION_ID", want: { kind: "sign_in" } },
  { status: 401, errorCode: "INVALID_AUTH_HEADER", want: { kind: "sign_in" } },
  { status: 400, errorCode: "QUERY_TIMEOUT", want: { kind: "again" } },
  {
    status: 400,
    errorCode: "INVALID_FIELD",
    want: { kind: "refused", reason: "INVALID_FIELD" },
  },
  { status: 400, errorCode: "not a code: ann@example.com", want: null },
  { status: 503, errorCode: "SERVER_UNAVAILABLE", want: { kind: "again" } },
])("salesforce: $errorCode at $status is judged", (answer) => {
  const { status, errorCode, message = "…", want } = answer;
  const judged = judge({
    status,
    headers: {},
    body: [{ errorCode, message }],
    path: "/services/data/v66.0/queryAll",
  });
  assert.deepEqual(judged, want);
});

Deno.test("salesforce: calls used are read for the org and for the app", () => {
  const hints = (text: string) =>
    quota({
      status: 200,
      headers: { "sforce-limit-info": text },
      body: {},
      path: "/",
    });
  assert.deepEqual(
    hints("api-usage=25/5000; per-app-api-usage=17/250(appName=sample-app)"),
    [
      { scope: "account", usedShare: 0.005, resetSeconds: 3600 },
      { scope: "developer", usedShare: 0.068, resetSeconds: 3600 },
    ],
  );
  assert.deepEqual(hints("api-usage=18/5000"), [
    { scope: "account", usedShare: 0.0036, resetSeconds: 3600 },
  ]);
  assert.deepEqual(hints(""), []);
});
