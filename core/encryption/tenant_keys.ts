/**
 * A tenant's own keys: the newest seals, older ones open, the oldest makes the blind
 * names by which things are found, which must stay the same when keys are rotated.
 *
 * They are kept in memory for a minute, and for as long as the store does not answer.
 * The log takes nothing that was sealed meanwhile under a key that another node destroyed;
 * what has no such log asks for the newest key anew.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { type KeyObject, timingSafeEqual } from "node:crypto";
import type { Instant } from "../domain/day.ts";
import { EngineError, isRefusal } from "../domain/error.ts";
import type { Clock } from "../ports/clock.ts";
import type { DataKeyRecord, DataKeyStore } from "../ports/encryption.ts";
import { deriveKey, keyedHash, newKey, newKeyId } from "./envelope.ts";
import type { MasterKey } from "./master_key.ts";

/** How long keys are used without asking whether they still are. */
export const KEPT_MS = 60_000;
/** Tenants and subjects whose keys are kept, each. */
export const MOST_KEPT = 10_000;

/** A key in memory. */
export interface TenantKey {
  readonly id: string;
  /** Seals and opens. */
  readonly seal: KeyObject;
  /** Makes blind names. */
  readonly naming: KeyObject;
}

/** The keys of one tenant that are not destroyed. */
export interface TenantRing {
  /** Seals what is new. */
  readonly newest: TenantKey;
  readonly byId: ReadonlyMap<string, TenantKey>;
  /** What was sealed up to this moment is erased; null for nothing. */
  readonly erasedAt: Instant | null;
  /** The blind name of an entity: the same for the same, and telling nothing. */
  blind(entity: string): string;
}

/** What keys stand on. */
export interface KeyScope {
  readonly store: DataKeyStore;
  readonly master: MasterKey;
  readonly clock: Clock;
}

/** Keys of tenants. */
export interface TenantKeys {
  /** A tenant's keys; the first is made if there is none. */
  ring(tenant: string): Promise<TenantRing>;
  /** As `ring`, asked for anew. */
  read(tenant: string): Promise<TenantRing>;
  /** As `ring`, and without waiting for a store where any keys of it are known. */
  atHand(tenant: string): Promise<TenantRing>;
  /**
   * One of its keys.
   *
   * @throws {EngineError} `configuration_invalid` if it has no living key of that id.
   */
  find(tenant: string, id: string): Promise<TenantKey>;
  /** Makes the next version, which seals from now on; its number. */
  rotate(tenant: string): Promise<number>;
  /** Wraps all keys by another master key; how many it had to. */
  rewrap(by: MasterKey): Promise<number>;
  /** Asks anew at the next use. */
  renew(tenant: string): void;
}

interface KeptRing {
  /** What was read last; null until it is. */
  known: TenantRing | null;
  /** What is being read, or was. */
  readonly reading: Promise<TenantRing>;
  readonly untilMs: number;
}

/** Opens the keys of tenants. */
export function createTenantKeys(scope: KeyScope): TenantKeys {
  const { store, clock } = scope;
  const read = createRingReader(scope);
  const rings = new Map<string, KeptRing>();

  function keep(tenant: string): KeptRing {
    const nowMs = Date.parse(clock.now());
    const before = rings.get(tenant);
    if (before !== undefined && before.untilMs > nowMs) return before;
    if (rings.size >= MOST_KEPT) rings.clear();
    const known = before?.known ?? null;
    const reading = read(tenant).catch((error) => orKnown(known, error));
    const kept: KeptRing = { known, reading, untilMs: nowMs + KEPT_MS };
    rings.set(tenant, kept);
    reading.then((ring) => kept.known = ring, () => rings.delete(tenant));
    return kept;
  }

  const ring = (tenant: string) => keep(tenant).reading;
  return {
    ring,
    read,
    async atHand(tenant) {
      const { known, reading } = keep(tenant);
      return known ?? await reading;
    },
    async find(tenant, id) {
      const known = (await ring(tenant)).byId.get(id);
      if (known !== undefined) return known;
      rings.delete(tenant);
      const key = (await ring(tenant)).byId.get(id);
      if (key !== undefined) return key;
      throw notThatKey(tenant, id);
    },
    async rotate(tenant) {
      const version = await make(scope, tenant, await store.ofTenant(tenant));
      rings.delete(tenant);
      return version;
    },
    rewrap: (by) => rewrapAll(scope, by),
    renew: (tenant) => rings.delete(tenant),
  };
}

/** What is known goes on while a store does not answer. */
function orKnown(known: TenantRing | null, error: unknown): TenantRing {
  if (known === null || isRefusal(error)) throw error;
  return known;
}

/** Reads rings; what was unwrapped once is not again, as whoever wraps may be far away. */
function createRingReader(scope: KeyScope) {
  const unwrapped = new Map<string, Promise<TenantKey>>();

  function unwrap(record: DataKeyRecord): Promise<TenantKey> {
    const { id } = record;
    const known = unwrapped.get(id);
    if (known !== undefined) return known;
    if (unwrapped.size >= MOST_KEPT) unwrapped.clear();
    const opening = unwrapRecord(scope.master, record);
    unwrapped.set(id, opening);
    opening.catch(() => unwrapped.delete(id));
    return opening;
  }

  return async (tenant: string): Promise<TenantRing> => {
    for (;;) {
      const records = await scope.store.ofTenant(tenant);
      const living = records.filter(({ wrapped }) => wrapped !== null);
      for (const { id, wrapped } of records) {
        if (wrapped === null) unwrapped.delete(id);
      }
      const keys = await Promise.all(living.map(unwrap));
      const ring = ringOf(keys, lastErasure(records));
      if (ring !== null) return ring;
      await make(scope, tenant, records);
    }
  };
}

function lastErasure(records: readonly DataKeyRecord[]): Instant | null {
  const moments = records.flatMap(({ destroyedAt }) => destroyedAt ?? []);
  return moments.sort().at(-1) ?? null;
}

function ringOf(
  keys: readonly TenantKey[],
  erasedAt: Instant | null,
): TenantRing | null {
  const [oldest, newest] = [keys[0], keys.at(-1)];
  if (oldest === undefined || newest === undefined) return null;
  const names = new Map<string, string>();
  return {
    newest,
    erasedAt,
    byId: new Map(keys.map((key) => [key.id, key])),
    blind(entity) {
      const known = names.get(entity);
      if (known !== undefined) return known;
      if (names.size >= MOST_KEPT) names.clear();
      const name = keyedHash(oldest.naming, entity);
      names.set(entity, name);
      return name;
    },
  };
}

async function make(
  { store, master, clock }: KeyScope,
  tenant: string,
  before: readonly DataKeyRecord[],
): Promise<number> {
  const [root, id] = [newKey(), newKeyId()];
  const version = (before.at(-1)?.version ?? 0) + 1;
  await store.add({
    ...{ tenant, id, version, subject: null, wrapper: master.id },
    wrapped: Buffer.concat([
      checkOf(root, tenant, id),
      await master.wrap(root),
    ]).toString("base64"),
    createdAt: clock.now(),
    destroyedAt: null,
  });
  return version;
}

const CHECK_BYTES = 16;

/** Binds a wrapped key to its tenant, whatever wraps it. */
function checkOf(root: Uint8Array, tenant: string, id: string): Buffer {
  const check = deriveKey(root, "check");
  return Buffer.from(keyedHash(check, JSON.stringify([tenant, id])), "hex");
}

async function unwrapRecord(
  master: MasterKey,
  { tenant, id, wrapper, wrapped }: DataKeyRecord,
): Promise<TenantKey> {
  const bytes = Buffer.from(wrapped ?? "", "base64");
  const root = await master.unwrap(bytes.subarray(CHECK_BYTES), wrapper);
  const check = checkOf(root, tenant, id);
  const stated = bytes.subarray(0, CHECK_BYTES);
  if (stated.length !== CHECK_BYTES || !timingSafeEqual(check, stated)) {
    throw notThatKey(tenant, id);
  }
  const [seal, naming] = [deriveKey(root, "seal"), deriveKey(root, "naming")];
  return { id, seal, naming };
}

/** Says that a key on record is not what was kept there. */
export function notThatKey(tenant: string, id: string): EngineError {
  return new EngineError(
    "configuration_invalid",
    `Cannot open key "${id}" of tenant "${tenant}": it is not the key that was kept there`,
    { facts: { tenant, key: id } },
  );
}

async function rewrapAll(
  { store, master }: KeyScope,
  by: MasterKey,
): Promise<number> {
  let rewrapped = 0;
  for (const record of await store.living()) {
    if (record.wrapper === by.id) continue;
    const bytes = Buffer.from(record.wrapped ?? "", "base64");
    const root = await master.unwrap(
      bytes.subarray(CHECK_BYTES),
      record.wrapper,
    );
    const again = Buffer.concat([
      bytes.subarray(0, CHECK_BYTES),
      await by.wrap(root),
    ]).toString("base64");
    const wrapper = by.id;
    if (await store.rewrap(record, { wrapper, wrapped: again })) rewrapped++;
  }
  return rewrapped;
}
