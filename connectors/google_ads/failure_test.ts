/**
 * What Google Ads really said, where recordings are here, and what its refusals mean.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Outcome } from "@moe/plugin";
import { judge } from "./failure.ts";
import { campaignDaily } from "./reports.ts";

const FIXTURES = new URL(
  "../../../shared/vectors/ingest/fixtures/google-ads/",
  import.meta.url,
);

function judged(status: number, body: unknown): Outcome | null {
  return judge({ status, headers: {}, path: "/v25", body });
}

function fails(status: number, ...errors: unknown[]) {
  return judged(status, { error: { code: status, details: [{ errors }] } });
}

/** A test of what the vendor really said, left out where the recordings are not. */
function recorded(file: string, name: string, check: (said: unknown) => void) {
  const url = new URL(file, FIXTURES);
  const absent = !exists(url) && Deno.env.get("REQUIRE_ALL") !== "1";
  Deno.test({
    name: `google_ads: ${name}${absent ? " (left out: no recording)" : ""}`,
    ignore: absent,
    fn: async () => check(JSON.parse(await Deno.readTextFile(url))),
  });
}

function exists(url: URL): boolean {
  try {
    return Deno.statSync(url).isFile;
  } catch {
    return false;
  }
}

recorded("rest-row-search-term-view.json", "reads a recorded row", (row) => {
  const account = {
    id: "3176626509",
    zone: "Europe/London",
    currency: "GBP",
    attribution: "",
    settlesDays: 30,
  };
  const [{ day, entities, metrics } = assert.fail()] = campaignDaily.toRows(
    row,
    account,
  );
  assert.equal(day, "2023-01-27");
  assert.deepEqual(entities, { campaign: "11331000428" });
  assert.equal(metrics.spend_micros, 312_690_000n);
  assert.equal(metrics.impressions, 1149n);
});

recorded(
  "rest-error-429-quota.json",
  "a recorded quota error stops the developer for eleven hours",
  (body) =>
    assert.deepEqual(judged(429, body), {
      kind: "throttled",
      scope: "developer",
      waitSeconds: 40_591,
    }),
);

recorded(
  "rest-error-query.json",
  "a recorded query error is refused by its name",
  (failure) =>
    assert.deepEqual(
      judged(400, { error: { code: 400, details: [failure] } }),
      {
        kind: "refused",
        reason: "queryError.BAD_RESOURCE_TYPE_IN_FROM_CLAUSE",
      },
    ),
);

Deno.test.each([
  {
    note: "a quota of the account, without a wait",
    got: fails(429, {
      errorCode: { quotaError: "RESOURCE_TEMPORARILY_EXHAUSTED" },
      details: { quotaErrorDetails: { rateScope: "ACCOUNT" } },
    }),
    want: { kind: "throttled", scope: "account", waitSeconds: null },
  },
  {
    note: "a wait in parts of a second",
    got: fails(429, {
      errorCode: { quotaError: "RESOURCE_EXHAUSTED" },
      details: { quotaErrorDetails: { retryDelay: "0.5s" } },
    }),
    want: { kind: "throttled", scope: "account", waitSeconds: 0.5 },
  },
  {
    note: "an expired access token is left to the status",
    got: fails(401, {
      errorCode: { authenticationError: "OAUTH_TOKEN_EXPIRED" },
    }),
    want: null,
  },
  {
    note: "a user without an account is not helped by a new token",
    got: fails(401, { errorCode: { authenticationError: "NOT_ADS_USER" } }),
    want: { kind: "refused", reason: "authenticationError.NOT_ADS_USER" },
  },
  {
    note: "a revoked grant is not asked for again and again",
    got: judged(400, { error: "invalid_grant", error_description: "Revoked" }),
    want: { kind: "refused", reason: "invalid_grant" },
  },
  {
    note: "a client that is not known is not a token that expired",
    got: judged(401, { error: "invalid_client" }),
    want: { kind: "refused", reason: "invalid_client" },
  },
  {
    note: "a transient error passes",
    got: fails(500, { errorCode: { internalError: "TRANSIENT_ERROR" } }),
    want: { kind: "again" },
  },
  {
    note: "no value gets out",
    got: fails(400, {
      errorCode: { campaignBudgetError: "MONEY_AMOUNT_TOO_LARGE" },
      message: "a@b.example",
      trigger: { stringValue: "a@b.example" },
      location: {
        fieldPathElements: [{ fieldName: "operations", index: 1 }, {
          fieldName: "update",
        }],
      },
    }),
    want: {
      kind: "refused",
      reason:
        "campaignBudgetError.MONEY_AMOUNT_TOO_LARGE at operations.1.update",
    },
  },
  {
    note: "an unknown member of the request is refused by the status",
    got: judged(400, {
      error: {
        status: "INVALID_ARGUMENT",
        details: [{ fieldViolations: [{ description: "Unknown name" }] }],
      },
    }),
    want: { kind: "refused", reason: "INVALID_ARGUMENT" },
  },
  {
    note: "rows are no refusal",
    got: judged(200, { results: [] }),
    want: null,
  },
  {
    note: "HTML is left to the status",
    got: judged(404, "<html>"),
    want: null,
  },
])("google_ads: $note", ({ got, want }) => assert.deepEqual(got, want));
