/**
 * An issuer of tokens, and a desk that takes them.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { Clock } from "../../ports/clock.ts";
import { createKeySet } from "./key_set.ts";
import { createTokens } from "./token.ts";

const NOW = Date.parse("2026-03-01T12:00:00.000Z");
export const SECONDS = NOW / 1000;

/** What tokens are taken. */
export const RULES = {
  issuer: "https://issuer.example",
  audience: "moe",
  tenantClaim: "tenant",
  personClaim: "person",
};

export const CLAIMS = {
  ...{ iss: RULES.issuer, aud: RULES.audience, sub: "ann", tenant: "acme" },
  ...{ roles: ["policy_author"], iat: SECONDS, exp: SECONDS + 300 },
};

/** Claims of a token. */
export type Claims = Readonly<Record<string, unknown>>;

export const ours = await generateKeyPair("ES256");
export const next = await generateKeyPair("RS256", { modulusLength: 2048 });
export const theirs = await generateKeyPair("ES256");
export const PUBLISHED = [
  { ...await exportJWK(ours.publicKey), kid: "ours", alg: "ES256" },
];

/** A desk that knows the issuer's keys, at a moment that stands still. */
export function openDesk(published: readonly unknown[] = PUBLISHED) {
  const desk = {
    nowMs: NOW,
    published,
    down: false,
    readings: 0,
    verify: (text: string) => tokens.verify(text),
  };
  const clock: Clock = { now: () => new Date(desk.nowMs).toISOString() };
  const keySet = createKeySet(() => {
    desk.readings += 1;
    return desk.down
      ? Promise.reject(new TypeError("down"))
      : Promise.resolve({ keys: desk.published });
  }, clock);
  const tokens = createTokens(RULES, keySet, clock);
  return desk;
}

/** Signs a token; as the issuer does unless told otherwise. */
export function sign(
  claims: Claims,
  { key = ours.privateKey, header = {} }: {
    readonly key?: CryptoKey;
    readonly header?: Record<string, unknown>;
  } = {},
): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: "ES256", kid: "ours", ...header }).sign(key);
}

/** A part of a token. */
export function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** How somebody is turned away whom nothing vouches for. */
export const UNKNOWN = { code: "credentials_invalid" };
