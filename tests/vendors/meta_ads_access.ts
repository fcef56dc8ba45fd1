/**
 * The door of the simulated Graph API: version, token, proof of the app's secret,
 * quota, and faults that any call may meet.
 *
 * @module
 */
import { createHmac } from "node:crypto";
import type { Gate } from "./gate.ts";
import { GraphFault } from "./meta_ads_errors.ts";

const VERSION = "v26.0";
const THROTTLE_MINUTES = 2;

/** Usage as every answer tells it. */
export const USAGE: Readonly<Record<string, string>> = {
  "x-app-usage": JSON.stringify({
    call_count: 12,
    total_time: 10,
    total_cputime: 8,
  }),
  "x-ad-account-usage": JSON.stringify({
    acc_id_util_pct: 9.67,
    reset_time_duration: 100,
    ads_api_access_tier: "standard_access",
  }),
  "x-fb-ads-insights-throttle": JSON.stringify({
    app_id_util_pct: 3.2,
    acc_id_util_pct: 11.5,
    ads_api_access_tier: "standard_access",
  }),
  "x-business-use-case-usage": printUseCases(15, 0),
};

/** Whose calls are let in. */
export interface Door {
  readonly gate: Gate;
  readonly config: {
    readonly accountId: string;
    readonly accessToken: string;
    readonly appSecret: string;
  };
}

/**
 * Lets a call in.
 *
 * @returns Its URL.
 * @throws {GraphFault} If it is not let in.
 */
export function admit(request: Request, { gate, config }: Door): URL {
  const url = new URL(request.url);
  const early = gate.enter(url.pathname);
  checkVersion(url.pathname.split("/")[1] ?? "");
  checkAccess(request, url, config);
  if (early || gate.plays("throttled_header")) {
    gate.close(THROTTLE_MINUTES * 60);
    throw new GraphFault(
      "(#80000) There have been too many calls from this ad-account. Wait a bit and try again. For more info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.",
      {
        code: 80000,
        subcode: 2446079,
        headers: {
          "x-business-use-case-usage": printUseCases(100, THROTTLE_MINUTES),
        },
      },
    );
  }
  if (gate.plays("error_in_ok")) {
    throw new GraphFault(
      "An unexpected error has occurred. Please retry your request later.",
      { code: 2, isTransient: true, status: 200 },
    );
  }
  return url;
}

function checkVersion(version: string): void {
  if (version === VERSION) return;
  throw new GraphFault(
    "(#2635) You are calling a deprecated version of the Ads API. Please update to the latest version: v27.0.",
    { code: 2635 },
  );
}

function checkAccess(
  request: Request,
  url: URL,
  { accessToken, appSecret }: Door["config"],
): void {
  if (request.headers.get("authorization") !== `Bearer ${accessToken}`) {
    throw new GraphFault("Invalid OAuth access token.", {
      code: 190,
      status: 401,
    });
  }
  const proof = createHmac("sha256", appSecret).update(accessToken)
    .digest("hex");
  if (url.searchParams.get("appsecret_proof") !== proof) {
    throw new GraphFault(
      "Invalid appsecret_proof provided in the API argument",
      { code: 100, type: "GraphMethodException" },
    );
  }
}

function printUseCases(percent: number, minutes: number): string {
  return JSON.stringify({
    "1234567890123456": [{
      type: "ads_insights",
      call_count: percent,
      total_cputime: 4,
      total_time: 6,
      estimated_time_to_regain_access: minutes,
      ads_api_access_tier: "standard_access",
    }],
  });
}
