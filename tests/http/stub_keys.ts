/**
 * Keys in memory, one of them on record from the start.
 *
 * @module
 */
import type { ApiKey, KeyStore } from "../../core/ports/access.ts";

/** A key of `acme` that nobody holds. */
export const KEY: ApiKey = {
  ...{ id: "0123456789abcdef", tenant: "acme", name: "bidder" },
  ...{ scopes: ["administer"], role: null, purposes: null, groups: [] },
  ...{ person: false, secretHash: "0".repeat(64) },
  ...{ createdAt: "2026-01-01T00:00:00.000Z", expiresAt: null },
  ...{ revokedAt: null, usedAt: null },
};

/**
 * Opens a store over a map.
 *
 * @param looked Told of each look-up.
 */
export function openKeyDesk(
  keys: Map<string, ApiKey>,
  looked: () => void,
): KeyStore {
  function change(tenant: string, id: string, how: Partial<ApiKey>) {
    const key = keys.get(id);
    if (key?.tenant !== tenant || key.revokedAt !== null) return false;
    keys.set(id, { ...key, ...how });
    return true;
  }
  return {
    find(id) {
      looked();
      return Promise.resolve(keys.get(id) ?? null);
    },
    save: (key) => Promise.resolve(void keys.set(key.id, key)),
    list: (tenant) =>
      Promise.resolve(
        [...keys.values()].filter((key) => key.tenant === tenant),
      ),
    revoke: (tenant, id, at) =>
      Promise.resolve(change(tenant, id, { revokedAt: at })),
    rotate({ tenant, id, next, endsAt }) {
      if (!change(tenant, id, { expiresAt: endsAt })) {
        return Promise.resolve(false);
      }
      keys.set(next.id, next);
      return Promise.resolve(true);
    },
    touch: () => Promise.resolve(),
  };
}
