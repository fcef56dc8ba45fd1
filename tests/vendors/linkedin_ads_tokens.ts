/**
 * Access tokens of the simulated LinkedIn.
 *
 * @see https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens, read in 2026-08
 * @module
 */
import { jsonAnswer } from "./gate.ts";
import {
  CONFIG,
  LinkedinError,
  type LinkedinState,
} from "./linkedin_ads_wire.ts";

const ACCESS_SECONDS = 5_184_000;
const REFRESH_SECONDS = 31_536_000;

/** Exchanges the refresh token, which stays the same. */
export function issueToken(
  form: URLSearchParams,
  { clock, tokens }: LinkedinState,
): Response {
  const sound = form.get("grant_type") === "refresh_token" &&
    form.get("client_id") === CONFIG.clientId &&
    form.get("client_secret") === CONFIG.clientSecret;
  if (!sound) {
    return jsonAnswer({
      error: "invalid_client",
      error_description: "Client authentication failed",
    }, { status: 401 });
  }
  if (form.get("refresh_token") !== CONFIG.refreshToken) {
    return jsonAnswer({
      error: "invalid_grant",
      error_description:
        "The provided refresh token is invalid, expired or revoked",
    }, { status: 400 });
  }
  const token = `linkedin-access-${tokens.size + 1}`;
  tokens.set(token, Date.parse(clock.now()) + ACCESS_SECONDS * 1000);
  return jsonAnswer({
    access_token: token,
    expires_in: ACCESS_SECONDS,
    refresh_token: CONFIG.refreshToken,
    refresh_token_expires_in: REFRESH_SECONDS,
    scope: "r_ads,r_ads_reporting,rw_ads",
  });
}

/** Refuses a call without a token that holds. */
export function refuseToken(
  request: Request,
  { clock, gate, tokens }: LinkedinState,
): void {
  const bearer = request.headers.get("authorization") ?? "";
  const token = bearer.replace(/^Bearer /, "");
  if (token === "") {
    throw new LinkedinError(
      401,
      "EMPTY_ACCESS_TOKEN",
      "Empty oauth2 access token",
      65604,
    );
  }
  const until = tokens.get(token);
  if (until === undefined) {
    throw new LinkedinError(
      401,
      "INVALID_ACCESS_TOKEN",
      "Invalid access token",
      65600,
    );
  }
  if (gate.plays("token_expired")) {
    for (const one of tokens.keys()) tokens.set(one, 0);
  }
  if ((tokens.get(token) ?? 0) <= Date.parse(clock.now())) {
    const message = "The token used in the request has expired";
    throw new LinkedinError(401, "EXPIRED_ACCESS_TOKEN", message, 65602);
  }
}
