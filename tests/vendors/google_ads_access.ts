/**
 * Access to the simulated Google Ads: who may reach which account, and how fast.
 *
 * A developer token is neither asked for nor looked at: the real ones ended on
 * 2026-09-09, and their header is ignored.
 *
 * @see https://developers.google.com/google-ads/api/rest/auth, read on 2026-11-26
 * @module
 */
import type { Gate } from "./gate.ts";
import { quotaRefusal, refusal } from "./google_ads_errors.ts";
import type { GoogleSignIn } from "./google_sign_in.ts";

/** Scope of its access tokens. */
export const SCOPE = "https://www.googleapis.com/auth/adwords";

/** Its account, and the manager through which it is reached. */
export const CUSTOMER = "1234567890";
const MANAGER = "9876543210";

/** Part of a path that counts as an operation; the further pages of a question do not. */
export const OPERATION = "#operation";

/** What the door goes by. */
export interface Door {
  readonly gate: Gate;
  readonly signIn: GoogleSignIn;
  /** Seconds to wait when it plays `throttled_body`. */
  readonly retrySeconds: number;
}

/** A configuration that it accepts. */
export function configure(
  { credentials: { clientId, clientSecret, refreshToken } }: GoogleSignIn,
): Readonly<Record<string, unknown>> {
  return {
    customerId: CUSTOMER,
    loginCustomerId: MANAGER,
    clientId,
    clientSecret,
    refreshToken,
    developerToken: "made-up-developer-token",
  };
}

/** Refuses a call that is not signed in, comes too early or asks for another account. */
export function admit(
  request: Request,
  pageToken: unknown,
  { gate, signIn, retrySeconds }: Door,
): Response | null {
  const { pathname } = new URL(request.url);
  const early = gate.enter(pageToken ? pathname : pathname + OPERATION);
  if (gate.plays("token_expired")) signIn.forget();
  if (!signIn.admits(request)) {
    return refusal("UNAUTHENTICATED", [{
      kind: "authenticationError",
      code: "OAUTH_TOKEN_EXPIRED",
      message: "OAuth token in the header has expired.",
    }]);
  }
  if (early) return quotaRefusal(retrySeconds);
  if (gate.plays("throttled_body")) {
    gate.close(retrySeconds);
    return quotaRefusal(retrySeconds);
  }
  const own = pathname.startsWith(`/v25/customers/${CUSTOMER}/`) &&
    request.headers.get("login-customer-id") === MANAGER;
  return own ? null : refusal("PERMISSION_DENIED", [{
    kind: "authorizationError",
    code: "USER_PERMISSION_DENIED",
    message: "User doesn't have permission to access customer.",
  }]);
}
