/**
 * For whom statements run: for one tenant, seeing and writing its rows alone, or for the
 * owner of the database.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";

const ACTING = new AsyncLocalStorage<string | null>();

/**
 * Works for one tenant: whatever it asks of a database meanwhile, it asks as somebody
 * who has no other rows.
 */
export function actFor<T>(tenant: string, work: () => T): T {
  return ACTING.run(tenant, work);
}

/** Works for nobody in particular, also on the way of what works for a tenant. */
export function actAsOwner<T>(work: () => T): T {
  return ACTING.run(null, work);
}

/** The tenant that is worked for; null for the owner. */
export function actingTenant(): string | null {
  return ACTING.getStore() ?? null;
}
