/**
 * Makes keys, and puts new ones in the place of old ones.
 *
 * @module
 */
import { DAY_MS, type Instant } from "../../domain/day.ts";
import { EngineError } from "../../domain/error.ts";
import type { ApiKey, KeyStore } from "../../ports/access.ts";
import type { Clock } from "../../ports/clock.ts";
import { type ApiKeyGrant, createApiKey } from "./api_key.ts";

const HOUR_MS = 3_600_000;

/** Days until a key expires, unless its maker says otherwise. */
export const KEY_DAYS = { otherwise: 90, least: 1, most: 3650 } as const;

/** Hours for which a key that was replaced still works. */
export const OVERLAP_HOURS = { otherwise: 24, least: 0, most: 720 } as const;

/** Where keys are made. */
export interface KeyDesk {
  /** Where they are on record. */
  readonly keys: Pick<KeyStore, "save" | "find" | "rotate">;
  /** The present. */
  readonly clock: Clock;
}

/** A key on record, and the text that nothing keeps. */
export interface IssuedKey {
  /** The record. */
  readonly key: ApiKey;
  /** What its holder sends, shown once. */
  readonly text: string;
}

/** Who gets a key, and for what. */
export interface KeyGrant extends Omit<ApiKeyGrant, "createdAt" | "expiresAt"> {
  /** Days until it expires. */
  readonly days: number;
}

/**
 * Makes a key and keeps its record.
 *
 * @param desk Where.
 * @param grant Who gets it, and for what.
 * @returns The key.
 */
export async function issueKey(
  { keys, clock }: KeyDesk,
  { days, ...grant }: KeyGrant,
): Promise<IssuedKey> {
  const createdAt = clock.now();
  const expiresAt = after(createdAt, days * DAY_MS);
  const issued = createApiKey({ ...grant, createdAt, expiresAt });
  await keys.save(issued.key);
  return issued;
}

/** A key to be replaced. */
export interface KeyToRotate {
  /** Whose it is. */
  readonly tenant: string;
  /** What names it. */
  readonly id: string;
  /** Hours for which it still works beside the new one. */
  readonly overlapHours: number;
}

/**
 * Puts a new key in the place of another: for the same holder and the same things, and
 * for as long. The old one works on for the overlap, and no longer than it would have.
 *
 * @param desk Where.
 * @param asked Which.
 * @param consent Refuses by throwing, given the key that is to be replaced.
 * @returns The new key.
 * @throws {EngineError} `not_found` if the tenant has no key in force by that id.
 */
export async function rotateKey(
  { keys, clock }: KeyDesk,
  { tenant, id, overlapHours }: KeyToRotate,
  consent: (old: ApiKey) => void = () => {},
): Promise<IssuedKey> {
  const at = clock.now();
  const old = await keys.find(id);
  if (old === null || old.tenant !== tenant) throw noKey("rotate", id);
  consent(old);
  const { name, scopes, role, purposes, groups, person } = old;
  const lifetime = old.expiresAt === null
    ? null
    : Date.parse(old.expiresAt) - Date.parse(old.createdAt);
  const issued = createApiKey({
    ...{ tenant, name, scopes, role, purposes, groups, person },
    createdAt: at,
    expiresAt: lifetime === null ? null : after(at, lifetime),
  });
  const endsAt = after(at, overlapHours * HOUR_MS);
  const rotation = { ...{ tenant, id, at, endsAt }, next: issued.key };
  if (await keys.rotate(rotation)) return issued;
  throw noKey("rotate", id);
}

/**
 * A key that is not there.
 *
 * @param verb What was to be done to it.
 * @param id What names it.
 * @returns `not_found`.
 */
export function noKey(verb: "rotate" | "revoke", id: string): EngineError {
  return new EngineError(
    "not_found",
    `Cannot ${verb} key "${id}": the tenant has none in force by that id`,
    { facts: { key: id } },
  );
}

function after(at: Instant, ms: number): Instant {
  return new Date(Date.parse(at) + ms).toISOString();
}
