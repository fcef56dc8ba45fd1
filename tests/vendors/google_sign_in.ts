/**
 * Google's token endpoint, simulated: an assertion that a service account signed, or
 * a refresh token, for an access token that holds for an hour.
 *
 * @see https://developers.google.com/identity/protocols/oauth2/service-account, read on 2026-11-26
 * @module
 */
import { Buffer } from "node:buffer";
import { generateKeyPairSync, type KeyObject, verify } from "node:crypto";
import type { Clock } from "../../core/ports/clock.ts";
import { jsonAnswer } from "./gate.ts";

/** The endpoint, and whom it knows. */
export interface GoogleSignIn {
  /** Members of a configuration that it accepts, both ways to sign in. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Answers a call of the token endpoint. */
  grant(request: Request): Promise<Response>;
  /** Whether a request carries an access token that holds. */
  admits(request: Request): boolean;
  /** Lets no token hold any more. */
  forget(): void;
}

const HOLDS_SECONDS = 3599;
const SKEW_SECONDS = 300;
const AUDIENCE = "https://oauth2.googleapis.com/token";

/** Made once: it takes a while. */
let keys: ReturnType<typeof makeKeys> | null = null;

function makeKeys() {
  return generateKeyPairSync("rsa", { modulusLength: 2048 });
}

/** Makes the endpoint; tokens are for one scope. */
export function createGoogleSignIn(clock: Clock, scope: string): GoogleSignIn {
  const { publicKey, privateKey } = keys ??= makeKeys();
  const credentials = {
    clientId: "42.apps.googleusercontent.com",
    clientSecret: "GOCSPX-simulated-secret",
    refreshToken: "1//simulated-refresh-token",
    clientEmail: "reader@shop-42.iam.gserviceaccount.com",
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
  const tokens = new Map<string, number>();
  const seconds = () => Math.floor(Date.parse(clock.now()) / 1000);
  let issued = 0;
  return {
    credentials,
    async grant(request) {
      const form = new URLSearchParams(await request.text());
      const refusal = refuse(form, {
        ...credentials,
        publicKey,
        scope,
        now: seconds(),
      });
      if (refusal !== null) {
        return jsonAnswer(
          { error: refusal, error_description: "Bad Request" },
          {
            status: refusal === "invalid_client" ? 401 : 400,
          },
        );
      }
      const token = `ya29.simulated-${++issued}`;
      tokens.set(token, seconds() + HOLDS_SECONDS);
      return jsonAnswer({
        access_token: token,
        expires_in: HOLDS_SECONDS,
        scope,
        token_type: "Bearer",
      });
    },
    admits(request) {
      const bearer = request.headers.get("authorization") ?? "";
      return (tokens.get(bearer.replace("Bearer ", "")) ?? 0) > seconds();
    },
    forget: () => tokens.clear(),
  };
}

interface Terms {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
  readonly clientEmail: string;
  readonly publicKey: KeyObject;
  readonly scope: string;
  readonly now: number;
}

/** The OAuth error that refuses a grant; null to give it. */
function refuse(form: URLSearchParams, terms: Terms): string | null {
  switch (form.get("grant_type")) {
    case "refresh_token": {
      const known = form.get("client_id") === terms.clientId &&
        form.get("client_secret") === terms.clientSecret;
      if (!known) return "invalid_client";
      const granted = form.get("refresh_token") === terms.refreshToken;
      return granted ? null : "invalid_grant";
    }
    case "urn:ietf:params:oauth:grant-type:jwt-bearer":
      return isSigned(form.get("assertion") ?? "", terms)
        ? null
        : "invalid_grant";
    default:
      return "unsupported_grant_type";
  }
}

function isSigned(
  assertion: string,
  { publicKey, clientEmail, scope, now }: Terms,
): boolean {
  const [header = "", claims = "", signature = ""] = assertion.split(".");
  const good = verify(
    "RSA-SHA256",
    Buffer.from(`${header}.${claims}`),
    publicKey,
    Buffer.from(signature, "base64url"),
  );
  if (!good || parse(header).alg !== "RS256") return false;
  const { iss, scope: asked, aud, iat, exp } = parse(claims);
  return iss === clientEmail && asked === scope && aud === AUDIENCE &&
    Math.abs(Number(iat) - now) <= SKEW_SECONDS && Number(exp) > now &&
    Number(exp) - Number(iat) <= 3600;
}

function parse(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, "base64url").toString());
}
