/**
 * Access tokens of Google: for a service account by an assertion that it signs
 * (RS256, one hour), for a person by the refresh token that was granted. Google
 * does not replace refresh tokens.
 *
 * @see https://developers.google.com/identity/protocols/oauth2/service-account, read on 2026-11-26
 * @module
 */
import type { AccessToken, RenewScope } from "@moe/plugin";
import { Buffer } from "node:buffer";
import { sign } from "node:crypto";
import * as z from "zod";
import type { Config } from "./config.ts";

const TOKEN_URL = "https://oauth2.googleapis.com/token";
const SCOPE = "https://www.googleapis.com/auth/analytics.readonly";
const JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const HOLDS_SECONDS = 3600;

const Grant = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().optional(),
});

/** Gets an access token; asking twice does no harm. */
export async function renew(
  { config, http, refreshToken, now }: RenewScope<Config>,
): Promise<AccessToken> {
  const { clientEmail, privateKey, clientId = "", clientSecret = "" } = config;
  const form = clientEmail && privateKey
    ? {
      grant_type: JWT_GRANT,
      assertion: signAssertion(clientEmail, privateKey, now),
    }
    : {
      grant_type: "refresh_token",
      client_id: clientId,
      client_secret: clientSecret,
      refresh_token: refreshToken ?? config.refreshToken ?? "",
    };
  const answer = await http.json(TOKEN_URL, { form, safe: true });
  const { access_token, expires_in } = Grant.parse(answer);
  return { accessToken: access_token, expiresInSeconds: expires_in ?? null };
}

function signAssertion(
  clientEmail: string,
  privateKey: string,
  now: string,
): string {
  const issuedAt = Math.floor(Date.parse(now) / 1000);
  const claims = {
    iss: clientEmail,
    scope: SCOPE,
    aud: TOKEN_URL,
    iat: issuedAt,
    exp: issuedAt + HOLDS_SECONDS,
  };
  const unsigned = [{ alg: "RS256", typ: "JWT" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const signature = sign("RSA-SHA256", Buffer.from(unsigned), privateKey);
  return `${unsigned}.${signature.toString("base64url")}`;
}
