/**
 * Who is calling, and whether it may: by a key of ours, a token of the issuer, or a
 * client certificate, in this order.
 *
 * @module
 */
import { type Soon, whenThere } from "../../domain/soon.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ApiKey, Caller, KeyStore, Scope } from "../../ports/access.ts";
import { isSecretOf, parseApiKey } from "./api_key.ts";
import type { Certificates } from "./certificates.ts";
import type { ClientCertificate } from "./client_certificate.ts";
import { createKnownKeys } from "./known_keys.ts";
import { createProvenSecrets } from "./proven_secrets.ts";
import { ASK_FOR_KEY, lacksScope, unknownCaller } from "./refusals.ts";
import { isTokenText, type Tokens } from "./token.ts";

/** What a caller shows. */
export interface Credentials {
  /** The request's `Authorization` header. */
  readonly authorization: string | undefined;
  /** What the connection's client was verified as; null without one. */
  readonly certificate: ClientCertificate | null;
}

/** Finds and checks callers. */
export interface Keyring {
  /**
   * Admits a caller.
   *
   * @param shown What it shows.
   * @param scope What the route asks for.
   * @returns Who it is; at hand if the key was found lately.
   * @throws {EngineError} `credentials_invalid` if nothing vouches for it,
   * `access_denied` if it lacks the scope, `store_unavailable` if that cannot be known.
   */
  admit(shown: Credentials, scope: Scope): Soon<Caller>;
  /**
   * The same keys, through which what is revoked or replaced ends at once on this node.
   *
   * @param keys Where they are changed.
   * @returns As they are to be changed.
   */
  following(keys: KeyStore): KeyStore;
}

/** What vouches for callers. */
export interface KeyringScope {
  /** Where keys are on record. */
  readonly keys: Pick<KeyStore, "find" | "touch">;
  /** Tokens of the issuer; null to take none. */
  readonly tokens: Tokens | null;
  /** Client certificates; null to take none. */
  readonly certificates: Certificates | null;
  readonly clock: Clock;
  /** Compares a secret with a record's or, for null, with nothing, at the same cost. */
  readonly isSecretOf?: (record: ApiKey | null, secret: string) => boolean;
}

/**
 * Makes a keyring.
 *
 * @param scope What vouches for callers.
 * @returns The keyring.
 */
export function createKeyring(scope: KeyringScope): Keyring {
  const { clock, tokens, certificates } = scope;
  const compare = createProvenSecrets(scope.isSecretOf ?? isSecretOf);
  const known = createKnownKeys(scope.keys, clock);

  function prove(record: ApiKey | null, secret: string): Caller {
    const right = compare(record, secret);
    if (record === null || !right) throw unknownCaller("no such key");
    if (record.revokedAt !== null) throw unknownCaller("the key is revoked");
    if (record.expiresAt !== null && record.expiresAt <= clock.now()) {
      throw unknownCaller("the key has expired");
    }
    known.used(record);
    return record;
  }

  function callerOf(shown: Credentials): Soon<Caller> {
    const { authorization, certificate } = shown;
    if (authorization === undefined && certificate !== null && certificates) {
      return certificates.callerOf(certificate);
    }
    const text = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1] ?? "";
    const key = parseApiKey(text);
    if (key !== null) {
      return whenThere(known.find(key.id), (it) => prove(it, key.secret));
    }
    if (tokens !== null && isTokenText(text)) return tokens.verify(text);
    throw unknownCaller(ASK_FOR_KEY);
  }

  return {
    admit: (shown, wanted) =>
      whenThere(callerOf(shown), (caller) => {
        if (caller.scopes.includes(wanted)) return caller;
        throw lacksScope(caller, wanted);
      }),
    following: (keys) => ({
      ...keys,
      revoke: (tenant, id, at) =>
        keys.revoke(tenant, id, at).finally(() => known.forget(id)),
      rotate: (rotation) =>
        keys.rotate(rotation).finally(() => known.forget(rotation.id)),
    }),
  };
}
