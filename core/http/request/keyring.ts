/**
 * Who is calling: the key in the `Authorization` header, and what it may do.
 *
 * Records found are kept for a few seconds, so a revoked key works at most that
 * much longer; keys that are not on record are never kept.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ApiKey, KeyStore, Scope } from "../../ports/decisions.ts";
import { isSecretOf, parseApiKey } from "../api_key.ts";

/** How long a found record is believed. */
export const KEY_CACHE_SECONDS = 5;

const MAX_CACHED_KEYS = 1000;

/** Finds and checks callers' keys. */
export interface Keyring {
  /**
   * Admits a caller.
   *
   * @param authorization The request's `Authorization` header.
   * @param scope What the route asks for.
   * @returns The caller's key.
   * @throws {EngineError} `credentials_invalid` without a valid key, `access_denied`
   * if the key lacks the scope.
   */
  admit(authorization: string | undefined, scope: Scope): Promise<ApiKey>;
}

interface Kept {
  readonly record: ApiKey;
  readonly untilMs: number;
}

/**
 * Makes a keyring.
 *
 * @param keys Where keys are on record.
 * @param clock For expiry.
 * @returns The keyring.
 */
export function createKeyring(
  keys: Pick<KeyStore, "find">,
  clock: Clock,
): Keyring {
  const kept = new Map<string, Kept>();

  async function find(id: string, nowMs: number): Promise<ApiKey | null> {
    const known = kept.get(id);
    if (known && known.untilMs > nowMs) return known.record;
    kept.delete(id);
    const record = await keys.find(id);
    if (record === null) return null;
    if (kept.size >= MAX_CACHED_KEYS) kept.clear();
    kept.set(id, { record, untilMs: nowMs + KEY_CACHE_SECONDS * 1000 });
    return record;
  }

  return {
    async admit(authorization, scope) {
      const sent = parseBearer(authorization);
      const now = clock.now();
      const record = await find(sent.id, Date.parse(now));
      if (record === null || !isSecretOf(record, sent.secret)) {
        throw refused("no such key");
      }
      if (record.revokedAt !== null) throw refused("the key is revoked");
      if (record.expiresAt !== null && record.expiresAt <= now) {
        throw refused("the key has expired");
      }
      if (!record.scopes.includes(scope)) throw denied(record, scope);
      return record;
    },
  };
}

function parseBearer(authorization: string | undefined) {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
  const parts = token === undefined ? null : parseApiKey(token);
  if (parts === null) {
    throw refused('send "Authorization: Bearer moe_<id>_<secret>"');
  }
  return parts;
}

function refused(reason: string): EngineError {
  return new EngineError(
    "credentials_invalid",
    `Cannot admit caller: ${reason}`,
  );
}

function denied(record: ApiKey, scope: Scope): EngineError {
  return new EngineError(
    "access_denied",
    `Cannot admit key "${record.id}": it lacks the scope "${scope}"`,
    { facts: { key: record.id, scope } },
  );
}
