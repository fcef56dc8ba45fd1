/**
 * The keys that data is sealed under: a master key wraps the keys of tenants, those wrap
 * the keys of subjects, and what is about a subject is sealed under the subject's.
 *
 * @module
 */
import { createSecretKey, type KeyObject } from "node:crypto";
import type { Instant } from "../domain/day.ts";
import type {
  DataKeyCount,
  DataKeyRecord,
  Destruction,
} from "../ports/encryption.ts";
import { newKey } from "./envelope.ts";
import type { MasterKey } from "./master_key.ts";
import {
  createSubjectKeys,
  type SubjectKey,
  type SubjectKeys,
} from "./subject_keys.ts";
import {
  createTenantKeys,
  type KeyScope,
  type TenantKeys,
  type TenantRing,
} from "./tenant_keys.ts";

/** Key id of what is sealed under a key that nobody has. */
export const NOBODY = "erased";

/** What is to be sealed. */
export interface SealWish {
  readonly tenant: string;
  /** Id of the subject that it is about; null for none. */
  readonly subject: string | null;
  /** When it happened. */
  readonly at: Instant;
}

/** A key to seal with. */
export interface SealingKey {
  /** Stands beside what it seals; `erased` where the subject was, since it happened. */
  readonly id: string;
  readonly key: KeyObject;
  /** The blind name of an entity of its tenant. */
  blind(entity: string): string;
}

/** Keys by which data is sealed, opened, found and erased. */
export interface DataKeys {
  /** A key for each wish, in order. */
  forSealing(wishes: readonly SealWish[]): Promise<readonly SealingKey[]>;
  /**
   * The key of a tenant that seals now, asked for anew: what is sealed rarely and kept for
   * long is not sealed under one that another node destroyed meanwhile.
   */
  newest(tenant: string): Promise<Pick<SealingKey, "id" | "key">>;
  /**
   * Keys of a tenant by their ids, asked for anew each time; null for one that is
   * destroyed, nothing for one that is not on record.
   */
  forOpening(
    tenant: string,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, KeyObject | null>>;
  /** Blind names of a tenant's entities, in order, by its keys as they are now. */
  blind(
    tenant: string,
    entities: readonly string[],
  ): Promise<readonly string[]>;
  /** The keys of a tenant, without waiting for a store where any are known. */
  atHand(tenant: string): Promise<TenantRing>;
  /** Lets go of what is known of a tenant's keys, once some of them are destroyed. */
  forget(tenant: string): void;
  /** Makes the tenant's next key, which seals from now on; its version. */
  rotate(tenant: string): Promise<number>;
  /** Wraps all keys of tenants by a master key, that of now unless given; how many it had to. */
  rewrap(by?: MasterKey): Promise<number>;
  /** Destroys every key of a tenant; how many. */
  destroy(tenant: string, why: Destruction): Promise<number>;
  list(tenant: string | null): Promise<readonly DataKeyCount[]>;
}

/** Opens the keys. */
export function createDataKeys(scope: KeyScope): DataKeys {
  const { store } = scope;
  const tenants = createTenantKeys(scope);
  const subjects = createSubjectKeys(scope, tenants);
  function forget(tenant: string): void {
    tenants.renew(tenant);
    subjects.renew(tenant);
  }
  return {
    forSealing: (wishes) => keysFor({ tenants, subjects }, wishes),
    async newest(tenant) {
      const { newest } = await tenants.read(tenant);
      return { id: newest.id, key: newest.seal };
    },
    async forOpening(tenant, ids) {
      const records = await store.find(tenant, ids);
      const keys = await Promise.all(
        records.map(async (record) =>
          [record.id, await unwrap({ tenants, subjects }, record)] as const
        ),
      );
      return new Map([...keys, [NOBODY, null]]);
    },
    async blind(tenant, entities) {
      const { blind } = await tenants.read(tenant);
      return entities.map(blind);
    },
    atHand: tenants.atHand,
    forget,
    rotate: tenants.rotate,
    rewrap: (by = scope.master) => tenants.rewrap(by),
    async destroy(tenant, why) {
      const destroyed = await store.destroy(tenant, why);
      forget(tenant);
      return destroyed;
    },
    list: (tenant) => store.list(tenant),
  };
}

interface Keys {
  readonly tenants: TenantKeys;
  readonly subjects: SubjectKeys;
}

async function keysFor(
  { tenants, subjects }: Keys,
  wishes: readonly SealWish[],
): Promise<readonly SealingKey[]> {
  const rings = new Map<string, TenantRing>();
  for (const { tenant } of wishes) {
    if (!rings.has(tenant)) rings.set(tenant, await tenants.ring(tenant));
  }
  const named = wishes.flatMap(({ tenant, subject }) => {
    const ring = rings.get(tenant);
    if (subject === null || ring === undefined) return [];
    return [{ tenant, subject, blind: ring.blind(`subject:${subject}`) }];
  });
  const found = await subjects.of(named);
  if (found.includes(null)) {
    for (const { tenant } of named) tenants.renew(tenant);
    return await keysFor({ tenants, subjects }, wishes);
  }
  const keys = found.values();
  return wishes.map(({ tenant, subject, at }) => {
    const ring = rings.get(tenant);
    const known = subject === null ? null : keys.next().value;
    if (ring === undefined || known === undefined) throw unfound();
    const { blind, newest } = ring;
    if (isErased(ring, at) || known && isErased(known, at)) {
      return { id: NOBODY, key: createSecretKey(newKey()), blind };
    }
    const { id, key } = known ?? { id: newest.id, key: newest.seal };
    return { id, key, blind };
  });
}

function unfound(): Error {
  return new Error("A key that was asked for is not there");
}

function isErased(
  { erasedAt }: Pick<SubjectKey, "erasedAt">,
  at: Instant,
): boolean {
  return erasedAt !== null && at <= erasedAt;
}

async function unwrap(
  { tenants, subjects }: Keys,
  record: DataKeyRecord,
): Promise<KeyObject | null> {
  const { tenant, id, version, wrapped } = record;
  if (wrapped === null) return null;
  if (version === 0) return await subjects.unwrap(record);
  return (await tenants.find(tenant, id)).seal;
}
