/**
 * The issuer's public keys: read when first needed, again when they age or a key is
 * unknown, and kept while the issuer does not answer.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7517, read on 2026-11-26
 * @module
 */
import {
  createLocalJWKSet,
  errors,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
} from "jose";
import { EngineError } from "../../domain/error.ts";
import type { Clock } from "../../ports/clock.ts";

/** Age from which the keys are read anew beside what goes on. */
export const KEY_SET_FRESH_SECONDS = 600;

/** Age until which the keys are taken while the issuer does not answer. */
export const KEY_SET_OUTAGE_SECONDS = 86_400;

/** Pause between two readings, whatever callers send. */
export const KEY_SET_COOLDOWN_SECONDS = 30;

/** Finds the key that signed a token. */
export interface KeySet {
  /**
   * The key of a token.
   *
   * @param header The token's protected header; only `kid` and `alg` are regarded.
   * @param token The token.
   * @returns The public key.
   * @throws {EngineError} `store_unavailable` if the issuer's keys were never read, or
   * too long ago.
   * @throws {Error} `JWKSNoMatchingKey` of jose if none fits.
   */
  find(
    header: JWSHeaderParameters,
    token: FlattenedJWSInput,
  ): Promise<CryptoKey>;
}

type Keys = ReturnType<typeof createLocalJWKSet>;

/**
 * Opens a key set.
 *
 * @param load Reads it from where the operator said.
 * @param clock For its age.
 * @returns The key set, nothing read yet.
 */
export function createKeySet(
  load: () => Promise<unknown>,
  clock: Clock,
): KeySet {
  let known: { readonly keys: Keys; readonly readMs: number } | null = null;
  let triedMs = -Infinity;
  let reading: Promise<void> | null = null;

  async function read(): Promise<void> {
    triedMs = nowMs(clock);
    try {
      known = {
        keys: createLocalJWKSet(asymmetric(await load())),
        readMs: triedMs,
      };
    } catch {
      // What was read before holds; without any, the caller is told.
    } finally {
      reading = null;
    }
  }
  async function renew(): Promise<void> {
    const restedMs = Math.abs(nowMs(clock) - triedMs);
    if (restedMs >= KEY_SET_COOLDOWN_SECONDS * 1000) reading ??= read();
    await reading;
  }
  function ageMs(): number {
    return known === null ? Infinity : Math.abs(nowMs(clock) - known.readMs);
  }
  function usable(): Keys {
    if (known === null || ageMs() >= KEY_SET_OUTAGE_SECONDS * 1000) {
      throw unreadable();
    }
    return known.keys;
  }

  return {
    async find(header, token) {
      if (ageMs() >= KEY_SET_OUTAGE_SECONDS * 1000) await renew();
      else if (ageMs() >= KEY_SET_FRESH_SECONDS * 1000) renew();
      try {
        return await usable()(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        await renew();
        return await usable()(header, token);
      }
    },
  };
}

function unreadable(): EngineError {
  return new EngineError(
    "store_unavailable",
    "Cannot admit caller: the issuer's keys cannot be read; try again shortly",
  );
}

/** A key set without what is secret: a shared secret signs nothing here. */
function asymmetric(value: unknown): JSONWebKeySet {
  const keys = (value as { readonly keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) throw new TypeError("Cannot read keys: no key set");
  return {
    keys: keys.filter((key) =>
      typeof key === "object" && key !== null &&
      ["RSA", "EC", "OKP"].includes(key.kty) && !("d" in key)
    ),
  };
}

function nowMs(clock: Clock): number {
  return Date.parse(clock.now());
}
