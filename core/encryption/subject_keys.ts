/**
 * Keys of subjects, each wrapped by a key of its tenant. Whoever destroys one makes
 * everything sealed under it unreadable, and changes no byte of that.
 *
 * Where several are wanted at once, one statement finds or makes them all.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createSecretKey, type KeyObject } from "node:crypto";
import type { Instant } from "../domain/day.ts";
import { subjectHash } from "../domain/keyed_hash.ts";
import type { DataKeyRecord, NewSubjectKey } from "../ports/encryption.ts";
import { newKey, newKeyId, open, seal } from "./envelope.ts";
import {
  KEPT_MS,
  type KeyScope,
  MOST_KEPT,
  notThatKey,
  type TenantKeys,
} from "./tenant_keys.ts";

/** A subject's key in memory. */
export interface SubjectKey {
  readonly id: string;
  readonly key: KeyObject;
  /** What was known of the subject up to this moment is erased; null for nothing. */
  readonly erasedAt: Instant | null;
}

/** Whose key is wanted. */
export interface SubjectWish {
  readonly tenant: string;
  /** Id of the subject. */
  readonly subject: string;
  /** Its blind name. */
  readonly blind: string;
}

/** Keys of subjects. */
export interface SubjectKeys {
  /**
   * A key for each wish, in order; null where the tenant's keys, as this node knows them,
   * were destroyed by another.
   */
  of(wishes: readonly SubjectWish[]): Promise<readonly (SubjectKey | null)[]>;
  /**
   * A key on record, unwrapped; null if it is destroyed.
   *
   * @throws {EngineError} `configuration_invalid` if it is not what was kept.
   */
  unwrap(record: DataKeyRecord): Promise<KeyObject | null>;
  /** Asks anew for those of a tenant at their next use. */
  renew(tenant: string): void;
}

interface KeptKey extends SubjectKey {
  readonly untilMs: number;
}

type Tenants = Pick<TenantKeys, "ring" | "find">;

/** Opens the keys of subjects. */
export function createSubjectKeys(
  scope: Pick<KeyScope, "store" | "clock">,
  tenants: Tenants,
): SubjectKeys {
  const kept = new Map<string, KeptKey>();
  return {
    async of(wishes) {
      const nowMs = Date.parse(scope.clock.now());
      const known = new Map<string, SubjectKey>();
      const unknown = new Map<string, SubjectWish>();
      for (const wish of wishes) {
        const name = nameOf(wish.tenant, wish.blind);
        const key = kept.get(name);
        if (key !== undefined && key.untilMs > nowMs) known.set(name, key);
        else unknown.set(name, wish);
      }
      if (unknown.size > 0) {
        if (kept.size + unknown.size > MOST_KEPT) kept.clear();
        const wanted = [...unknown.values()];
        for (const [name, key] of await read(scope, tenants, wanted)) {
          kept.set(name, { ...key, untilMs: nowMs + KEPT_MS });
          known.set(name, key);
        }
      }
      return wishes.map(({ tenant, blind }) =>
        known.get(nameOf(tenant, blind)) ?? null
      );
    },
    unwrap: async (record) =>
      record.wrapped === null ? null : await unwrapKey(tenants, record),
    renew(tenant) {
      for (const name of kept.keys()) {
        if (name.startsWith(nameOf(tenant, ""))) kept.delete(name);
      }
    },
  };
}

async function read(
  { store, clock }: Pick<KeyScope, "store" | "clock">,
  tenants: Tenants,
  wishes: readonly SubjectWish[],
): Promise<ReadonlyMap<string, SubjectKey>> {
  const offers = await Promise.all(wishes.map((wish) => offer(tenants, wish)));
  const made = offers.map(({ made }) => made);
  const records = await store.ofSubjects(made, clock.now());
  const keys = new Map<string, SubjectKey>();
  for (const [place, { made, key }] of offers.entries()) {
    const record = records[place];
    if (!record) continue;
    const { id, tenant, subject, erasedAt } = record;
    const own = id === made.id ? key : await unwrapKey(tenants, record);
    keys.set(nameOf(tenant, subject), { id, key: own, erasedAt });
  }
  return keys;
}

/** A key to be kept if there is none. */
async function offer(
  tenants: Pick<TenantKeys, "ring">,
  { tenant, subject, blind }: SubjectWish,
): Promise<{ readonly made: NewSubjectKey; readonly key: KeyObject }> {
  const { newest } = await tenants.ring(tenant);
  const [bytes, id] = [newKey(), newKeyId()];
  const place = placeOf({ tenant, id });
  const made = {
    ...{ tenant, id, wrapper: newest.id, subject: blind },
    wrapped: seal(newest.seal, place, bytes).toString("base64"),
    erasedHash: subjectHash(tenant, subject),
  };
  return { made, key: createSecretKey(bytes) };
}

async function unwrapKey(
  tenants: Pick<TenantKeys, "find">,
  record: Pick<DataKeyRecord, "tenant" | "id" | "wrapper" | "wrapped">,
): Promise<KeyObject> {
  const { tenant, id, wrapper, wrapped } = record;
  const by = await tenants.find(tenant, wrapper);
  const bytes = Buffer.from(wrapped ?? "", "base64");
  const opened = open(by.seal, placeOf(record), bytes);
  if (opened === null) throw notThatKey(tenant, id);
  return createSecretKey(opened);
}

function nameOf(tenant: string, blind: string): string {
  return `${tenant}/${blind}`;
}

function placeOf({ tenant, id }: Pick<DataKeyRecord, "tenant" | "id">) {
  return [tenant, "subject_key", id];
}
