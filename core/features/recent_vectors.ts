/**
 * Online vectors at hand: what was read is not read again until it changes.
 *
 * A copy goes at once when this process writes. What others write is looked for while
 * there are reads: beside them when the last look is 250 ms old, before them when it is
 * a second old, so that no copy is used that was not known to hold within a second.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { FeatureVector } from "../domain/feature.ts";
import { type Soon, whenThere } from "../domain/soon.ts";
import type { OnlineFeatures, VectorKey } from "../ports/features.ts";
import {
  type BoundedCopies,
  type Bounds,
  createBoundedCopies,
} from "./bounded_copies.ts";
import { gatherReads } from "./gather_reads.ts";
import { followOnline, type OnlineChanges } from "./online_changes.ts";
import { printViewRef } from "./versions.ts";

const BOUNDS: Bounds = { copies: 50_000, bytes: 64 * 2 ** 20 };

/** How vectors are kept at hand. */
export interface RecentOptions {
  /** A clock that only moves forward, milliseconds. */
  readonly nowMs?: () => number;
  readonly bounds?: Bounds;
  /** Told of a tenant whose views were online and are no longer. */
  readonly onLost?: (tenant: string) => void;
}

/** A vector as it was read. */
export interface RecentVector {
  /** Null if there is none. */
  readonly vector: FeatureVector | null;
  /** Moment as of which it holds if it was computed earlier; null if its view never was online. */
  readonly through: Instant | null;
}

/** Online features with copies at hand. */
export interface RecentVectors
  extends Pick<OnlineFeatures, "write" | "remove" | "setThrough"> {
  /** Reads vectors, in the order of the keys; at hand if copies of all are. */
  read(
    tenant: string,
    keys: readonly VectorKey[],
  ): Soon<readonly RecentVector[]>;
}

/** What this process knows of a tenant. */
interface Tenant {
  readonly name: string;
  /** Part of the names of copies; another one when all of them go. */
  epoch: number;
  /** How the names of copies begin, by view as printed. */
  readonly beginnings: Map<string, string>;
  readonly changes: OnlineChanges;
}

/** Keeps recent vectors at hand. */
export function keepRecent(
  online: OnlineFeatures,
  options: RecentOptions = {},
): RecentVectors {
  const copies = createBoundedCopies(options.bounds ?? BOUNDS);
  const loads = createLoads(online, copies);
  function drop(tenant: Tenant, keys: readonly VectorKey[] | null): void {
    if (keys === null) {
      tenant.epoch++;
      tenant.beginnings.clear();
    }
    for (const { view: name, version, entity } of keys ?? []) {
      loads.drop(copyName(tenant, printViewRef({ name, version }), entity));
    }
  }
  const tenantOf = followTenants(online, { ...options, drop });
  async function changing(
    { name, keys }: { name: string; keys: readonly VectorKey[] },
    change: () => Promise<void>,
  ): Promise<void> {
    await change().finally(() => drop(tenantOf(name), keys));
  }
  return {
    read: (name, keys) => {
      const tenant = tenantOf(name);
      return whenThere(tenant.changes.follow(keys), () => {
        let areThere = true;
        const found = keys.map((key): Soon<RecentVector> => {
          const { printed, through = null } = tenant.changes.viewOf(key);
          const copy = copyName(tenant, printed, key.entity);
          const vector = copies.use(copy);
          if (vector !== undefined) return { vector, through };
          areThere = false;
          return loads.load(copy, { tenant: name, key })
            .then((vector) => ({ vector, through }));
        });
        return areThere ? found as RecentVector[] : Promise.all(found);
      });
    },
    write: (name, keys) =>
      changing({ name, keys }, () => online.write(name, keys)),
    remove: (name, keys) =>
      changing({ name, keys }, () => online.remove(name, keys)),
    setThrough: async (name, view, at) => {
      await online.setThrough(name, view, at);
      await tenantOf(name).changes.look();
    },
  };
}

function copyName(
  { name, epoch, beginnings }: Tenant,
  view: string,
  entity: VectorKey["entity"],
): string {
  let beginning = beginnings.get(view);
  if (beginning === undefined) {
    beginning = `${name}\n${epoch}\n${view}\n`;
    beginnings.set(view, beginning);
  }
  return beginning + entity;
}

/** Each tenant's changes, followed from the first time that it is asked about. */
function followTenants(
  online: OnlineFeatures,
  { nowMs = () => performance.now(), onLost, drop }: RecentOptions & {
    drop(tenant: Tenant, keys: readonly VectorKey[] | null): void;
  },
): (name: string) => Tenant {
  const tenants = new Map<string, Tenant>();
  return (name) => {
    const known = tenants.get(name);
    if (known !== undefined) return known;
    const changes = followOnline({
      ...{ online, tenant: name, nowMs },
      onChange: (keys) => drop(tenant, keys),
      onLost: () => onLost?.(name),
    });
    const tenant: Tenant = { name, epoch: 0, beginnings: new Map(), changes };
    tenants.set(name, tenant);
    return tenant;
  };
}

/** Reads that end in a copy, unless what they read changed meanwhile. */
function createLoads(online: OnlineFeatures, copies: BoundedCopies) {
  const loading = new Map<string, Promise<FeatureVector | null>>();
  const ask = gatherReads(online);
  async function end(
    copy: string,
    asked: Promise<FeatureVector | null>,
  ): Promise<void> {
    const vector = await asked.catch(() => undefined);
    if (loading.get(copy) !== asked) return;
    loading.delete(copy);
    if (vector !== undefined) copies.keep(copy, vector);
  }
  return {
    load(
      copy: string,
      { tenant, key }: { readonly tenant: string; readonly key: VectorKey },
    ): Promise<FeatureVector | null> {
      const under = loading.get(copy);
      if (under !== undefined) return under;
      const asked = ask(tenant, key);
      loading.set(copy, asked);
      end(copy, asked);
      return asked;
    },
    drop(copy: string): void {
      loading.delete(copy);
      copies.drop(copy);
    },
  };
}
