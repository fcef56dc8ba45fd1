/**
 * Tokens of an issuer: JSON Web Tokens signed by a key of its key set. They say who
 * calls, for which tenant and in which roles; what roles allow is ours to say.
 *
 * | claim | is |
 * | --- | --- |
 * | `iss`, `aud`, `exp` | as configured, and in time; 30 seconds of drift are forgiven |
 * | `sub` | name that four-eyes rules compare |
 * | tenant claim | one tenant |
 * | `roles` | names of roles; others are nothing to us |
 * | `groups` | groups that it speaks for in reviews |
 * | `purposes` | what it may read features for; anything if absent |
 * | person claim | `true` for people; a token is a service's unless it says so |
 *
 * @see https://www.rfc-editor.org/rfc/rfc8725, read on 2026-11-26
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { errors, type JWTPayload, jwtVerify } from "jose";
import { isReservedName } from "../../domain/change.ts";
import { EngineError } from "../../domain/error.ts";
import { isGroup, isPurpose, isTenant, plainName } from "../../domain/names.ts";
import { type Caller, clashOf, isRole, ROLES } from "../../ports/access.ts";
import type { Clock } from "../../ports/clock.ts";
import type { KeySet } from "./key_set.ts";
import { unknownCaller } from "./refusals.ts";

/** How long a verified token is believed without being verified again. */
export const TOKEN_CACHE_SECONDS = 5;

/** Longest token that is looked at, characters. */
export const MAX_TOKEN_LENGTH = 8192;

const TOLERANCE_SECONDS = 30;
const MAX_KEPT_TOKENS = 1000;
/** Signatures by a key that only the issuer has; a shared secret is none. */
const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];
const FORM = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/** What tokens are taken. */
export interface TokenRules {
  /** Who issues them: `iss`. */
  readonly issuer: string;
  /** Whom they are for: in `aud`. */
  readonly audience: string;
  /** Claim that names the tenant. */
  readonly tenantClaim: string;
  /** Claim that is `true` in the tokens of people. */
  readonly personClaim: string;
}

/** Verifies tokens. */
export interface Tokens {
  /**
   * Verifies a token.
   *
   * @param text The token.
   * @returns Who it vouches for.
   * @throws {EngineError} `credentials_invalid` if it is not to be believed,
   * `access_denied` if it names no tenant or nobody who may act, `store_unavailable` if
   * the issuer's keys cannot be read.
   */
  verify(text: string): Promise<Caller>;
}

/**
 * Whether a text has the form of a token.
 *
 * @param text What a caller sent.
 * @returns True for three parts of base64url with dots between.
 */
export function isTokenText(text: string): boolean {
  return text.length <= MAX_TOKEN_LENGTH && FORM.test(text);
}

interface Verified {
  readonly caller: Caller;
  readonly untilMs: number;
}

/**
 * Makes what verifies tokens.
 *
 * @param rules What is taken.
 * @param keySet The issuer's keys.
 * @param clock For expiry.
 * @returns The verifier.
 */
export function createTokens(
  rules: TokenRules,
  keySet: KeySet,
  clock: Clock,
): Tokens {
  const kept = new Map<string, Verified>();

  async function verify(text: string): Promise<Verified> {
    const { payload } = await jwtVerify(text, keySet.find, {
      ...{ algorithms: ALGORITHMS, clockTolerance: TOLERANCE_SECONDS },
      ...{ issuer: rules.issuer, audience: rules.audience },
      requiredClaims: ["exp", "sub"],
      currentDate: new Date(clock.now()),
    });
    const now = Date.parse(clock.now());
    const endsMs = ((payload.exp ?? 0) + TOLERANCE_SECONDS) * 1000;
    const untilMs = Math.min(endsMs, now + TOKEN_CACHE_SECONDS * 1000);
    return { caller: callerOf(payload, rules), untilMs };
  }

  return {
    async verify(text) {
      const digest = createHash("sha256").update(text).digest("base64");
      const known = kept.get(digest);
      if (known && Date.parse(clock.now()) < known.untilMs) return known.caller;
      kept.delete(digest);
      const verified = await verify(text).catch((error) => {
        throw refusalOf(error);
      });
      const [oldest] = kept.keys();
      if (kept.size >= MAX_KEPT_TOKENS && oldest !== undefined) {
        kept.delete(oldest);
      }
      kept.set(digest, verified);
      return verified.caller;
    },
  };
}

function callerOf(payload: JWTPayload, rules: TokenRules): Caller {
  const { issuer, tenantClaim, personClaim } = rules;
  const id = tokenId(issuer, payload.sub ?? "");
  const name = plainName(payload.sub ?? "");
  if (name === null || isReservedName(name)) {
    throw denied(id, "its subject is no name that anybody may act by");
  }
  const tenant = payload[tenantClaim];
  if (typeof tenant !== "string" || !isTenant(tenant)) {
    throw denied(id, `its claim "${tenantClaim}" names no tenant`);
  }
  const roles = words(id, payload, "roles").filter(isRole);
  const scopes = [...new Set(roles.flatMap((role) => [...ROLES[role]]))];
  const clash = clashOf(scopes);
  if (clash !== null) throw denied(id, clash);
  const service = payload.sub === payload["client_id"];
  return {
    ...{ id, tenant, name, scopes },
    groups: words(id, payload, "groups").filter(isGroup),
    purposes: purposesOf(id, payload),
    person: payload[personClaim] === true && !service,
  };
}

function purposesOf(id: string, payload: JWTPayload): string[] | null {
  return payload["purposes"] === undefined
    ? null
    : words(id, payload, "purposes").filter(isPurpose);
}

/** A claim that is a list of words; anything else is not guessed at. */
function words(id: string, payload: JWTPayload, claim: string): string[] {
  const value = payload[claim] ?? [];
  const isList = Array.isArray(value) &&
    value.every((word) => typeof word === "string");
  if (isList) return value.map((word) => word.normalize("NFC").trim());
  throw denied(id, `its claim "${claim}" is no list of words`);
}

/** Tells tokens of one holder from others in the log, and not who it is. */
function tokenId(issuer: string, subject: string): string {
  const text = `${issuer}\0${subject}`;
  const hash = createHash("sha256").update(Buffer.from(text)).digest("hex");
  return `token_${hash.slice(0, 16)}`;
}

function denied(id: string, reason: string): EngineError {
  return new EngineError(
    "access_denied",
    `Cannot admit token "${id}": ${reason}`,
    { facts: { key: id } },
  );
}

function refusalOf(error: unknown): unknown {
  if (error instanceof EngineError) return error;
  if (error instanceof errors.JWTExpired) {
    return unknownCaller("the token has expired");
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return unknownCaller(
      `the token's claim "${error.claim}" is not as it must be`,
    );
  }
  if (error instanceof errors.JOSEError || error instanceof TypeError) {
    return unknownCaller("the token is not signed as the issuer signs");
  }
  return error;
}
