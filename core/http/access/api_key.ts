/**
 * API keys: `moe_<id>_<secret>`. The id finds the record, which holds the tenant,
 * the scopes and the SHA-256 of the secret; the secret itself is shown once.
 *
 * The secret has 256 random bits, so one round of SHA-256 is enough: there is
 * nothing to guess.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { sha256 } from "../../domain/canonical.ts";
import type { Instant } from "../../domain/day.ts";
import type { ApiKey, Role, Scope } from "../../ports/access.ts";

const KEY = /^moe_([0-9a-f]{16})_([0-9a-f]{64})$/;

/** The two parts of a key's text. */
export interface ApiKeyText {
  /** Finds the record; not secret. */
  readonly id: string;
  /** Proves that the caller holds the key. */
  readonly secret: string;
}

/** What a new key is for. */
export interface ApiKeyGrant {
  /** Whose rows it reaches. */
  readonly tenant: string;
  /** Who or what holds it; four-eyes rules compare this name. */
  readonly name: string;
  /** What it may do. */
  readonly scopes: readonly Scope[];
  /** The role that these are; a choice of its own if absent. */
  readonly role?: Role | null;
  /** What it may read features for; anything if absent. */
  readonly purposes?: readonly string[] | null;
  /** Groups that it speaks for; none if absent. */
  readonly groups?: readonly string[];
  /** Whether a person holds it; a service does if absent. */
  readonly person?: boolean;
  /** When it is made. */
  readonly createdAt: Instant;
  /** When it ends; null for never. */
  readonly expiresAt: Instant | null;
}

/**
 * Makes a key.
 *
 * @param grant What it is for.
 * @returns The record to keep, and the text to hand over once.
 */
export function createApiKey(
  grant: ApiKeyGrant,
): { readonly key: ApiKey; readonly text: string } {
  const id = randomBytes(8).toString("hex");
  const secret = randomBytes(32).toString("hex");
  const key = {
    ...{ purposes: null, groups: [], person: false, role: null },
    id,
    ...grant,
    secretHash: sha256(secret),
    revokedAt: null,
    usedAt: null,
  };
  return { key, text: printApiKey({ id, secret }) };
}

/**
 * Prints a key.
 *
 * @param parts Id of 16 and secret of 64 hexadecimal digits.
 * @returns `moe_<id>_<secret>`.
 */
export function printApiKey({ id, secret }: ApiKeyText): string {
  return `moe_${id}_${secret}`;
}

/**
 * Reads a key; the inverse of {@link printApiKey}.
 *
 * @param text What a caller sent.
 * @returns Its parts, or null if it has another form.
 * @example
 * ```ts
 * import { parseApiKey } from "./api_key.ts";
 * parseApiKey("not a key"); // null
 * ```
 */
export function parseApiKey(text: string): ApiKeyText | null {
  const match = KEY.exec(text);
  return match?.[1] && match[2] ? { id: match[1], secret: match[2] } : null;
}

/** What secrets are compared with where there is no key: nothing hashes to it. */
const NOBODYS_HASH = "0".repeat(64);

/**
 * Whether a secret is a record's, compared in constant time: as long for a key that
 * does not exist as for one that does.
 *
 * @param record The key on record; null for none.
 * @param secret What the caller sent.
 * @returns True if there is a record, and the hashes are equal.
 */
export function isSecretOf(record: ApiKey | null, secret: string): boolean {
  const want = Buffer.from(record?.secretHash ?? NOBODYS_HASH, "hex");
  const sent = createHash("sha256").update(secret).digest();
  return want.length === sent.length && timingSafeEqual(want, sent);
}
