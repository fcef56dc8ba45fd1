/**
 * Who may call the engine, and for what: scopes, the roles that name sets of them, and
 * keys on record.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";

/**
 * What a caller may do; a route asks for exactly one.
 *
 * - `score`: have decisions and bids made
 * - `plan`: have plans made, validated and verified
 * - `read`: see what its tenant has
 * - `ingest`: bring signals and outcomes in
 * - `approve`: agree with plans, models, views and changes
 * - `apply`: write plans to platforms, and keep budgets
 * - `propose`: write changes, submit and activate them
 * - `govern`: act on changes of the whole deployment, and not only on its tenant's own
 * - `stop`: turn kill switches on, and ask for their release
 * - `audit`: read who did what, replay and export decisions
 * - `operate`: run jobs and erase people
 * - `administer`: make, renew and revoke keys of the tenant
 */
export const SCOPES = [
  "score",
  "plan",
  "read",
  "ingest",
  "approve",
  "apply",
  "propose",
  "govern",
  "stop",
  "audit",
  "operate",
  "administer",
] as const;

/** One of the things that a caller may do. */
export type Scope = (typeof SCOPES)[number];

/**
 * Sets of scopes by what people are. Whoever hands out keys approves nothing, and
 * nobody but `moe keys create --scopes` gives `govern`.
 */
export const ROLES = {
  service: ["score", "plan", "read", "ingest"],
  ["policy_author"]: ["read", "propose"],
  approver: ["read", "approve"],
  operator: ["plan", "read", "ingest", "apply", "stop", "operate"],
  auditor: ["read", "audit"],
  admin: [
    ...["score", "plan", "read", "ingest", "apply", "propose"] as const,
    ...["stop", "audit", "operate", "administer"] as const,
  ],
} as const satisfies Readonly<Record<string, readonly Scope[]>>;

/** Name of a set of scopes. */
export type Role = keyof typeof ROLES;

/** Every role, by name. */
export const ROLE_NAMES = Object.keys(ROLES) as readonly Role[];

/**
 * Whether a text is the name of a role.
 *
 * @param text The text.
 * @returns True for the names in {@link ROLE_NAMES}.
 */
export function isRole(text: string): text is Role {
  return Object.hasOwn(ROLES, text);
}

/**
 * Why nobody may hold these scopes together: who hands out keys could make a second
 * self to agree with.
 *
 * @param scopes Scopes of one caller.
 * @returns In words, or null if anybody may.
 */
export function clashOf(scopes: readonly Scope[]): string | null {
  return scopes.includes("administer") && scopes.includes("approve")
    ? '"administer" and "approve" are never one caller\'s'
    : null;
}

/** Somebody who was admitted, whatever vouched for them. */
export interface Caller {
  /** Names the key, token or certificate in the log; neither secret nor personal. */
  readonly id: string;
  /** Whose rows it reaches. */
  readonly tenant: string;
  /** Who or what it is; four-eyes rules compare this name. */
  readonly name: string;
  /** What it may do. */
  readonly scopes: readonly Scope[];
  /** What it may read features for; null for anything. */
  readonly purposes: readonly string[] | null;
  /** Groups that it speaks for when changes are reviewed, such as `privacy`. */
  readonly groups: readonly string[];
  /** Whether it is a person; only people agree with changes. */
  readonly person: boolean;
}

/** A key on record; the secret itself is never kept. */
export interface ApiKey extends Caller {
  /**
   * The role that its scopes were when it was made; null for a choice of its own. A role
   * that grows later widens no key.
   */
  readonly role: Role | null;
  /** SHA-256 of the secret. */
  readonly secretHash: string;
  /** When it was made. */
  readonly createdAt: Instant;
  /** From when it is no longer taken; null for never. */
  readonly expiresAt: Instant | null;
  /** When it was revoked; null if it was not. */
  readonly revokedAt: Instant | null;
  /** When it was last used, to the hour; null for never. */
  readonly usedAt: Instant | null;
}

/** A key that takes the place of another. */
export interface KeyRotation {
  /** Whose it is. */
  readonly tenant: string;
  /** Key that is replaced. */
  readonly id: string;
  /** Key in its place. */
  readonly next: ApiKey;
  /** Moment of it; a key that is not in force then is not replaced. */
  readonly at: Instant;
  /** When the old one ends at the latest. */
  readonly endsAt: Instant;
}

/** API keys. */
export interface KeyStore {
  /**
   * Keeps a new key.
   *
   * @param key Its record.
   */
  save(key: ApiKey): Promise<void>;
  /**
   * A key, of whichever tenant.
   *
   * @param id What names it.
   * @returns Its record, or null if there is none.
   */
  find(id: string): Promise<ApiKey | null>;
  /**
   * Keys of a tenant.
   *
   * @param tenant Whose.
   * @returns Their records, oldest first, with those that ended.
   */
  list(tenant: string): Promise<readonly ApiKey[]>;
  /**
   * Lets a key end at once.
   *
   * @param tenant Whose it is.
   * @param id What names it.
   * @param at When.
   * @returns Whether the tenant had such a key that was not revoked.
   */
  revoke(tenant: string, id: string, at: Instant): Promise<boolean>;
  /**
   * Keeps the new key and lets the old one end, in one transaction.
   *
   * @param rotation Which.
   * @returns Whether the tenant had such a key in force.
   */
  rotate(rotation: KeyRotation): Promise<boolean>;
  /**
   * Notes that a key was used, unless that was noted within the hour.
   *
   * @param tenant Whose it is.
   * @param id What names it.
   * @param at When.
   */
  touch(tenant: string, id: string, at: Instant): Promise<void>;
}
